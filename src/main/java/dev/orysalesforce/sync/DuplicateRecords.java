package dev.orysalesforce.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.Duplicates;
import java.util.ArrayList;
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
    private final LookUp lookUp;
    private final ObjectMapper json;

    DuplicateRecords(SyncSettings settings, Answers answers, LookUp lookUp, ObjectMapper json) {
        this.policy = settings.duplicates();
        this.answers = answers;
        this.lookUp = lookUp;
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
        JsonNode error = refused == null || !refused.getMessage().contains(CODE) ? null
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
        boolean one = matches.size() == 1 && ADOPTABLE.containsAll(matches.values());
        if (policy == Duplicates.ADOPT && one && !row.hasRecord()) {
            Map.Entry<String, String> match = matches.entrySet().iterator().next();
            row.mayAdopt(match.getValue(), match.getKey(), named);
        } else {
            row.giveUp(named);
        }
    }

    /** Asks what is in the record that may be taken over. */
    public String question(Row row) {
        List<String> fields = new ArrayList<>(List.of("Id", Comparison.ORY_ID));
        if (row.getCandidate().object().equals("Lead")) {
            fields.add("IsConverted");
        }
        row.getRecord().fieldNames().forEachRemaining(field -> {
            if (!fields.contains(field) && !row.getRecord().path(field).isContainerNode()
                    && (row.getCandidate().object().equals(row.getObject()))) {
                fields.add(field);
            }
        });
        if (!fields.contains("Email")) {
            fields.add("Email");
        }
        return lookUp.question(List.of(LookUp.query("match", "query", "SELECT " + String.join(", ", fields) + " FROM "
                + row.getCandidate().object() + " WHERE Id = '" + row.getCandidate().salesforceId() + "'")));
    }

    /** Takes it over if nothing speaks against it; what it has filled stays. */
    public void adopt(Row row, String answer) {
        List<JsonNode> records = lookUp.records(answer);
        JsonNode record = records.isEmpty() ? json.nullNode() : records.get(0);
        boolean free = !records.isEmpty() && !record.hasNonNull(Comparison.ORY_ID)
                && !record.path("IsConverted").asBoolean();
        if (free && row.getChange().hasVerified(record.path("Email").asText())) {
            List<String> filled = new ArrayList<>();
            record.properties().forEach(field -> {
                if (!field.getValue().isNull()) {
                    filled.add(field.getKey());
                }
            });
            row.adopt(row.getCandidate().object(), row.getCandidate().salesforceId(), "duplicate-rule", filled);
        } else {
            row.giveUp();
        }
    }

    /** The key is misspelt in many versions of the API. */
    private static JsonNode details(JsonNode error) {
        return error.has("duplicateResut") ? error.path("duplicateResut") : error.path("duplicateResult");
    }
}
