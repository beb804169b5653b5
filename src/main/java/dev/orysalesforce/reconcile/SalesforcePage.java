package dev.orysalesforce.reconcile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.reconcile.ReconcileRun.Phase;
import dev.orysalesforce.salesforce.OryFields;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Up to 2,000 records that carry an Ory ID, and the link to the next page.
 *
 * @param versions identity ID to {@code Ory_Updated_At__c}, which may be null
 * @param next path of the next page below the API version; null on the last one
 * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm">Query</a>
 */
record SalesforcePage(Map<String, Instant> versions, String next) {

    private static final String CONTACTS = "SELECT %1$s, %2$s FROM Contact WHERE %1$s != null";
    private static final String LEADS = "SELECT %1$s, %2$s, IsConverted, ConvertedContact.%2$s FROM Lead WHERE %1$s != null";

    static String first(Phase phase) {
        return "/query?q=" + URLEncoder.encode((phase == Phase.CONTACTS ? CONTACTS : LEADS)
                .formatted(OryFields.ORY_ID, OryFields.ORY_UPDATED_AT), StandardCharsets.UTF_8);
    }

    /** A converted Lead stands for its Contact, even if the conversion did not copy the Ory ID. */
    static SalesforcePage read(String body, ObjectMapper json) {
        JsonNode answer = parse(body, json);
        Map<String, Instant> versions = new HashMap<>();
        for (JsonNode record : answer.path("records")) {
            JsonNode now = record.path("IsConverted").asBoolean() ? record.path("ConvertedContact") : record;
            if (now.isObject()) {
                versions.put(record.path(OryFields.ORY_ID).asText().toLowerCase(Locale.ROOT),
                        time(now.path(OryFields.ORY_UPDATED_AT).textValue()));
            }
        }
        String next = answer.path("nextRecordsUrl").textValue();
        return new SalesforcePage(versions, next == null ? null : next.substring(next.indexOf("/query/")));
    }

    private static JsonNode parse(String body, ObjectMapper json) {
        try {
            JsonNode answer = json.readTree(body == null ? "" : body);
            if (answer.path("records").isArray()) {
                return answer;
            }
        } catch (JsonProcessingException e) {
            // reported below
        }
        throw new RetryLaterException("Salesforce answered a query with something that is not a result. A proxy in between?",
                null);
    }

    /** Salesforce writes +0000, not +00:00. */
    private static Instant time(String text) {
        return text == null ? null : OffsetDateTime.parse(text.replaceFirst("(\\d\\d)$", ":$1")).toInstant();
    }
}
