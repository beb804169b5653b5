package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.LedgerEntry;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Finds out which identities have a record already. */
@Component("recognition")
public class Recognition {

    private static final String CONTACTS = "SELECT Id, %1$s, %2$s FROM Contact WHERE %1$s IN (%%s)"
            .formatted(Comparison.ORY_ID, Comparison.ORY_UPDATED_AT);
    private static final String LEADS = ("SELECT Id, %1$s, %2$s, IsConverted, ConvertedContactId, ConvertedContact.%1$s"
            + " FROM Lead WHERE %1$s IN (%%s)").formatted(Comparison.ORY_ID, Comparison.ORY_UPDATED_AT);

    /** Salesforce writes +0000, not +00:00. */
    private static final DateTimeFormatter SALESFORCE_TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME).appendOffset("+HHMM", "Z").toFormatter();

    private final Ledger ledger;
    private final LookUp lookUp;

    Recognition(Ledger ledger, LookUp lookUp) {
        this.ledger = ledger;
        this.lookUp = lookUp;
    }

    /** What the ledger knows. */
    public void remember(Batch batch) {
        Map<String, LedgerEntry> known = ledger.find(batch.getPending().stream().map(Row::getIdentity).toList());
        batch.getPending().forEach(row -> {
            LedgerEntry entry = known.get(row.getIdentity());
            if (entry != null) {
                row.known(entry);
            }
        });
    }

    /** Asks for Leads and Contacts with the Ory IDs of the rows: one call. */
    public String question(List<Row> rows) {
        List<LookUp.Query> queries = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += Batch.CHUNK) {
            String ids = rows.subList(from, Math.min(from + Batch.CHUNK, rows.size())).stream()
                    .map(row -> "'" + row.getIdentity() + "'").collect(Collectors.joining(","));
            queries.add(LookUp.query("contacts" + from, "query", CONTACTS.formatted(ids)));
            queries.add(LookUp.query("leads" + from, "query", LEADS.formatted(ids)));
        }
        return lookUp.question(queries);
    }

    /**
     * Takes the records that were found; a Contact goes before a Lead, and a converted Lead is its Contact. An event
     * that is not newer than what its record says needs nothing more. Salesforce keeps whole seconds.
     */
    public void found(List<Row> rows, String answer) {
        Map<String, Row> byIdentity = rows.stream().collect(Collectors.toMap(Row::getIdentity, row -> row));
        List<JsonNode> records = new ArrayList<>(lookUp.records(answer));
        records.sort(Comparator.comparing(record -> record.path("attributes").path("type").asText()));
        for (JsonNode record : records) {
            Row row = byIdentity.get(record.path(Comparison.ORY_ID).asText());
            if (row == null || row.hasRecord()) {
                continue;
            }
            boolean converted = record.path("IsConverted").asBoolean();
            if (converted && !record.hasNonNull("ConvertedContactId")) {
                continue;
            }
            row.found(record.path("attributes").path("type").asText(), record.path("Id").asText(), "ory-id",
                    time(record.path(Comparison.ORY_UPDATED_AT).textValue()));
            if (converted && row.isPending()) {
                row.follow("Contact", record.path("ConvertedContactId").asText(), "conversion",
                        !record.path("ConvertedContact").hasNonNull(Comparison.ORY_ID));
            }
        }
    }

    private static Instant time(String text) {
        return text == null ? null : OffsetDateTime.parse(text, SALESFORCE_TIME).toInstant();
    }
}
