package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.Fault;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;

/** The app, and an operator with its token. */
abstract class OperatorTest extends AppTest {

    static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

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

    /** Keeps Salesforce down while the events arrive, so that they are in one batch. */
    void inOneBatch(Runnable... events) {
        SALESFORCE.faults().start(Fault.error(503, "SERVER_UNAVAILABLE", "down"));
        for (Runnable event : events) {
            event.run();
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> pending() == events.length);
        long calls = SALESFORCE.calls().count(); // the try under way may have begun without the last events
        await().until(() -> SALESFORCE.calls().count() >= calls + 2);
        SALESFORCE.faults().clear();
        settle();
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
