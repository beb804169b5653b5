package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.trace.OtlpReceiver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the packaged jar starts and ends. {@code RefusedStartTest} tests its messages about wrong settings. */
class StartIT {

    private static final int REFUSED = 0;
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    /** Ory retries after a 503 or a refused connection, never after a 404. */
    @Test
    void duringStartAndStopNoEventIsRejectedFinally(@TempDir Path folder) throws IOException {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                OtlpReceiver collector = new OtlpReceiver();
                AppProcess app = new AppProcess(folder, salesforce).asBuilt("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                        .with("LOGGING_STRUCTURED_FORMAT_CONSOLE", "ecs")
                        .with("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()).with("OTEL_BSP_SCHEDULE_DELAY", "600000")
                        .begin()) {
            Ory ory = app.ory();
            Set<Integer> answers = new HashSet<>();
            await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofMillis(10)).until(() -> {
                int answer = send(ory);
                answers.add(answer);
                return answer == 204;
            });
            assertThat(answers).as("while it starts").contains(503).isSubsetOf(REFUSED, 503, 204);
            assertThat(ListeningSockets.of(app.pid())).as("the app's port, and the management port on loopback").hasSize(2)
                    .filteredOn(address -> address.contains("0100007F:")).hasSize(1);
            sendTraced(ory);
            answers.clear();
            app.beginToStop();
            await().pollInterval(Duration.ofMillis(2)).until(() -> {
                answers.add(send(ory));
                return !app.isAlive();
            });
            assertThat(answers).as("while it stops").isSubsetOf(REFUSED, 503, 204);
            assertThat(EcsLog.lines(app.log())).isNotEmpty().allSatisfy(line -> assertThat(line.at("/ecs/version").asText()).isNotEmpty());
            assertThat(app.log()).doesNotContain("@example.org");
            assertThat(collector.span(TRACE, "receive.webhook")).as("a span that was not sent before the stop").isNotNull();
        }
    }

    /** By now threads of the journal run, which must not keep the process alive. */
    @Test
    void aBrokenMappingEndsTheStartAndIsNamedWithItsLine(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("event.jslt"), "{\n  \"identity\": .identity,\n  \"broken\":\n}\n");
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).with("SYNC_MAPPING_DIR", folder.toString())) {
            assertThat(app.runToItsEnd()).isNotZero();
            assertThat(app.log()).contains("event.jslt:4:").doesNotContain("\tat ");
        }
    }

    private static void sendTraced(Ory ory) {
        ory.send(ory.request("/webhooks/ory/registration").header("X-Webhook-Secret", AppProcess.SECRET)
                .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01").POST(BodyPublishers.ofString(
                        Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Traced").toString()))
                .build());
    }

    private static int send(Ory ory) {
        try {
            return ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Early")).statusCode();
        } catch (UncheckedIOException e) {
            return REFUSED;
        }
    }
}
