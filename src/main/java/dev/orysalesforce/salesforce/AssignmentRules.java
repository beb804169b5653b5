package dev.orysalesforce.salesforce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.settings.RouteNames;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.camel.ProducerTemplate;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/**
 * The assignment rule that gives new records their owner. No API tells which owner it names, so a person has to look at it when
 * Salesforce refuses an owner who is deactivated.
 */
@Component
public class AssignmentRules {

    private static final String REFUSED_OWNER = "INACTIVE_OWNER_OR_USER";
    private static final int TIMEOUT_SECONDS = 20;

    private final ProducerTemplate camel;
    private final ObjectMapper json;

    AssignmentRules(@Lazy ProducerTemplate camel, ObjectMapper json) {
        this.camel = camel;
        this.json = json;
    }

    /** The same error with the name of the object's active rule, if an owner was refused and there is such a rule. */
    public RecordError name(RecordError error, String object) {
        if (!REFUSED_OWNER.equals(error.code())) {
            return error;
        }
        String rule = active(object);
        return new RecordError(error.code(), error.message() + (rule == null ? ". No assignment rule of " + object + "s is active."
                : ". The active assignment rule of " + object + "s is \"" + rule + "\"."), error.fields());
    }

    private String active(String object) {
        String query = "SELECT Name FROM AssignmentRule WHERE SobjectType = '" + PersonObject.sObject(object) + "' AND Active = true";
        try {
            String answer = camel.asyncRequestBody(RouteNames.READ, "/query?q=" + URLEncoder.encode(query, StandardCharsets.UTF_8),
                    String.class).orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
            return json.readTree(answer == null ? "" : answer).at("/records/0/Name").textValue();
        } catch (CompletionException | JsonProcessingException e) {
            return null; // the run-as user may not read it
        }
    }
}
