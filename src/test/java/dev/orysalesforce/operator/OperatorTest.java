package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;

/** The app, and an operator with its token. */
abstract class OperatorTest extends AppTest {

    static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    @Autowired
    CamelContext camel;

    Operator operator;

    @BeforeEach
    void withTheOperatorToken() {
        operator = new Operator(port, OPERATOR_TOKEN);
    }

    JsonNode get(String path) {
        HttpResponse<String> answer = operator.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
        return read(answer.body());
    }

    JsonNode replay(String body) {
        HttpResponse<String> answer = operator.post("/api/dead-letters/replay", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return read(answer.body());
    }

    /** An event that Salesforce rejects for its address, so that it becomes a dead letter; returns the identity's ID. */
    String refused(String lastName) {
        String id = UUID.randomUUID().toString();
        ory.sends("registration", withBadAddress(Ory.identity(id, START, lastName)));
        return id;
    }

    static ObjectNode withBadAddress(ObjectNode body) {
        ((ObjectNode) body.path("identity").path("traits")).put("email", "kowalczykowa has no address");
        return body;
    }

    static ObjectNode ofSchema(String schema, ObjectNode body) {
        ((ObjectNode) body.path("identity")).put("schema_id", schema);
        return body;
    }

    String letterOf(String identity) {
        await().until(() -> !get("/api/dead-letters?identity=" + identity).path("items").isEmpty());
        return get("/api/dead-letters?identity=" + identity).path("items").get(0).path("id").asText();
    }

    void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        JsonNode problem = read(answer.body());
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("detail").asText()).isNotEmpty();
        if (code != null) {
            assertThat(problem.path("code").asText()).isEqualTo(code);
        }
    }
}
