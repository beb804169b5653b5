package dev.orysalesforce.match;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.journal.Version;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.OryFields;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.salesforce.SoqlLookup;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.Action;
import dev.orysalesforce.settings.SyncSettings.MatchEmail;
import dev.orysalesforce.settings.SyncSettings.MatchSeveral;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.SyncItem;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
    static final String EMAIL = "Email";
    /** Only an org with person accounts has this field. */
    static final String IS_PERSON_ACCOUNT = "IsPersonAccount";
    /** The longest value of a field of type e-mail. */
    private static final int LONGEST_EMAIL = 80;
    private static final Pattern ADDRESS = Pattern.compile("[^\\v\\p{Cntrl}@]+@[^\\v\\p{Cntrl}@]+");
    private static final String WHERE = " WHERE " + OryFields.ORY_ID + " IN (%s)";
    /** Records that can't be adopted would only fill the pages of an address that many records have. */
    private static final String OR_EMAIL = " OR (Email IN (%s) AND " + OryFields.ORY_ID + " = null%s)";
    private static final String NOT_CONVERTED = " AND IsConverted = false";
    private static final String CONTACT = "Contact";
    private static final String LEAD = "Lead";
    private static final int MATCHES_IN_MESSAGE = 10;
    private static final String CONTACTS = "SELECT Id, Email, " + OryFields.ORY_ID + ", " + OryFields.ORY_UPDATED_AT
            + "%s FROM Contact";
    private static final String LEADS = ("SELECT Id, Email, %1$s, %2$s, IsConverted, ConvertedContactId,"
            + " ConvertedContact.%1$s, ConvertedContact.%2$s FROM Lead").formatted(OryFields.ORY_ID, OryFields.ORY_UPDATED_AT);

    private final Ledger ledger;
    private final SoqlLookup lookup;
    private final EmailMatching emailMatching;
    private final Describe org;
    private final MatchEmail match;
    private final MatchSeveral several;
    private final MeterRegistry meters;
    private final Clock clock;

    RecordMatcher(Ledger ledger, SoqlLookup lookup, EmailMatching emailMatching, Describe org, SyncSettings settings,
            MeterRegistry meters, Clock clock) {
        this.org = org;
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
     * new.
     */
    public List<List<SyncItem>> unmatched(Batch batch) {
        return Batch.slices(batch.getPending().stream().filter(item -> !item.hasRecord())
                .filter(item -> match != MatchEmail.NEVER || !item.isFirstRegistration()).toList(), Batch.LOOKUP);
    }

    /** The query for Leads and Contacts with the Ory IDs and e-mail addresses of the items: one call. */
    public String query(List<SyncItem> items) {
        List<SoqlLookup.Query> queries = new ArrayList<>();
        for (List<SyncItem> slice : Batch.slices(items, Batch.CHUNK)) {
            List<String> emails = match == MatchEmail.NEVER ? List.of()
                    : slice.stream().map(RecordMatcher::email).filter(RecordMatcher::mayBeInSalesforce).distinct().toList();
            String where = WHERE.formatted(SoqlLookup.list(slice.stream().map(SyncItem::getIdentity)));
            queries.add(SoqlLookup.query(CONTACT + queries.size(), "query", CONTACTS.formatted(
                    tellsPersonAccounts() ? ", " + IS_PERSON_ACCOUNT : "") + where + orEmail(CONTACT, emails, "")));
            queries.add(SoqlLookup.query(LEAD + queries.size(), "query", LEADS + where + orEmail(LEAD, emails, NOT_CONVERTED)));
        }
        return lookup.compositeRequest(queries);
    }

    private String orEmail(String object, List<String> emails, String more) {
        return emails.isEmpty() || !emailMatching.isPossible(object) ? ""
                : OR_EMAIL.formatted(SoqlLookup.list(emails.stream()), more);
    }

    private boolean tellsPersonAccounts() {
        return org.isKnownToHave(CONTACT, IS_PERSON_ACCOUNT);
    }

    /** Whether the query has to be made again: without the address, or with the field that tells person accounts. */
    public boolean isToBeRepeated(String answer) {
        boolean isEmailRefused = Stream.of(CONTACT, LEAD)
                .filter(object -> lookup.isFieldRefused(answer, object) && emailMatching.isTurnedOff(object))
                .count() > 0; // both objects in one go
        boolean mayBePersonAccounts = !tellsPersonAccounts() && answer != null && answer.contains(CONTACT) && lookup.answered(answer)
                .anyMatch(record -> object(record).equals(CONTACT) && isFree(record));
        return isEmailRefused || mayBePersonAccounts && org.has(CONTACT, IS_PERSON_ACCOUNT);
    }

    /** Applies the records that were found. The Ory ID has precedence over the e-mail address, and a Contact over a Lead. */
    public void matched(List<SyncItem> items, String answer) {
        List<JsonNode> records = new ArrayList<>(lookup.records(answer));
        records.sort(Comparator.comparing(RecordMatcher::object));
        Map<String, List<JsonNode>> byIdentity = by(OryFields.ORY_ID, records);
        Map<Boolean, List<JsonNode>> free = records.stream().filter(RecordMatcher::isFree)
                .collect(Collectors.partitioningBy(RecordMatcher::isPersonAccount));
        Map<String, List<JsonNode>> byEmail = by(EMAIL, free.get(false));
        Map<String, List<JsonNode>> personAccounts = by(EMAIL, free.get(true));
        for (SyncItem item : items) {
            byIdentity.getOrDefault(item.getIdentity(), List.of()).forEach(record -> foundById(item, record));
            List<JsonNode> same = byEmail.getOrDefault(key(email(item)), List.of());
            if (!item.hasRecord() && !same.isEmpty() && match != MatchEmail.NEVER) {
                foundByEmail(item, same);
            } else if (!item.hasRecord() && personAccounts.containsKey(key(email(item)))) {
                item.note(RecordError.of("PERSON_ACCOUNT", "A person account has this e-mail address. This app does not write"
                        + " person accounts, so it did not adopt this one."));
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
        JsonNode contact = record.path("ConvertedContact");
        String owner = contact.path(OryFields.ORY_ID).textValue();
        if (converted && !record.hasNonNull("ConvertedContactId")) {
            item.found(object(record), record.path("Id").asText(), "ory-id", null, record);
            item.recover(Action.FOLLOW_CONVERSION, RecordError.of("CONVERTED", "The Lead was converted, but has no Contact."));
            return;
        }
        item.found(object(record), record.path("Id").asText(), "ory-id",
                version(converted && contact.hasNonNull(OryFields.ORY_UPDATED_AT) ? contact : record), record);
        if (converted && item.isPending()) {
            String contactId = record.path("ConvertedContactId").asText();
            if (owner == null || owner.equalsIgnoreCase(item.getIdentity())) {
                item.follow("Contact", contactId, "conversion", owner == null);
            } else {
                item.belongsToOther(contactId, "conversion");
            }
        }
    }

    /** @param same records with the item's e-mail address and no Ory ID; if one is a Contact, Leads do not count */
    private void foundByEmail(SyncItem item, List<JsonNode> same) {
        String object = object(same.get(0));
        List<JsonNode> matches = same.stream().filter(record -> object(record).equals(object)).toList();
        if (match == MatchEmail.VERIFIED && !item.getChange().hasVerified(email(item))) {
            item.skipped("WAITS_FOR_VERIFICATION", "A record with this e-mail address exists already, and Ory has not"
                    + " verified that the address is this identity's. The app checks again at its next event.");
            count(WAITING);
        } else if (matches.size() == 1) {
            item.mayAdopt(new SyncItem.Candidate(object, matches.get(0).path("Id").asText(), RecordAdoption.EMAIL));
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
        return record.path(IS_PERSON_ACCOUNT).asBoolean();
    }

    private static Map<String, List<JsonNode>> by(String field, List<JsonNode> records) {
        return records.stream().filter(record -> record.hasNonNull(field))
                .collect(Collectors.groupingBy(record -> key(record.path(field).asText())));
    }

    /** Salesforce ignores case when it compares. */
    private static String key(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static String object(JsonNode record) {
        return record.path("attributes").path("type").asText();
    }

    /** The address that the mapping would write, because that one would be there twice. */
    private static String email(SyncItem item) {
        return item.getRecord() == null ? "" : item.getRecord().path(EMAIL).asText("").strip();
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
