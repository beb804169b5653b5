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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Several queries in one composite call. An answer holds a page of each; the route {@code salesforce.look-up} reads the further
 * pages before the answer is used.
 *
 * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm">
 *     Composite</a>
 */
@Component
public class SoqlLookup {

    /** @param resource {@code query}, or {@code queryAll} to see deleted records, too */
    public record Query(String reference, String resource, String soql) {}

    private static final String NEXT = "nextRecordsUrl";
    private static final int BAD_REQUEST = 400;
    private static final String REFUSED_FIELD = "INVALID_FIELD";

    /** "No such column 'Fax' on entity 'Lead'"; the words between the names are in the run-as user's language. */
    private static final Pattern COLUMN = Pattern.compile("'(\\w+)'[^']+'(\\w+)'");

    /** What the app reads itself, whatever the mappings write. */
    private static final Set<String> OWN_FIELDS = Set.of("Id", "Email", "PersonEmail", OryFields.ORY_ID, OryFields.ORY_UPDATED_AT);

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

    /**
     * The records of one of the queries.
     *
     * @throws PauseDeliveryException if the answer can't be read, or the query was rejected
     */
    public List<JsonNode> records(String answer, String reference) {
        JsonNode part = part(answer, reference);
        if (part.path("httpStatusCode").asInt() != 200) {
            throw refused(part.path("body").path(0));
        }
        List<JsonNode> records = new ArrayList<>();
        part.path("body").path("records").forEach(records::add);
        return records;
    }

    /** Why one of the queries was rejected, if that was for a missing object, field or permission; else null. */
    public RecordError setUpError(String answer, String reference) {
        JsonNode part = part(answer, reference);
        JsonNode error = part.path("body").path(0);
        String code = error.path("errorCode").asText();
        return part.path("httpStatusCode").asInt() == 200 || policy.action(code) != Action.PAUSE_UNTIL_FIXED ? null
                : policy.adviseOnQuery(RecordError.of(code, error.path("message").asText()));
    }

    /** Whether one of the queries was rejected because of a value in it. */
    public boolean isValueRefused(String answer, String reference) {
        JsonNode part = part(answer, reference);
        Action action = policy.action(part.path("body").path(0).path("errorCode").asText());
        return part.path("httpStatusCode").asInt() == BAD_REQUEST && action != Action.PAUSE && action != Action.PAUSE_UNTIL_FIXED;
    }

    private JsonNode part(String answer, String reference) {
        for (JsonNode part : parts(answer)) {
            if (reference(part).equals(reference)) {
                return part;
            }
        }
        throw unreadable();
    }

    /** The records of all queries but those that were refused. */
    public Stream<JsonNode> answered(String answer) {
        return StreamSupport.stream(parts(answer).spliterator(), false)
                .flatMap(part -> StreamSupport.stream(part.path("body").path("records").spliterator(), false));
    }

    /** Whether a query whose reference begins like this was refused because of one of its fields. */
    public boolean isFieldRefused(String answer, String reference) {
        return answer != null && answer.contains(REFUSED_FIELD) && StreamSupport.stream(parts(answer).spliterator(), false)
                .anyMatch(part -> reference(part).startsWith(reference)
                        && part.path("body").path(0).path("errorCode").asText().equals(REFUSED_FIELD));
    }

    /** Whether the answer has that of a query whose reference begins like this. */
    public boolean wasAsked(String answer, String reference) {
        return StreamSupport.stream(parts(answer).spliterator(), false).anyMatch(part -> reference(part).startsWith(reference));
    }

    /** Whether a query found more records than the answer holds. */
    public boolean hasFurtherPages(String answer) {
        return answer != null && answer.contains(NEXT)
                && StreamSupport.stream(parts(answer).spliterator(), false).anyMatch(SoqlLookup::hasNext);
    }

    /** The body of the call for the next page of each query that has one. */
    public String nextPages(String answer) {
        ObjectNode body = json.createObjectNode().put("allOrNone", false);
        ArrayNode requests = body.putArray("compositeRequest");
        parts(answer).forEach(part -> {
            if (hasNext(part)) {
                requests.addObject().put("method", "GET").put("referenceId", reference(part))
                        .put("url", part.path("body").path(NEXT).asText());
            }
        });
        return body.toString();
    }

    /**
     * The answer together with the next pages.
     *
     * @throws PauseDeliveryException if a page is missing or leads to itself, which would never end
     */
    public String join(String answer, String nextPages) {
        Map<String, JsonNode> next = new HashMap<>();
        parts(nextPages).forEach(part -> next.put(reference(part), part));
        ArrayNode joined = json.createArrayNode();
        for (JsonNode part : parts(answer)) {
            boolean isContinued = hasNext(part);
            JsonNode more = next.getOrDefault(isContinued ? reference(part) : null, part);
            if (isContinued && (more == part || part.path("body").path(NEXT).equals(more.path("body").path(NEXT)))) {
                throw unreadable();
            }
            if (isContinued && more.path("body") instanceof ObjectNode page) {
                ArrayNode records = json.createArrayNode();
                part.path("body").path("records").forEach(records::add);
                page.path("records").forEach(records::add);
                page.set("records", records);
            }
            joined.add(more);
        }
        return json.createObjectNode().set("compositeResponse", joined).toString();
    }

    private static boolean hasNext(JsonNode part) {
        return part.path("body").hasNonNull(NEXT);
    }

    private static String reference(JsonNode part) {
        return part.path("referenceId").asText();
    }

    private PauseDeliveryException refused(JsonNode error) {
        RecordError recordError = RecordError.of(error.path("errorCode").asText("UNREADABLE_ANSWER"), error.path("message").asText());
        RecordError advised = policy.adviseOnQuery(recordError);
        Matcher named = COLUMN.matcher(recordError.code().equals(REFUSED_FIELD) ? advised.message() : "");
        String reason = advised.message();
        if (named.find() && !OWN_FIELDS.contains(named.group(1))) {
            reason = named.group(2) + "." + named.group(1) + ", a field of a mapping: " + reason;
        } else if (policy.action(recordError.code()) != Action.PAUSE) {
            reason += " — The run-as user needs read access to Lead and Contact and to Email, " + OryFields.ORY_ID + " and "
                    + OryFields.ORY_UPDATED_AT + " on both; for person accounts, to Account as well.";
        }
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
        throw unreadable();
    }

    private static PauseDeliveryException unreadable() {
        return new PauseDeliveryException("UNREADABLE_ANSWER", "Salesforce answered a look-up with something that is not a result."
                + " A proxy in between?");
    }
}
