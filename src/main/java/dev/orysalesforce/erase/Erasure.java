package dev.orysalesforce.erase;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.ledger.Tombstones;
import dev.orysalesforce.salesforce.Conversion;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.OryFields;
import dev.orysalesforce.salesforce.PersonObject;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.salesforce.SoqlLookup;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.Action;
import dev.orysalesforce.settings.SyncSettings.Erase;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.Mappings;
import dev.orysalesforce.sync.SyncItem;
import dev.orysalesforce.write.OneWay;
import dev.orysalesforce.write.PersonAccounts;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Makes the app forget identities, and treats their records by {@code sync.erase}. */
@Component("erasure")
public class Erasure {

    private static final RecordError ERASED = RecordError.of("ERASED", "This identity was erased.");
    private static final RecordError UNSEEN = RecordError.of("INVALID_CROSS_REFERENCE_KEY",
            "Salesforce does not show the record.");
    private static final String QUERY = "SELECT Id, %1$s, IsDeleted, MasterRecordId, MasterRecord.%1$s%2$s FROM %3$s"
            + " WHERE %1$s IN (%4$s)";
    private static final String OF_ACCOUNT = ", AccountId, Account." + OryFields.ORY_ID;

    private final Ledger ledger;
    private final Tombstones tombstones;
    private final SoqlLookup lookup;
    private final Mappings mappings;
    private final OneWay oneWay;
    private final PersonAccounts personAccounts;
    private final Erase policy;
    private final ObjectMapper json;
    private final Clock clock;

    Erasure(Ledger ledger, Tombstones tombstones, SoqlLookup lookup, Mappings mappings, OneWay oneWay,
            PersonAccounts personAccounts, SyncSettings settings, ObjectMapper json, Clock clock) {
        this.personAccounts = personAccounts;
        this.oneWay = oneWay;
        this.ledger = ledger;
        this.tombstones = tombstones;
        this.lookup = lookup;
        this.mappings = mappings;
        this.policy = settings.erase();
        this.json = json;
        this.clock = clock;
    }

    /** The event that marks the record of an identity that Ory no longer has, for the journal. */
    public IdentityChange mark(String identity) {
        return IdentityChange.mark(identity, clock.instant());
    }

    /** The event that erases an identity in Salesforce, for the journal. */
    public IdentityChange request(String identity) {
        return IdentityChange.erase(identity, clock.instant());
    }

    /** The same as JSON, for route files of the version before, which append it to the journal themselves. */
    public String event(String identity) throws JsonProcessingException {
        return json.writeValueAsString(request(identity));
    }

    /** Queries whether Salesforce knows an identity that is unknown here. */
    public String identityQuery(String identity) {
        return query(List.of(identity), List.of());
    }

    public boolean isKnown(String answer) {
        return lookup.records(answer).stream().anyMatch(PersonObject::isOfPerson);
    }

    /**
     * Drops events of erased identities. This also runs at the end of a batch, because an identity may have been erased
     * while the batch was in flight.
     */
    public void leaveOut(Batch batch) {
        List<SyncItem> items = batch.items().stream().filter(SyncItem::isLeavingData).toList();
        Set<String> erased = tombstones.erased(items.stream().map(SyncItem::getIdentity).toList());
        items.stream().filter(item -> erased.contains(item.getIdentity())).forEach(item -> item.superseded(ERASED));
    }

    /** Items whose record has to be found; the ledger may have been lost since the erasure was accepted. */
    public List<List<SyncItem>> unmatched(Batch batch) {
        List<SyncItem> items = batch.getErasures().stream().filter(item -> !item.hasRecord()).toList();
        List<String> identities = items.stream().map(SyncItem::getIdentity).toList();
        tombstones.putAll(identities);
        Map<String, LedgerEntry> known = ledger.find(identities);
        items.stream().filter(item -> known.containsKey(item.getIdentity()))
                .forEach(item -> item.loadForErasure(known.get(item.getIdentity())));
        return Batch.slices(items, Batch.CHUNK);
    }

    /** The query for records with the Ory IDs of the items, or that the ledger names; one call. */
    public String query(List<SyncItem> items) {
        return query(items.stream().map(SyncItem::getIdentity).toList(), items.stream().map(SyncItem::getKnown)
                .filter(known -> known != null && known.hasRecord()).toList());
    }

    private String query(List<String> identities, List<LedgerEntry> known) {
        boolean tellsPersonAccounts = personAccounts.exist();
        boolean asksAccounts = personAccounts.carryIdentities();
        return lookup.compositeRequest(PersonObject.stream(asksAccounts).map(object -> {
            List<String> ids = known.stream().filter(entry -> object.is(entry.object())).map(LedgerEntry::salesforceId).toList();
            String more = switch (object) {
                case LEAD -> ", " + Conversion.fields("", tellsPersonAccounts, asksAccounts);
                case CONTACT -> (tellsPersonAccounts ? ", " + Describe.IS_PERSON_ACCOUNT : "") + (asksAccounts ? OF_ACCOUNT : "");
                case PERSON_ACCOUNT -> ", " + Describe.IS_PERSON_ACCOUNT;
            };
            String soql = QUERY.formatted(OryFields.ORY_ID, more, object.sObject(), SoqlLookup.list(identities.stream()));
            return SoqlLookup.query(object.sObject(), "queryAll",
                    ids.isEmpty() ? soql : soql + " OR Id IN (" + SoqlLookup.list(ids.stream()) + ")");
        }).toList());
    }

    /**
     * Continues with the remaining record of each identity: what a Lead was converted to before the Lead, a record
     * with the Ory ID before one that the ledger names. If there is none, or it belongs to another identity, nothing has to
     * be done.
     */
    public void matched(List<SyncItem> items, String answer) {
        List<JsonNode> records = lookup.records(answer).stream().filter(PersonObject::isOfPerson).toList();
        for (SyncItem item : items) {
            records.stream().filter(record -> hasId(item, record) || isKnown(item, record))
                    .sorted(Comparator.comparing((JsonNode record) -> record.path("IsDeleted").asBoolean())
                            .thenComparing(record -> !hasId(item, record)))
                    .map(Left::of)
                    .filter(left -> left.salesforceId() != null
                            && (left.identity() == null || left.identity().equals(item.getIdentity())))
                    .findFirst().ifPresentOrElse(
                            left -> item.follow(left.object(), left.salesforceId(), item.getTarget().foundBy(), false),
                            () -> ended(item, records.stream().anyMatch(record -> isKnown(item, record))));
        }
    }

    /** A record that Salesforce does not show is deleted for good, or not shared with the run-as user; recovery finds out. */
    private static void ended(SyncItem item, boolean isShown) {
        LedgerEntry known = item.getKnown();
        if (isShown || known == null || !known.hasRecord()) {
            item.unchanged(null);
        } else {
            item.follow(known.object(), known.salesforceId(), known.foundBy(), false);
            item.recover(Action.FOLLOW_MERGE, UNSEEN);
        }
    }

    private static boolean hasId(SyncItem item, JsonNode record) {
        return item.getIdentity().equals(record.path(OryFields.ORY_ID).asText());
    }

    private static boolean isKnown(SyncItem item, JsonNode record) {
        return item.getKnown() != null && record.path("Id").asText().equals(item.getKnown().salesforceId());
    }

    /** Where a record's data is now; without an ID if it is gone. */
    private record Left(String object, String salesforceId, String identity) {

        static Left of(JsonNode record) {
            PersonObject object = PersonObject.of(record);
            if (record.path("IsDeleted").asBoolean()) {
                return new Left(object.title(), record.path("MasterRecordId").textValue(), identity(record.path("MasterRecord")));
            }
            if (object == PersonObject.CONTACT && record.path(Describe.IS_PERSON_ACCOUNT).asBoolean() && record.hasNonNull("AccountId")) {
                return new Left(PersonObject.PERSON_ACCOUNT.title(), record.path("AccountId").textValue(),
                        identity(record.path("Account")));
            }
            return Conversion.of(record).map(now -> new Left(now.object().title(), now.salesforceId(), now.identity()))
                    .orElseGet(() -> new Left(object.title(), record.path("Id").textValue(), identity(record)));
        }

        private static String identity(JsonNode record) {
            return record.path(OryFields.ORY_ID).textValue();
        }
    }

    /** Whether a mapping says what an erased identity leaves in its record. */
    public boolean isMapped() {
        return policy == Erase.ANONYMIZE || policy == Erase.MARK;
    }

    /** The mapping's input. */
    public String input(SyncItem item) {
        return mappings.inputOfRecord(item);
    }

    /** Applies the mapping's result. */
    public void applyMapping(SyncItem item, String answer) throws JsonProcessingException {
        JsonNode record = answer == null ? null : json.readTree(answer);
        if (record instanceof ObjectNode fields) {
            fields.remove("attributes");
            fields.remove(item.getDraft().dropped());
            oneWay.keep(fields);
            write(item, fields);
        } else {
            mappings.noRecord(item);
        }
    }

    /** For the policies that need no mapping. */
    public void keepOrDelete(SyncItem item) {
        if (policy == Erase.DELETE) {
            item.delete(json.createObjectNode());
        } else {
            write(item, json.createObjectNode());
        }
    }

    private void write(SyncItem item, ObjectNode fields) {
        personAccounts.oryFields(item.getObject()).forEach(fields::putNull);
        item.compared(item.getDraft().with(fields, Map.of()));
    }
}
