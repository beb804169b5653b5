package dev.orysalesforce.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.Duplicates;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.apache.camel.util.ObjectHelper;
import org.springframework.stereotype.Component;

/**
 * The records that a duplicate rule of the org has found. Salesforce names them only when a record is sent by itself.
 *
 * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_duplicaterules.htm">
 *     Duplicate rule header</a>
 */
@Component("duplicateRecords")
public class DuplicateRecords {

    private static final Set<String> ADOPTABLE = Set.of("Lead", "Contact");
    private static final String CODE = "DUPLICATES_DETECTED";

    private final Duplicates policy;
    private final Answers answers;
    private final ObjectMapper json;

    DuplicateRecords(SyncSettings settings, Answers answers, ObjectMapper json) {
        this.policy = settings.duplicates();
        this.answers = answers;
        this.json = json;
    }

    public String path(Row row) {
        return "/sobjects/" + row.getObject() + (row.hasRecord() ? "/" + row.getSalesforceId()
                : "/" + Comparison.ORY_ID + "/" + row.getIdentity());
    }

    /** The record without its key, which is in the path. */
    public String record(Row row) throws JsonProcessingException {
        ObjectNode record = row.getRecord().deepCopy();
        if (!row.hasRecord()) {
            record.remove(Comparison.ORY_ID);
        }
        return json.writeValueAsString(record);
    }

    /** Salesforce has taken it after all. */
    public void accepted(Row row, String answer) throws JsonProcessingException {
        JsonNode result = answer == null || answer.isBlank() ? json.createObjectNode() : json.readTree(answer);
        row.synced(result.path("id").asText(row.getSalesforceId()), result.path("created").asBoolean());
    }

    /**
     * Notes the matches. The row goes on only if the policy is to adopt and there is one match.
     *
     * @throws HoldException if the call failed for another reason than the duplicate rule
     */
    public void matches(Row row, Exception failure) throws JsonProcessingException {
        SalesforceException refused = ObjectHelper.getException(SalesforceException.class, failure);
        JsonNode error = refused == null || !String.valueOf(refused.getMessage()).contains(CODE) ? null
                : json.readTree(refused.getMessage()).path(0);
        if (error == null) {
            answers.failed(failure);
            return;
        }
        Map<String, String> matches = new LinkedHashMap<>();
        for (JsonNode match : details(error).path("matchResults").findValues("record")) {
            matches.put(match.path("Id").asText(), match.path("attributes").path("type").asText());
        }
        Refusal named = new Refusal(CODE, row.getRefusal().message() + " Matches: "
                + String.join(", ", matches.keySet()) + ".", List.of());
        row.because(named);
        boolean one = matches.size() == 1 && ADOPTABLE.containsAll(matches.values());
        if (policy == Duplicates.ADOPT && one && !row.hasRecord()) {
            Map.Entry<String, String> match = matches.entrySet().iterator().next();
            row.mayAdopt(new Row.Candidate(match.getValue(), match.getKey(), TakeOver.DUPLICATE_RULE));
        } else {
            row.giveUp();
        }
    }

    /** The key is misspelt in many versions of the API. */
    private static JsonNode details(JsonNode error) {
        return error.has("duplicateResut") ? error.path("duplicateResut") : error.path("duplicateResult");
    }
}
