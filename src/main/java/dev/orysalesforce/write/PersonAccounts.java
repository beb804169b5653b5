package dev.orysalesforce.write;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.Describe.RecordType;
import dev.orysalesforce.salesforce.OryFields;
import dev.orysalesforce.salesforce.PersonObject;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.salesforce.SoqlLookup;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.SyncItem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Whether the org has person accounts, whether they can carry identities, and of which record type a new one is. */
@Component("personAccounts")
public class PersonAccounts {

    private static final Duration GOOD_FOR = Duration.ofDays(1);
    private static final String ACCOUNT = PersonObject.PERSON_ACCOUNT.sObject();
    private static final String CONTACT = PersonObject.CONTACT.sObject();
    private static final String RECORD_TYPE_ID = "RecordTypeId";
    private static final String RECORD_TYPE = "RecordType";
    /** The record type that Salesforce creates when person accounts are enabled. */
    private static final String FIRST_TYPE = "PersonAccount";
    private static final String TYPES = "SELECT Id FROM RecordType WHERE SobjectType = '" + ACCOUNT + "' AND IsPersonType = true AND"
            + " IsActive = true";
    private static final String KIT = "deploy person-accounts of salesforce/, and give the run-as user the permission set"
            + " Ory_Identity_Person_Accounts";
    private static final RecordError NOT_CARRIED = RecordError.of("PERSON_ACCOUNT", "The record of this identity became a person"
            + " account, and the run-as user does not see the two Ory fields on Account — To continue with it, " + KIT
            + "; then replay the event.");

    private final Describe org;
    private final SoqlLookup lookup;
    private final Clock clock;
    /** Each record type that was the usual one since the start. */
    private final Set<String> assigned = ConcurrentHashMap.newKeySet();
    private volatile Chosen chosen;

    private record Chosen(String recordTypeId, Instant at) {}

    PersonAccounts(Describe org, SoqlLookup lookup, Clock clock) {
        this.org = org;
        this.lookup = lookup;
        this.clock = clock;
    }

    /** Whether the org has person accounts, as far as its last description tells; it takes no call. */
    public boolean areKnown() {
        return org.isKnownToHave(CONTACT, Describe.IS_PERSON_ACCOUNT);
    }

    /** Whether they have the two Ory fields, too, as far as the last description tells; it takes no call. */
    public boolean areKnownToCarryIdentities() {
        return areKnown() && Stream.of(Describe.IS_PERSON_ACCOUNT, OryFields.ORY_ID, OryFields.ORY_UPDATED_AT)
                .allMatch(field -> org.isKnownToHave(ACCOUNT, field));
    }

    /** Whether the org has person accounts. */
    public boolean exist() {
        return org.has(CONTACT, Describe.IS_PERSON_ACCOUNT);
    }

    /** Whether the org has person accounts, and the run-as user sees the two Ory fields on them. */
    public boolean carryIdentities() {
        if (!exist() || !org.isVisible(ACCOUNT)) {
            return false;
        }
        if (!org.has(ACCOUNT, Describe.IS_PERSON_ACCOUNT)) {
            org.fields(ACCOUNT, Duration.ZERO); // described before person accounts were enabled
        }
        return areKnownToCarryIdentities();
    }

    /** The fields of an object that hold the identity's ID and version. A conversion may have copied them to the Contact half, too. */
    public List<String> oryFields(String object) {
        Stream<String> fields = Stream.of(OryFields.ORY_ID, OryFields.ORY_UPDATED_AT);
        return PersonObject.PERSON_ACCOUNT.is(object)
                ? fields.flatMap(field -> Stream.of(field, PersonObject.twin(field))).filter(field -> org.has(object, field)).toList()
                : fields.toList();
    }

    /** An item whose record became a person account that can't carry its identity is a dead letter. */
    public static void notCarried(SyncItem item) {
        item.deadLetter(NOT_CARRIED);
    }

    /**
     * Called before records are created. An org with person accounts gets no Contacts, and another one no person accounts.
     *
     * @throws PauseDeliveryException if such a record would be created
     */
    public void check(Batch batch) {
        Set<String> objects = batch.getPending().stream().filter(item -> !item.hasRecord() && !item.isRecreated())
                .map(SyncItem::getObject).collect(Collectors.toSet());
        if (objects.contains(PersonObject.CONTACT.title()) && exist()) {
            throw new PauseDeliveryException("PERSON_ACCOUNTS", "This org has person accounts: there, a person is an Account, and a"
                    + " Contact without one is visible to its owner only — Let sync.mappings name mappings/person-account.jslt for these"
                    + " identities (docs/person-accounts.md), or mappings/lead.jslt.");
        }
        if (objects.contains(PersonObject.PERSON_ACCOUNT.title())) {
            if (!exist()) {
                throw new PauseDeliveryException("NO_PERSON_ACCOUNTS", "A mapping answers a PersonAccount, and this org has no person"
                        + " accounts — Let sync.mappings name mappings/lead.jslt or mappings/contact.jslt for these identities, or"
                        + " enable person accounts in Setup, which can't be undone.");
            }
            if (!carryIdentities()) {
                throw new PauseDeliveryException("PERSON_ACCOUNTS", "The run-as user does not see " + OryFields.ORY_ID + " and "
                        + OryFields.ORY_UPDATED_AT + " on Account — To write person accounts, " + KIT + ".");
            }
        }
    }

    /** Whether the org has to be asked for its record types first. */
    public boolean isTypeWanted(Batch batch) {
        return !untyped(batch).isEmpty() && (chosen == null || chosen.at().plus(GOOD_FOR).isBefore(clock.instant()));
    }

    /** The query for the record types of people. */
    public String typeQuery() {
        return lookup.compositeRequest(List.of(SoqlLookup.query("types", "query", TYPES)));
    }

    /**
     * Salesforce has answered which record types are for people; the description tells which of them the run-as user may use.
     *
     * @throws PauseDeliveryException if it may use none, or several and none of them is the usual one
     */
    public void learnTypes(String answer) {
        Set<String> ofPeople = lookup.records(answer).stream().map(type -> type.path("Id").asText()).collect(Collectors.toSet());
        List<RecordType> usable = org.recordTypes(ACCOUNT, Duration.ZERO).stream().filter(type -> ofPeople.contains(type.id())).toList();
        if (usable.isEmpty()) {
            throw new PauseDeliveryException("PERSON_ACCOUNTS", "The run-as user may use no record type for people, so it can't create"
                    + " person accounts — Give it the permission set Ory_Identity_Person_Accounts, or another one with such a record"
                    + " type of Account.");
        }
        Optional<RecordType> usual = usable.size() == 1 ? Optional.of(usable.get(0)) : usable.stream().filter(RecordType::isUsual)
                .findFirst().or(() -> usable.stream().filter(type -> type.name().equals(FIRST_TYPE)).findFirst());
        chosen = new Chosen(usual.orElseThrow(() -> new PauseDeliveryException("PERSON_ACCOUNTS", "The run-as user may use several record"
                + " types for people, and none of them is the default — Let the mapping answer RecordTypeId in onCreate, or make one of"
                + " them the default in the profile of the run-as user.")).id(), clock.instant());
    }

    /** Salesforce is asked again; an item that is on its way with it is refused, too, and mapped again. */
    private void doubt(String recordTypeId) {
        Chosen used = chosen;
        if (used != null && used.recordTypeId().equals(recordTypeId)) {
            chosen = new Chosen(recordTypeId, Instant.EPOCH);
        }
    }

    /** New person accounts whose mapping names no record type get the usual one. Salesforce would make companies of them otherwise. */
    public void assignTypes(Batch batch) {
        Chosen usual = chosen;
        untyped(batch).forEach(item -> {
            item.getRecord().withObjectProperty(Mapping.ON_CREATE).put(RECORD_TYPE_ID, usual.recordTypeId());
            assigned.add(usual.recordTypeId());
        });
    }

    /** Whether Salesforce has refused the usual record type, which was deleted or taken from the user since; then it is asked again. */
    public boolean isTypeRefused(SyncItem item) {
        String used = item.getRecord() == null ? "" : item.getRecord().path(RECORD_TYPE_ID).asText();
        boolean isRefused = PersonObject.PERSON_ACCOUNT.is(item.getObject()) && !item.hasRecord()
                && item.getError().fields().contains(RECORD_TYPE_ID) && assigned.contains(used);
        if (isRefused) {
            doubt(used);
        }
        return isRefused;
    }

    private static List<SyncItem> untyped(Batch batch) {
        return batch.getPending().stream()
                .filter(item -> PersonObject.PERSON_ACCOUNT.is(item.getObject()) && !item.hasRecord() && item.getRecord() != null)
                .filter(item -> !isTyped(item.getRecord()) && !(item.getRecord().get(Mapping.ON_CREATE) instanceof ObjectNode onCreate
                        && isTyped(onCreate)))
                .toList();
    }

    private static boolean isTyped(ObjectNode fields) {
        return fields.properties().stream().filter(field -> !field.getValue().isNull()).map(Map.Entry::getKey)
                .anyMatch(name -> name.equalsIgnoreCase(RECORD_TYPE_ID) || name.equalsIgnoreCase(RECORD_TYPE)); // as Salesforce reads names
    }
}
