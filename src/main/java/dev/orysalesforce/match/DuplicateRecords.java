package dev.orysalesforce.match;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.salesforce.OryFields;
import dev.orysalesforce.salesforce.PersonObject;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.Duplicates;
import dev.orysalesforce.sync.SyncItem;
import dev.orysalesforce.write.PersonAccounts;
import dev.orysalesforce.write.WriteResults;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.apache.camel.util.ObjectHelper;
import org.springframework.stereotype.Component;

/**
 * Reads which records a duplicate rule of the org has found. Salesforce names them only when a record is sent by itself.
 *
 * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_duplicaterules.htm">
 *     Duplicate rule header</a>
 */
@Component("duplicateRecords")
public class DuplicateRecords {

    private static final String CODE = "DUPLICATES_DETECTED";

    private final Duplicates policy;
    private final WriteResults results;
    private final PersonAccounts personAccounts;
    private final ObjectMapper json;

    public DuplicateRecords(SyncSettings settings, WriteResults results, PersonAccounts personAccounts, ObjectMapper json) {
        this.personAccounts = personAccounts;
        this.policy = settings.duplicates();
        this.results = results;
        this.json = json;
    }

    public String path(SyncItem item) {
        return "/sobjects/" + PersonObject.sObject(item.getObject()) + (item.hasRecord() ? "/" + item.getSalesforceId()
                : "/" + OryFields.ORY_ID + "/" + item.getIdentity());
    }

    /** The record without its external ID, which is in the path. */
    public String record(SyncItem item) throws JsonProcessingException {
        ObjectNode record = item.getRecord().deepCopy();
        if (!item.hasRecord()) {
            record.remove(OryFields.ORY_ID);
        }
        return json.writeValueAsString(record);
    }

    /** Salesforce has accepted the record this time. */
    public void accepted(SyncItem item, String answer) throws JsonProcessingException {
        JsonNode result = answer == null || answer.isBlank() ? json.createObjectNode() : json.readTree(answer);
        item.synced(result.path("id").asText(item.getSalesforceId()), result.path("created").asBoolean());
    }

    /**
     * Notes the matches. The item continues only if the policy is to adopt and there is one match.
     *
     * @throws PauseDeliveryException if the call failed for another reason than the duplicate rule
     */
    public void matches(SyncItem item, Exception failure) throws JsonProcessingException {
        SalesforceException refused = ObjectHelper.getException(SalesforceException.class, failure);
        JsonNode error = refused == null || !String.valueOf(refused.getMessage()).contains(CODE) ? null
                : json.readTree(refused.getMessage()).path(0);
        if (error == null) {
            results.failed(failure);
            return;
        }
        Map<String, Optional<PersonObject>> matches = new LinkedHashMap<>();
        for (JsonNode match : details(error).path("matchResults").findValues("record")) {
            matches.put(match.path("Id").asText(), PersonObject.ofRecord(match));
        }
        RecordError named = new RecordError(CODE, item.getError().message() + " Matches: "
                + String.join(", ", matches.keySet()) + ".", List.of());
        item.replaceError(named);
        Optional<PersonObject> one = matches.size() == 1 ? matches.values().iterator().next() : Optional.empty();
        if (policy == Duplicates.ADOPT && one.filter(this::isAdoptable).isPresent() && !item.hasRecord()) {
            item.mayAdopt(new SyncItem.Candidate(one.get().title(), matches.keySet().iterator().next(), RecordAdoption.DUPLICATE_RULE));
        } else {
            item.deadLetter();
        }
    }

    /** Most Accounts are companies. */
    private boolean isAdoptable(PersonObject object) {
        return object != PersonObject.PERSON_ACCOUNT || personAccounts.carryIdentities();
    }

    /** Many versions of the API misspell the key. */
    private static JsonNode details(JsonNode error) {
        return error.has("duplicateResut") ? error.path("duplicateResut") : error.path("duplicateResult");
    }
}
