package dev.orysalesforce.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/**
 * Which fields the org insists on, by its own description of an object; asked when it is first needed, then once a day.
 *
 * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm">
 *     sObject Describe</a>
 */
@Component
class Describe implements Comparison.RequiredFields {

    private static final Duration GOOD_FOR = Duration.ofDays(1);

    private record Answer(Set<String> required, Instant at) {}

    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final ProducerTemplate camel;
    private final ObjectMapper json;

    Describe(@Lazy ProducerTemplate camel, ObjectMapper json) {
        this.camel = camel;
        this.json = json;
    }

    @Override
    public Set<String> of(String object) {
        return answers.compute(object, (name, known) ->
                known != null && known.at().plus(GOOD_FOR).isAfter(Instant.now()) ? known : ask(name)).required();
    }

    private Answer ask(String object) {
        try {
            String answer = camel.requestBodyAndHeader("direct:salesforce.describe", null, "object", object, String.class);
            Set<String> required = new HashSet<>();
            for (JsonNode field : json.readTree(answer).path("fields")) {
                if (!field.path("nillable").asBoolean(true)) {
                    required.add(field.path("name").asText());
                }
            }
            return new Answer(required, Instant.now());
        } catch (CamelExecutionException | JsonProcessingException e) {
            throw Answers.unavailable(e);
        }
    }
}
