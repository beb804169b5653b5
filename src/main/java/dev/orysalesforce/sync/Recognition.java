package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.MatchEmail;
import dev.orysalesforce.settings.SyncSettings.MatchSeveral;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Finds out which identities have a record already. */
@Component("recognition")
public class Recognition {

    private static final String MATCHES = "ory.sync.matches";
    private static final String WAITING = "waiting";
    private static final String TAKEN_OVER = "taken-over";
    private static final String SEVERAL = "several";
    static final String EMAIL = "Email";
    /** What a field of type e-mail holds. */
    private static final int LONGEST_EMAIL = 80;
    private static final Pattern ADDRESS = Pattern.compile("[^\\v\\p{Cntrl}@]+@[^\\v\\p{Cntrl}@]+");
    private static final String WHERE = " WHERE " + Comparison.ORY_ID + " IN (%s)";
    private static final String OR_EMAIL = " OR Email IN (%s)";
    private static final String CONTACTS = "SELECT Id, Email, %s, %s FROM Contact"
            .formatted(Comparison.ORY_ID, Comparison.ORY_UPDATED_AT);
    private static final String LEADS = ("SELECT Id, Email, %1$s, %2$s, IsConverted, ConvertedContactId,"
            + " ConvertedContact.%1$s FROM Lead").formatted(Comparison.ORY_ID, Comparison.ORY_UPDATED_AT);

    /** Salesforce writes +0000, not +00:00. */
    private static final DateTimeFormatter SALESFORCE_TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME).appendOffset("+HHMM", "Z").toFormatter();

    private final Ledger ledger;
    private final LookUp lookUp;
    private final MatchEmail match;
    private final MatchSeveral several;
    private final MeterRegistry meters;

    Recognition(Ledger ledger, LookUp lookUp, SyncSettings settings, MeterRegistry meters) {
        this.ledger = ledger;
        this.lookUp = lookUp;
        this.match = settings.matchEmail();
        this.several = settings.matchSeveral();
        this.meters = meters;
        Stream.of(WAITING, TAKEN_OVER, SEVERAL).forEach(how -> meters.counter(MATCHES, "how", how));
    }

    /** What the ledger knows. */
    public void remember(Batch batch) {
        Map<String, LedgerEntry> known = ledger.find(batch.getPending().stream().map(Row::getIdentity).toList());
        batch.getPending().forEach(row -> {
            LedgerEntry entry = known.get(row.getIdentity());
            if (entry != null) {
                row.recall(entry);
            }
        });
    }

    /** Rows whose record has to be looked for in Salesforce. Where e-mails do not count, a registration is new. */
    public List<List<Row>> unknown(Batch batch) {
        return Batch.slices(batch.getPending().stream().filter(row -> !row.hasRecord())
                .filter(row -> match != MatchEmail.NEVER || !row.isFirstOfARegistration()).toList(), Batch.LOOKUP);
    }

    /** Asks for Leads and Contacts with the Ory IDs and e-mails of the rows: one call. */
    public String question(List<Row> rows) {
        List<LookUp.Query> queries = new ArrayList<>();
        for (List<Row> slice : Batch.slices(rows, Batch.CHUNK)) {
            List<String> emails = match == MatchEmail.NEVER ? List.of()
                    : slice.stream().map(Recognition::email).filter(Recognition::mayBeInSalesforce).distinct().toList();
            String where = WHERE.formatted(LookUp.list(slice.stream().map(Row::getIdentity)))
                    + (emails.isEmpty() ? "" : OR_EMAIL.formatted(LookUp.list(emails.stream())));
            queries.add(LookUp.query("contacts" + queries.size(), "query", CONTACTS + where));
            queries.add(LookUp.query("leads" + queries.size(), "query", LEADS + where));
        }
        return lookUp.question(queries);
    }

    /** Takes the records that were found; the Ory ID goes before the e-mail, and a Contact before a Lead. */
    public void found(List<Row> rows, String answer) {
        List<JsonNode> records = new ArrayList<>(lookUp.records(answer));
        records.sort(Comparator.comparing(Recognition::object));
        Map<String, List<JsonNode>> byIdentity = by(Comparison.ORY_ID, records);
        Map<String, List<JsonNode>> byEmail = by(EMAIL, records.stream().filter(Recognition::isFree).toList());
        for (Row row : rows) {
            byIdentity.getOrDefault(row.getIdentity(), List.of()).forEach(record -> foundById(row, record));
            List<JsonNode> same = byEmail.getOrDefault(key(email(row)), List.of());
            if (!row.hasRecord() && !same.isEmpty() && match != MatchEmail.NEVER) {
                foundByEmail(row, same);
            }
        }
    }

    /**
     * A converted Lead is its Contact. An event that is not newer than what its record says needs nothing more; that of
     * the same version tells what was last sent. Salesforce keeps whole seconds.
     */
    private static void foundById(Row row, JsonNode record) {
        if (row.hasRecord()) {
            return;
        }
        boolean converted = record.path("IsConverted").asBoolean();
        if (converted && !record.hasNonNull("ConvertedContactId")) {
            return;
        }
        row.found(object(record), record.path("Id").asText(), "ory-id",
                time(record.path(Comparison.ORY_UPDATED_AT).textValue()), record);
        if (converted && row.isPending()) {
            row.follow("Contact", record.path("ConvertedContactId").asText(), "conversion",
                    !record.path("ConvertedContact").hasNonNull(Comparison.ORY_ID));
        }
    }

    /** @param same records with the row's e-mail that belong to nobody yet; if there is a Contact, Leads do not count */
    private void foundByEmail(Row row, List<JsonNode> same) {
        String object = object(same.get(0));
        List<JsonNode> matches = same.stream().filter(record -> object(record).equals(object)).toList();
        if (match == MatchEmail.VERIFIED && !row.getChange().hasVerified(email(row))) {
            row.skipped("WAITS_FOR_VERIFICATION", "There is a record with this e-mail address already, and Ory has not"
                    + " verified that the address is this identity's. It is looked at again at its next event.");
            count(WAITING);
        } else if (matches.size() == 1) {
            row.mayAdopt(new Row.Candidate(object, matches.get(0).path("Id").asText(), TakeOver.EMAIL));
            count(TAKEN_OVER);
        } else {
            Refusal which = Refusal.of("SEVERAL_MATCHES", matches.size() + " records have this e-mail address: "
                    + matches.stream().map(record -> record.path("Id").asText()).collect(Collectors.joining(", "))
                    + ". None was taken; merge them in Salesforce (sync.match-several).");
            if (several == MatchSeveral.DEAD_LETTER) {
                row.refuse(which);
            } else {
                row.note(which);
            }
            count(SEVERAL);
        }
    }

    /** Two identities with one address: the first gets the record. */
    public void settle(Batch batch) {
        batch.rows().stream().filter(Row::isCandidate)
                .filter(row -> !batch.claims(row.getCandidate().salesforceId())).forEach(Row::missOut);
    }

    private void count(String how) {
        meters.counter(MATCHES, "how", how).increment();
    }

    private static boolean isFree(JsonNode record) {
        return !record.hasNonNull(Comparison.ORY_ID) && !record.path("IsConverted").asBoolean();
    }

    private static Map<String, List<JsonNode>> by(String field, List<JsonNode> records) {
        return records.stream().filter(record -> record.hasNonNull(field))
                .collect(Collectors.groupingBy(record -> key(record.path(field).asText())));
    }

    /** Salesforce compares without case. */
    private static String key(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    private static String object(JsonNode record) {
        return record.path("attributes").path("type").asText();
    }

    /** What the mapping would write, for that is what would be there twice. */
    private static String email(Row row) {
        return row.getRecord() == null ? "" : row.getRecord().path(EMAIL).asText("").strip();
    }

    /**
     * No record has another one; and whoever registers with a line break in it, or a text that is too long for a query, would
     * have Salesforce refuse the question about the whole batch.
     */
    private static boolean mayBeInSalesforce(String email) {
        return email.length() <= LONGEST_EMAIL && ADDRESS.matcher(email).matches();
    }

    private static Instant time(String text) {
        return text == null ? null : OffsetDateTime.parse(text, SALESFORCE_TIME).toInstant();
    }
}
