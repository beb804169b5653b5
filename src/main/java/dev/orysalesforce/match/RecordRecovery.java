package dev.orysalesforce.match;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.ledger.ParentLedger;
import dev.orysalesforce.salesforce.Conversion;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.OryFields;
import dev.orysalesforce.salesforce.PersonObject;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.salesforce.SoqlLookup;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.OnDeletedRecord;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.SyncItem;
import dev.orysalesforce.write.PersonAccounts;
import dev.orysalesforce.write.WriteResults;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Finds the record that replaces one that Salesforce does not let the app write any more. */
@Component("recordRecovery")
public class RecordRecovery {

    private static final String CONVERTED =
            "SELECT Id, " + OryFields.ORY_ID + ", Company, %s FROM Lead WHERE IsConverted = true AND %s IN (%s)";

    private static final String SHARING = "SELECT DefaultLeadAccess, DefaultContactAccess, DefaultAccountAccess"
            + " FROM Organization";
    private static final String NO_SUCH_RECORD = "INVALID_CROSS_REFERENCE_KEY";
    /** Salesforce rejects a query for an empty ID. */
    private static final String NO_ID = "000000000000000AAA";
    private static final String DELETED = "DELETED_IN_SALESFORCE";

    private static final String AMENDED = "ory.sync.amended";
    private static final String REFERENCE_LEFT_OUT = "REFERENCE_LEFT_OUT";
    private static final String FIELD_LEFT_OUT = "FIELD_LEFT_OUT";
    private static final String SHORTENED = "SHORTENED";

    private final SoqlLookup lookup;
    private final ObjectMapper json;
    private final Describe org;
    private final PersonAccounts personAccounts;
    private final WriteResults results;
    private final ParentLedger parents;
    private final MeterRegistry meters;
    private final OnDeletedRecord onDeletedRecord;

    RecordRecovery(SoqlLookup lookup, ObjectMapper json, Describe org, PersonAccounts personAccounts, WriteResults results,
            ParentLedger parents, MeterRegistry meters, SyncSettings settings) {
        this.results = results;
        this.personAccounts = personAccounts;
        this.parents = parents;
        this.lookup = lookup;
        this.json = json;
        this.org = org;
        this.meters = meters;
        Stream.of(REFERENCE_LEFT_OUT, FIELD_LEFT_OUT, SHORTENED).forEach(how -> meters.counter(AMENDED, "how", how));
        this.onDeletedRecord = settings.onDeletedRecord();
    }

    /** Changes the fields of records that Salesforce rejects otherwise, and notes the changes for the identity's status. */
    public void amend(Batch batch) {
        batch.items().stream().filter(SyncItem::isRecovering).forEach(item -> {
            List<String> named = item.getError().fields();
            switch (item.getRecoveryAction()) {
                case DROP_REFERENCE -> drop(item, references(item), REFERENCE_LEFT_OUT,
                        "The record that it refers to is not in Salesforce; the reference was left out: ");
                case DROP_FIELD -> drop(item, named, FIELD_LEFT_OUT,
                        "This user may not write the field; it was left out: ");
                case TRUNCATE -> shorten(item, named);
                case FOLLOW_MERGE -> {
                    if (personAccounts.isTypeRefused(item)) {
                        item.mapAgain();
                    } else if (!item.isRecoveringForChild()) {
                        loseParents(item);
                    }
                }
                default -> {}
            }
        });
    }

    /** Salesforce has one code for a missing record and for a missing parent of it; so parents are found again first. */
    private void loseParents(SyncItem item) {
        List<String> lost = item.loseParents();
        if (lost.isEmpty()) {
            endIfAboutReference(item);
        } else {
            parents.lose(lost);
        }
    }

    /** Salesforce has one code for a missing record and for a field that refers to one; only then it names fields. */
    private static void endIfAboutReference(SyncItem item) {
        if (item.getError().code().equals(NO_SUCH_RECORD) && !item.getError().fields().isEmpty()) {
            item.deadLetter();
        }
    }

    private void drop(SyncItem item, List<String> fields, String code, String message) {
        if (fields.isEmpty()) {
            item.deadLetter();
            return;
        }
        meters.counter(AMENDED, "how", code).increment();
        item.drop(fields, new RecordError(code, message + String.join(", ", fields) + ".", fields));
    }

    private void shorten(SyncItem item, List<String> fields) {
        Map<String, Integer> lengths = new LinkedHashMap<>();
        fields.forEach(field -> lengths.put(field, org.length(item.getObject(), field)));
        lengths.values().removeIf(length -> length <= 0);
        if (lengths.isEmpty()) {
            item.deadLetter();
            return;
        }
        meters.counter(AMENDED, "how", SHORTENED).increment();
        item.truncate(lengths, new RecordError(SHORTENED, "Cut to what the field takes: " + lengths + ".", fields));
    }

    /** Fields such as {@code Account: {Ory_Organization_Id__c: …}}. */
    private static List<String> references(SyncItem item) {
        return item.getRecord().properties().stream().filter(field -> field.getValue().isObject())
                .map(Map.Entry::getKey).toList();
    }

    /** The query for the records that the Leads were converted to. */
    public String locateConverted(List<SyncItem> items) {
        String fields = conversion("");
        return lookup.compositeRequest(List.of(
                SoqlLookup.query("byId", "query", CONVERTED.formatted(fields, "Id", ids(items))),
                SoqlLookup.query("byOryId", "query", CONVERTED.formatted(fields, OryFields.ORY_ID,
                        SoqlLookup.list(items.stream().map(SyncItem::getIdentity))))));
    }

    private String conversion(String lead) {
        return Conversion.fields(lead, personAccounts.exist(), personAccounts.carryIdentities());
    }

    /**
     * Continues with the Contacts or person accounts. A conversion does not always copy the Ory ID; then the app writes it
     * there. A converted Lead without a Contact had one, which is gone for good.
     */
    public void converted(Batch batch, List<SyncItem> items, String answer) {
        for (JsonNode lead : lookup.records(answer)) {
            items.stream().filter(item -> lead.path("Id").asText().equals(item.getSalesforceId())
                    || lead.path(OryFields.ORY_ID).asText().equals(item.getIdentity()))
                    .filter(SyncItem::isRecovering)
                    .forEach(item -> {
                        Conversion.of(lead).ifPresentOrElse(now -> follow(batch, item, now), () -> deleted(item, gone(lead).title()));
                    });
        }
        deadLetter(items);
    }

    /** What a converted Lead was converted to, if that is gone for good: without a company it became a person account. */
    private PersonObject gone(JsonNode lead) {
        return !lead.hasNonNull("Company") && personAccounts.exist() ? PersonObject.PERSON_ACCOUNT : PersonObject.CONTACT;
    }

    /** The query for records that are gone: were they merged or deleted? */
    public String locateMissing(List<SyncItem> items) {
        return lookup.compositeRequest(items.stream().collect(Collectors.groupingBy(SyncItem::getObject)).entrySet().stream()
                .map(object -> SoqlLookup.query("gone" + object.getKey(), "queryAll",
                        "SELECT Id, IsDeleted, MasterRecordId, MasterRecord.%s%s FROM %s WHERE Id IN (%s)".formatted(OryFields.ORY_ID,
                                PersonObject.LEAD.is(object.getKey()) ? ", " + conversion("MasterRecord.") : "",
                                PersonObject.sObject(object.getKey()), ids(object.getValue()))))
                .toList());
    }

    private static String ids(List<SyncItem> items) {
        List<String> ids = items.stream().map(SyncItem::getSalesforceId).filter(id -> id != null).toList();
        return SoqlLookup.list(ids.isEmpty() ? Stream.of(NO_ID) : ids.stream());
    }

    /**
     * Continues with the winner of a merge, or with what it was converted to. A deleted record is left deleted or
     * created again, by policy. A record that Salesforce does not show at all is deleted for good if it was deleted at the
     * event before, or if Salesforce calls it deleted; otherwise {@link #unseen} decides.
     */
    public void missing(Batch batch, List<SyncItem> items, String answer) {
        for (JsonNode record : lookup.records(answer)) {
            items.stream().filter(item -> record.path("Id").asText().equals(item.getSalesforceId())).filter(SyncItem::isRecovering)
                    .forEach(item -> {
                        JsonNode winner = record.path("MasterRecord");
                        Optional<Conversion> conversion = Conversion.of(winner);
                        if (conversion.isPresent()) {
                            follow(batch, item, conversion.get());
                        } else if (record.hasNonNull("MasterRecordId")) {
                            follow(batch, item, item.getObject(), record.path("MasterRecordId").textValue(),
                                    winner.path(OryFields.ORY_ID).textValue(), "merge");
                        } else if (item.isRecoveringForChild() && !record.path("IsDeleted").asBoolean()) {
                            results.refuseChild(item);
                        } else {
                            deleted(item, item.getObject());
                        }
                    });
        }
        items.stream().filter(item -> item.isRecovering() && item.hasRecord())
                .filter(item -> !item.getError().code().equals(NO_SUCH_RECORD)
                        || item.getKnown() != null && DELETED.equals(item.getKnown().code()))
                .forEach(item -> deleted(item, item.getObject()));
        // Without a record of its own, a trigger referred to another record that is deleted.
        deadLetter(items.stream().filter(item -> !item.hasRecord()).toList());
    }

    /** The query for the org-wide defaults of sharing. */
    public String sharing() {
        return lookup.compositeRequest(List.of(SoqlLookup.query("sharing", "query", SHARING)));
    }

    /**
     * If all users see all records of the object, the record is gone for good. Otherwise nothing tells that from a record
     * that is not shared with the run-as user: Salesforce's answers are the same.
     */
    public void unseen(List<SyncItem> items, String answer) throws JsonProcessingException {
        JsonNode sharing = json.readTree(answer == null ? "" : answer);
        for (SyncItem item : items) {
            if (isPrivate(item.getObject(), sharing)) {
                item.deadLetter(RecordError.of("NOT_VISIBLE", ("Salesforce shows the record %1$s neither among its records nor in"
                        + " the recycle bin, and the org-wide default of %2$ss is private: it is not shared with the run-as"
                        + " user, or deleted for good. Setup > Sharing Settings > %2$s Sharing Rules: share all records with"
                        + " the user, then replay the event; if the record is deleted for good, discard it.")
                        .formatted(item.getSalesforceId(), PersonObject.sObject(item.getObject()))));
            } else {
                deleted(item, item.getObject());
            }
        }
    }

    /** A user who may not read these settings gets no answer; then the record counts as deleted. */
    private static boolean isPrivate(String object, JsonNode sharing) {
        String access = sharing.findPath("Default" + PersonObject.sObject(object) + "Access").asText();
        return (access.equals("ControlledByParent") ? sharing.findPath("DefaultAccountAccess").asText() : access).equals("None");
    }

    /** @param object of the record that is deleted; what a Lead was converted to is created again, whatever the schema's mapping is */
    private void deleted(SyncItem item, String object) {
        if (item.isErasure() || item.isGone()) {
            item.unchanged(null);
        } else if (item.isLate()) {
            item.skipped(DELETED, "The record was deleted in Salesforce; an event that is not the newest makes no new one.");
        } else if (onDeletedRecord == OnDeletedRecord.RECREATE && PersonObject.PERSON_ACCOUNT.is(object)
                && !personAccounts.carryIdentities()) {
            PersonAccounts.notCarried(item);
        } else if (onDeletedRecord == OnDeletedRecord.RECREATE && !PersonObject.LEAD.is(object)) {
            item.recreate(object); // the converted Lead still holds the Ory ID, so there can be no other Lead
        } else if (onDeletedRecord == OnDeletedRecord.RECREATE) {
            item.reset();
        } else {
            item.skipped(DELETED, "The record was deleted in Salesforce; the app leaves it deleted"
                    + " (sync.on-deleted-record).");
        }
    }

    private void follow(Batch batch, SyncItem item, Conversion now) {
        if (now.object() == PersonObject.PERSON_ACCOUNT && !personAccounts.carryIdentities()) {
            PersonAccounts.notCarried(item);
        } else {
            follow(batch, item, now.object().title(), now.salesforceId(), now.identity(), "conversion");
        }
    }

    /**
     * A record belongs to the identity whose ID it bears; without an ID, to the first that comes to it.
     *
     * @param owner the identity whose ID it bears; null if it bears none
     */
    private static void follow(Batch batch, SyncItem item, String object, String id, String owner, String how) {
        boolean isOthers = owner != null && !owner.equalsIgnoreCase(item.getIdentity());
        if (item.isErasure() && isOthers) {
            item.unchanged(null);
        } else if (isOthers || owner == null && !item.isErasure() && !batch.claims(id, item.getIdentity())) {
            item.belongsToOther(id, how);
        } else {
            item.follow(object, id, how, owner == null);
        }
    }

    private static void deadLetter(List<SyncItem> items) {
        items.stream().filter(SyncItem::isRecovering).forEach(SyncItem::deadLetter);
    }
}
