package dev.orysalesforce.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.LedgerEntry;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Finds out which identities have a record already. */
@Component("recognition")
public class Recognition {

    private static final List<String> OBJECTS = List.of("Contact", "Lead"); // a Contact goes before a Lead

    /** Salesforce writes +0000, not +00:00. */
    private static final DateTimeFormatter SALESFORCE_TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME).appendOffset("+HHMM", "Z").toFormatter();

    private final Ledger ledger;
    private final ObjectMapper json;
    private final String data;

    Recognition(Ledger ledger, ObjectMapper json, @Value("${salesforce.api-version}") String apiVersion) {
        this.ledger = ledger;
        this.json = json;
        this.data = "/services/data/v" + apiVersion;
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

    /**
     * Asks for Leads and Contacts with the Ory IDs of the rows: one call.
     *
     * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm">
     *     Composite</a>
     */
    public String question(List<Row> rows) throws JsonProcessingException {
        ObjectNode body = json.createObjectNode().put("allOrNone", false);
        ArrayNode questions = body.putArray("compositeRequest");
        for (String object : OBJECTS) {
            for (int from = 0; from < rows.size(); from += Batch.CHUNK) {
                String ids = rows.subList(from, Math.min(from + Batch.CHUNK, rows.size())).stream()
                        .map(row -> "'" + row.getIdentity() + "'").collect(Collectors.joining(","));
                String query = "SELECT Id, %s, %s FROM %s WHERE %s IN (%s)".formatted(
                        Comparison.ORY_ID, Comparison.ORY_UPDATED_AT, object, Comparison.ORY_ID, ids);
                questions.addObject().put("method", "GET").put("referenceId", object + from)
                        .put("url", data + "/query?q=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
            }
        }
        return json.writeValueAsString(body);
    }

    /**
     * Takes the records that were found. An event that is not newer than what its record says needs nothing more.
     * Salesforce keeps whole seconds.
     *
     * @throws HoldException if the answer can't be read, or a query was refused
     */
    public void found(List<Row> rows, String answer) {
        Map<String, Row> byIdentity = rows.stream().collect(Collectors.toMap(Row::getIdentity, row -> row));
        for (JsonNode part : parts(answer)) {
            if (part.path("httpStatusCode").asInt() != 200) {
                JsonNode error = part.path("body").path(0);
                throw new HoldException(error.path("errorCode").asText("UNREADABLE_ANSWER"),
                        "Salesforce refused the look-up of records by their Ory ID: " + error.path("message").asText()
                                + " — The run-as user needs read access to Lead and Contact and to "
                                + Comparison.ORY_ID + " and " + Comparison.ORY_UPDATED_AT + " on both.");
            }
            for (JsonNode record : part.path("body").path("records")) {
                Row row = byIdentity.get(record.path(Comparison.ORY_ID).asText());
                if (row != null && !row.hasRecord()) {
                    row.found(record.path("attributes").path("type").asText(), record.path("Id").asText(), "ory-id",
                            time(record.path(Comparison.ORY_UPDATED_AT).textValue()));
                }
            }
        }
    }

    private JsonNode parts(String answer) {
        try {
            JsonNode parts = json.readTree(answer == null ? "" : answer).path("compositeResponse");
            if (parts.isArray()) {
                return parts;
            }
        } catch (JsonProcessingException e) {
            // said below
        }
        throw new HoldException("UNREADABLE_ANSWER", "Salesforce answered a look-up with something that is not a result."
                + " A proxy in between?");
    }

    private static Instant time(String text) {
        return text == null ? null : OffsetDateTime.parse(text, SALESFORCE_TIME).toInstant();
    }
}
