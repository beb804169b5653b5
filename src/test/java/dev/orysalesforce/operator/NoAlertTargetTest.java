package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Without a target of alerts, nothing looks for them. */
@Tag("any-ledger")
class NoAlertTargetTest extends OperatorTest {

    @Test
    void aTestHasNoTarget() {
        assertProblem(operator.post("/api/alerts/test", ""), 409, "NO_ALERT_TARGET");
        assertProblem(operator.post("/api/alerts/test", "{\"target\":\"slack\"}"), 409, "NO_ALERT_TARGET");
        JsonNode alerts = get("/api/alerts");
        assertThat(alerts.path("targets")).isEmpty();
        assertThat(alerts.path("kinds").findValuesAsText("state")).hasSize(10).containsOnly("ended");
    }

    /** As {@code curl -X POST} sends it: without a body and its type. */
    @Test
    void aTestNeedsNoBody() {
        assertProblem(operator.send(operator.request("/api/alerts/test").POST(HttpRequest.BodyPublishers.noBody())), 409,
                "NO_ALERT_TARGET");
        assertProblem(operator.send(operator.request("/api/alerts/test").header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("{\"target\":\"slack\"}"))), 415, "UNSUPPORTED_MEDIA_TYPE");
    }

    @Test
    void nothingRuns() {
        assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName).noneMatch(name -> name.contains("scheduler://alerts"));
        assertThat(ory.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + "/observe/metrics")).build()).body())
                .doesNotContain("ory_sync_alerts_total");
        assertThat(health().at("/components/routes/status").asText()).as("the route is not stopped").isEqualTo("UP");
    }
}
