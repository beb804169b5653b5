package dev.orysalesforce.salesforce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.settings.RouteNames;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.camel.ProducerTemplate;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/**
 * The versions of the REST API that the org serves. A call of another version is answered 404 like one for something that the
 * org does not have.
 *
 * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_versions.htm">Versions</a>
 */
@Component
public class ServedVersions {

    private static final String NOT_FOUND = "NOT_FOUND";
    private static final int TIMEOUT_SECONDS = 20;

    private final ProducerTemplate camel;
    private final ObjectMapper json;
    private final String version;

    ServedVersions(@Lazy ProducerTemplate camel, ObjectMapper json, @Value("${salesforce.api-version}") String version) {
        this.camel = camel;
        this.json = json;
        this.version = version;
    }

    /**
     * Asks the org for its versions if an error can come from a version that it does not serve.
     *
     * @throws PauseDeliveryException if that is the cause
     */
    public void check(RecordError error) {
        if (!NOT_FOUND.equals(error.code()) || String.valueOf(error.message()).contains(OryFields.ORY_ID)) {
            return;
        }
        List<String> served = served();
        if (!served.isEmpty() && !served.contains(version)) {
            String newest = served.get(served.size() - 1);
            throw new PauseDeliveryException("API_VERSION", "Salesforce serves versions " + served.get(0) + " to " + newest
                    + " of its REST API, but not " + version + " — Set SALESFORCE_API_VERSION=" + newest + ", or remove it.");
        }
    }

    /** Oldest first; empty if Salesforce does not tell. */
    private List<String> served() {
        List<String> served = new ArrayList<>();
        try {
            String answer = camel.asyncRequestBody(RouteNames.API_VERSIONS, null, String.class)
                    .orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
            for (JsonNode one : json.readTree(answer == null ? "" : answer)) {
                served.add(one.path("version").asText());
            }
        } catch (CompletionException | JsonProcessingException e) {
            served.clear(); // the error that led here tells enough
        }
        return served;
    }
}
