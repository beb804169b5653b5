package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.RowError;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.trace.OtlpReceiver;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the jar writes for Elastic, with a collector for its traces beside it. */
class LogIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @Test
    void everyLineIsEcsAndALineAboutSomebodyNamesThemAndTheirTrace(@TempDir Path folder) {
        String identity = UUID.randomUUID().toString();
        String trigger = UUID.randomUUID().toString();
        try (SalesforceSandbox salesforce = SalesforceSandbox.start(); OtlpReceiver collector = new OtlpReceiver();
                AppProcess app = new AppProcess(folder, salesforce).with("LOGGING_STRUCTURED_FORMAT_CONSOLE", "ecs")
                        .with("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()).with("OTEL_BSP_SCHEDULE_DELAY", "600000")
                        .start()) {
            salesforce.faults().refuseRows(row -> identity.equals(row.identity()),
                    new RowError("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Zimmermannova is no name"), -1);
            Ory ory = app.ory();
            ory.send(ory.request("/webhooks/ory/registration").setHeader("Ory-Webhook-Trigger-Id", trigger)
                    .header("X-Webhook-Secret", AppProcess.SECRET)
                    .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01").POST(BodyPublishers.ofString(
                            Ory.identity(identity, Instant.now(), "Zimmermannova").toString())).build());
            JsonNode letter = line(app, "Dead letter");
            assertThat(letter.path("identity").asText()).isEqualTo(identity);
            assertThat(letter.path("triggerId").asText()).isEqualTo(trigger);
            assertThat(letter.at("/trace/id").asText()).isEqualTo(TRACE);

            JsonNode batch = line(app, "Batch done");
            assertThat(batch.at("/service/name").asText()).isEqualTo("ory-salesforce-sync");
            assertThat(batch.at("/log/level").asText()).isEqualTo("INFO");
            assertThat(batch.at("/trace/id").asText()).isEqualTo(TRACE);
            assertThat(batch.has("identity")).isFalse();

            salesforce.faults().start(Fault.unavailable());
            ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Zimmermannova"));
            assertThat(line(app, "Holding all events").at("/log/level").asText()).isEqualTo("WARN");
            salesforce.faults().clear();
            line(app, "Salesforce takes events again");

            app.stop();
            assertThat(lines(app)).allSatisfy(line -> assertThat(line.at("/ecs/version").asText()).isNotEmpty());
            assertThat(app.log()).doesNotContainIgnoringCase("zimmermannova").doesNotContain("@example.org");
            assertThat(collector.span(TRACE, "receive.webhook")).as("what waited to be sent").isNotNull();
        }
    }

    private static JsonNode line(AppProcess app, String message) {
        return await(message).atMost(Duration.ofSeconds(30)).until(() -> lines(app).filter(line ->
                line.path("message").asText().startsWith(message)).findFirst(), Optional::isPresent).orElseThrow();
    }

    /** But not the one that is just being written. */
    private static Stream<JsonNode> lines(AppProcess app) {
        String log = app.log();
        return log.substring(0, log.lastIndexOf('\n') + 1).lines().map(line -> {
            try {
                return JSON.readTree(line);
            } catch (JsonProcessingException e) {
                throw new AssertionError("Not JSON: " + line, e);
            }
        });
    }
}
