package dev.orysalesforce.match;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.journal.Version;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.salesforce.Conversion;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.OryFields;
import dev.orysalesforce.salesforce.PersonObject;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.salesforce.SoqlLookup;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.Action;
import dev.orysalesforce.settings.SyncSettings.MatchEmail;
import dev.orysalesforce.settings.SyncSettings.MatchSeveral;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.SyncItem;
import dev.orysalesforce.write.PersonAccounts;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Finds out which identities already have a record. */
@Component("recordMatcher")
public class RecordMatcher {

    private static final String MATCHES = "ory.sync.matches";
    private static final String WAITING = "waiting";
    private static final String TAKEN_OVER = "taken-over";
    private static final String SEVERAL = "several";
    /** The longest value of a field of type e-mail. */
    private static final int LONGEST_EMAIL = 80;
    private static final Pattern ADDRESS = Pattern.compile("[^\\v\\p{Cntrl}@]+@[^\\v\\p{Cntrl}@]+");
    private static final String WHERE = " WHERE " + OryFields.ORY_ID + " IN (%s)";
    /** Records that can't be adopted would only fill the pages of an address that many records have. */
    private static final String OR_EMAIL = " OR (%s IN (%s) AND " + OryFields.ORY_ID + " = null%s)";
    private static final String NOT_CONVERTED = " AND IsConverted = false";
    private static final String ONLY_PERSONS = " AND " + Describe.IS_PERSON_ACCOUNT + " = true";
    private static final int MATCHES_IN_MESSAGE = 10;
    private static final String SELECT = "SELECT Id, %s, " + OryFields.ORY_ID + ", " + OryFields.ORY_UPDATED_AT + "%s FROM %s";
    private static final String OF_ACCOUNT = ", AccountId, Account." + OryFields.ORY_ID + ", Account." + OryFields.ORY_UPDATED_AT;

    private static final RecordError OF_COMPANY = RecordError.of("PERSON_ACCOUNT", "The Account of a company bears the Ory ID of this"
            + " identity, perhaps by the mapping of fields for the conversion of Leads — Empty " + OryFields.ORY_ID + " there, take the"
            + " field out of that mapping in Setup, then replay the event.");

    private final Ledger ledger;
    private final SoqlLookup lookup;
    private final EmailMatching emailMatching;
    private final PersonAccounts personAccounts;
    private final MatchEmail match;
    private final MatchSeveral several;
    private final MeterRegistry meters;
    private final Clock clock;

    RecordMatcher(Ledger ledger, SoqlLookup lookup, EmailMatching emailMatching, PersonAccounts personAccounts,
            SyncSettings settings, MeterRegistry meters, Clock clock) {
        this.personAccounts = personAccounts;
        this.clock = clock;
        this.ledger = ledger;
        this.lookup = lookup;
        this.emailMatching = emailMatching;
        this.match = settings.matchEmail();
        this.several = settings.matchSeveral();
        this.meters = meters;
        Stream.of(WAITING, TAKEN_OVER, SEVERAL).forEach(how -> meters.counter(MATCHES, "how", how));
    }

    /** Applies the ledger's entries to the items. */
    public void loadKnown(Batch batch) {
        Map<String, LedgerEntry> known = ledger.find(batch.getPending().stream().map(SyncItem::getIdentity).toList());
        batch.getPending().forEach(item -> {
            LedgerEntry entry = known.get(item.getIdentity());
            if (entry != null) {
                item.loadKnown(entry);
            } else if (item.isGone()) {
                item.superseded(null); // it was erased, or the ledger was lost
            }
        });
    }

    /**
     * Items whose record has to be looked up in Salesforce. If e-mail addresses are not matched, a registration counts as
     * new. Where person accounts are looked up, too, a call has a query more for each item, and so half the items.
     */
    public List<List<SyncItem>> unmatched(Batch batch) {
        List<SyncItem> items = batch.getPending().stream().filter(item -> !item.hasRecord())
                .filter(item -> match != MatchEmail.NEVER || !item.isFirstRegistration()).toList();
        boolean mayTakeACall = items.size() > Batch.CHUNK
                || items.stream().anyMatch(item -> PersonObject.PERSON_ACCOUNT.is(item.getObject()));
        boolean asksAccounts = mayTakeACall ? personAccounts.carryIdentities() : personAccounts.areKnownToCarryIdentities();
        return Batch.slices(items, asksAccounts ? Batch.CHUNK : Batch.LOOKUP);
    }

    /** The query for records with the Ory IDs and e-mail addresses of the items: one call. */
    public String query(List<SyncItem> items) {
        boolean asksAccounts = personAccounts.areKnownToCarryIdentities();
        List<SoqlLookup.Query> queries = new ArrayList<>();
        for (List<SyncItem> slice : Batch.slices(items, Batch.CHUNK)) {
            List<String> emails = match == MatchEmail.NEVER ? List.of()
                    : slice.stream().map(RecordMatcher::email).filter(RecordMatcher::mayBeInSalesforce).distinct().toList();
            String where = WHERE.formatted(SoqlLookup.list(slice.stream().map(SyncItem::getIdentity)));
            PersonObject.stream(asksAccounts).forEach(object -> queries.add(SoqlLookup.query(object.sObject() + queries.size(), "query",
                    SELECT.formatted(object.emailField(), more(object, asksAccounts), object.sObject()) + where
                            + orEmail(object, emails))));
        }
        return lookup.compositeRequest(queries);
    }

    private String more(PersonObject object, boolean asksAccounts) {
        return switch (object) {
            case PERSON_ACCOUNT -> ", " + Describe.IS_PERSON_ACCOUNT;
            case CONTACT -> (personAccounts.areKnown() ? ", " + Describe.IS_PERSON_ACCOUNT : "") + (asksAccounts ? OF_ACCOUNT : "");
            case LEAD -> ", IsConverted, " + Conversion.fields("", personAccounts.areKnown(), asksAccounts);
        };
    }

    private String orEmail(PersonObject object, List<String> emails) {
        String only = switch (object) {
            case PERSON_ACCOUNT -> ONLY_PERSONS;
            case CONTACT -> "";
            case LEAD -> NOT_CONVERTED;
        };
        return emails.isEmpty() || !emailMatching.isPossible(object.title()) ? ""
                : OR_EMAIL.formatted(object.emailField(), SoqlLookup.list(emails.stream()), only);
    }

    /** Whether the query has to be made again: without the address, or with what tells person accounts. */
    public boolean isToBeRepeated(String answer) {
        boolean isEmailRefused = Stream.of(PersonObject.values())
                .filter(object -> lookup.isFieldRefused(answer, object.sObject()) && emailMatching.isTurnedOff(object.title()))
                .count() > 0; // all objects in one go
        return isEmailRefused || answer != null && mayBeOfPersonAccounts(answer);
    }

    private boolean mayBeOfPersonAccounts(String answer) {
        List<JsonNode> found = lookup.answered(answer).toList();
        if (found.stream().anyMatch(RecordMatcher::isAmbiguous)) {
            return personAccounts.carryIdentities() || personAccounts.exist();
        }
        return found.stream().anyMatch(RecordMatcher::isOfPersonAccount)
                && !lookup.wasAsked(answer, PersonObject.PERSON_ACCOUNT.sObject()) && personAccounts.carryIdentities();
    }

    private static boolean isAmbiguous(JsonNode record) {
        return Conversion.isAmbiguous(record)
                || PersonObject.of(record) == PersonObject.CONTACT && !record.has(Describe.IS_PERSON_ACCOUNT);
    }

    private static boolean isOfPersonAccount(JsonNode record) {
        return isHalf(record) || Conversion.of(record).filter(now -> now.object() == PersonObject.PERSON_ACCOUNT).isPresent();
    }

    /** Applies the records that were found. The Ory ID has precedence over the e-mail address. */
    public void matched(List<SyncItem> items, String answer) {
        List<JsonNode> all = lookup.records(answer);
        Set<String> ofCompanies = all.stream().filter(record -> !PersonObject.isOfPerson(record))
                .map(record -> record.path(OryFields.ORY_ID).asText()).collect(Collectors.toSet());
        List<JsonNode> records = new ArrayList<>(all.stream().filter(PersonObject::isOfPerson).toList());
        records.sort(Comparator.comparing(PersonObject::of));
        Map<String, List<JsonNode>> byIdentity = by(record -> OryFields.ORY_ID, records);
        Map<Boolean, List<JsonNode>> free = records.stream().filter(RecordMatcher::isFree)
                .collect(Collectors.partitioningBy(RecordMatcher::isHalf));
        Map<String, List<JsonNode>> byEmail = by(record -> PersonObject.of(record).emailField(), free.get(false));
        Map<String, List<JsonNode>> halves = by(record -> PersonObject.CONTACT.emailField(), free.get(true));
        for (SyncItem item : items) {
            byIdentity.getOrDefault(item.getIdentity(), List.of()).forEach(record -> foundById(item, record));
            if (!item.hasRecord() && PersonObject.PERSON_ACCOUNT.is(item.getObject()) && ofCompanies.contains(item.getIdentity())) {
                item.deadLetter(OF_COMPANY);
                continue;
            }
            List<JsonNode> same = byEmail.getOrDefault(key(email(item)), List.of());
            if (!item.hasRecord() && !same.isEmpty() && match != MatchEmail.NEVER) {
                foundByEmail(item, same);
            } else if (!item.hasRecord() && halves.containsKey(key(email(item))) && !personAccounts.areKnownToCarryIdentities()) {
                item.note(RecordError.of("PERSON_ACCOUNT", "A person account has this e-mail address, and was not adopted, because the"
                        + " run-as user does not see the two Ory fields on Account (docs/person-accounts.md)."));
            }
        }
    }

    /**
     * A converted Lead stands for its Contact, which has the version if the conversion has copied the Ory fields. If the
     * event is not newer than the record's version, nothing is sent; an event of the same version tells what was last sent.
     * Salesforce keeps whole seconds.
     */
    private void foundById(SyncItem item, JsonNode record) {
        if (item.hasRecord()) {
            return;
        }
        boolean converted = record.path("IsConverted").asBoolean();
        Optional<Conversion> conversion = Conversion.of(record);
        if (converted && conversion.isEmpty()) {
            found(item, record, null);
            item.recover(Action.FOLLOW_CONVERSION, RecordError.of("CONVERTED", "The Lead was converted, but has no Contact."));
        } else if (isHalf(record)) {
            foundHalf(item, record);
        } else if (converted) {
            Conversion now = conversion.get();
            found(item, record, version(now.record().hasNonNull(OryFields.ORY_UPDATED_AT) ? now.record() : record));
            follow(item, now.object(), now.salesforceId(), now.identity(), "conversion");
        } else {
            found(item, record, version(record));
        }
    }

    /** A conversion has copied the Ory ID to the Contact that is the half of a person account. The app goes on with the Account. */
    private void foundHalf(SyncItem item, JsonNode contact) {
        JsonNode account = contact.path("Account");
        item.found(PersonObject.PERSON_ACCOUNT.title(), contact.path("AccountId").textValue(), "conversion",
                version(account.hasNonNull(OryFields.ORY_UPDATED_AT) ? account : contact), contact);
        follow(item, PersonObject.PERSON_ACCOUNT, contact.path("AccountId").textValue(), account.path(OryFields.ORY_ID).textValue(),
                "conversion");
    }

    private static void found(SyncItem item, JsonNode record, Instant version) {
        item.found(PersonObject.of(record).title(), record.path("Id").asText(), "ory-id", version, record);
    }

    /** @param owner the identity whose ID the record bears; null if it bears none */
    private void follow(SyncItem item, PersonObject object, String salesforceId, String owner, String how) {
        if (!item.isPending()) {
            return;
        }
        if (object == PersonObject.PERSON_ACCOUNT && !personAccounts.carryIdentities()) {
            PersonAccounts.notCarried(item);
        } else if (owner == null || owner.equalsIgnoreCase(item.getIdentity())) {
            item.follow(object.title(), salesforceId, how, owner == null);
        } else {
            item.belongsToOther(salesforceId, how);
        }
    }

    /** @param same records with the item's e-mail address and no Ory ID; only those of the first one's object count */
    private void foundByEmail(SyncItem item, List<JsonNode> same) {
        PersonObject object = PersonObject.of(same.get(0));
        List<JsonNode> matches = same.stream().filter(record -> PersonObject.of(record) == object).toList();
        if (match == MatchEmail.VERIFIED && !item.getChange().hasVerified(email(item))) {
            item.skipped("WAITS_FOR_VERIFICATION", "A record with this e-mail address exists already, and Ory has not"
                    + " verified that the address is this identity's. The app checks again at its next event.");
            count(WAITING);
        } else if (matches.size() == 1) {
            item.mayAdopt(new SyncItem.Candidate(object.title(), matches.get(0).path("Id").asText(), RecordAdoption.EMAIL));
            count(TAKEN_OVER);
        } else {
            RecordError which = RecordError.of("SEVERAL_MATCHES", matches.size() + " records have this e-mail address: "
                    + matches.stream().limit(MATCHES_IN_MESSAGE).map(record -> record.path("Id").asText())
                            .collect(Collectors.joining(", "))
                    + (matches.size() > MATCHES_IN_MESSAGE ? ", …" : "")
                    + ". None was adopted; merge them in Salesforce (sync.match-several).");
            if (several == MatchSeveral.DEAD_LETTER) {
                item.deadLetter(which);
            } else {
                item.note(which);
            }
            count(SEVERAL);
        }
    }

    /** If two identities have the same address, or their Leads the same Contact, the first gets the record. */
    public void complete(Batch batch) {
        batch.getPending().stream().filter(item -> item.hasRecord() && item.getTarget().stamp())
                .filter(item -> !batch.claims(item.getSalesforceId(), item.getIdentity()))
                .forEach(item -> item.belongsToOther(item.getSalesforceId(), item.getTarget().foundBy()));
        batch.items().stream().filter(SyncItem::isCandidate)
                .filter(item -> !batch.claims(item.getCandidate().salesforceId(), item.getIdentity()))
                .forEach(SyncItem::dropCandidate);
    }

    private void count(String how) {
        meters.counter(MATCHES, "how", how).increment();
    }

    private static boolean isFree(JsonNode record) {
        return !record.hasNonNull(OryFields.ORY_ID) && !record.path("IsConverted").asBoolean();
    }

    static boolean isPersonAccount(JsonNode record) {
        return record.path(Describe.IS_PERSON_ACCOUNT).asBoolean();
    }

    /** Whether it is the Contact that Salesforce keeps for each person account. */
    private static boolean isHalf(JsonNode record) {
        return isPersonAccount(record) && PersonObject.of(record) == PersonObject.CONTACT;
    }

    private static Map<String, List<JsonNode>> by(Function<JsonNode, String> field, List<JsonNode> records) {
        return records.stream().filter(record -> record.hasNonNull(field.apply(record)))
                .collect(Collectors.groupingBy(record -> key(record.path(field.apply(record)).asText())));
    }

    /** Salesforce ignores case when it compares. */
    private static String key(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    /** The address that the mapping would write, because that one would be there twice. */
    private static String email(SyncItem item) {
        return item.getRecord() == null ? "" : item.getRecord().path(PersonObject.emailField(item.getObject())).asText("").strip();
    }

    /**
     * No record has another address. A registration with a line break in its address, or one that is too long for a query,
     * would otherwise make Salesforce reject the query of the whole batch.
     */
    private static boolean mayBeInSalesforce(String email) {
        return email.length() <= LONGEST_EMAIL && ADDRESS.matcher(email).matches();
    }

    /** A time that is still to come is not a version of Ory: the record counts as one without a version. */
    private Instant version(JsonNode record) {
        Instant stored = OryFields.version(record);
        return stored == null || Version.isFuture(stored, clock.instant()) ? null : stored;
    }
}
