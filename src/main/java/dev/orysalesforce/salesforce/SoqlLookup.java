package dev.orysalesforce.salesforce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.settings.SyncSettings.Action;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Several queries in one composite call.
 *
 * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm">
 *     Composite</a>
 */
@Component
public class SoqlLookup {

    /** @param resource {@code query}, or {@code queryAll} to see deleted records, too */
    public record Query(String reference, String resource, String soql) {}

    private final ErrorPolicy policy;
    private final ObjectMapper json;
    private final String data;

    SoqlLookup(ErrorPolicy policy, ObjectMapper json, @Value("${salesforce.api-version}") String apiVersion) {
        this.policy = policy;
        this.json = json;
        this.data = "/services/data/v" + apiVersion;
    }

    public static Query query(String reference, String resource, String soql) {
        return new Query(reference, resource, soql);
    }

    /** Texts as the list of an {@code IN}, with escapes. */
    public static String list(Stream<String> texts) {
        return texts.map(text -> "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'")
                .collect(Collectors.collectingAndThen(Collectors.joining(","), list -> list.isEmpty() ? "''" : list));
    }

    /** The body of the call; Salesforce allows at most five queries. */
    public String compositeRequest(List<Query> queries) {
        ObjectNode body = json.createObjectNode().put("allOrNone", false);
        ArrayNode parts = body.putArray("compositeRequest");
        for (Query query : queries) {
            parts.addObject().put("method", "GET").put("referenceId", query.reference()).put("url",
                    data + "/" + query.resource() + "?q=" + URLEncoder.encode(query.soql(), StandardCharsets.UTF_8));
        }
        return body.toString();
    }

    /**
     * The records of all queries, in the order of the queries.
     *
     * @throws PauseDeliveryException if the answer can't be read, or a query was rejected
     */
    public List<JsonNode> records(String answer) {
        List<JsonNode> records = new ArrayList<>();
        for (JsonNode part : parts(answer)) {
            if (part.path("httpStatusCode").asInt() != 200) {
                throw refused(part.path("body").path(0));
            }
            part.path("body").path("records").forEach(records::add);
        }
        return records;
    }

    private PauseDeliveryException refused(JsonNode error) {
        RecordError recordError = RecordError.of(error.path("errorCode").asText("UNREADABLE_ANSWER"), error.path("message").asText());
        String reason = policy.adviseOnQuery(recordError).message() + (policy.action(recordError.code()) == Action.PAUSE ? ""
                : " — The run-as user needs read access to Lead and Contact and to " + OryFields.ORY_ID + " and "
                        + OryFields.ORY_UPDATED_AT + " on both.");
        return new PauseDeliveryException(recordError.code(), "Salesforce refused to look records up: " + reason);
    }

    private JsonNode parts(String answer) {
        try {
            JsonNode parts = json.readTree(answer == null ? "" : answer).path("compositeResponse");
            if (parts.isArray()) {
                return parts;
            }
        } catch (JsonProcessingException e) {
            // reported below
        }
        throw new PauseDeliveryException("UNREADABLE_ANSWER", "Salesforce answered a look-up with something that is not a result."
                + " A proxy in between?");
    }
}
