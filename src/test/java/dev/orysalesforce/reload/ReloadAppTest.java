package dev.orysalesforce.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.mapping.Mapping;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.springframework.test.context.TestPropertySource;

/** The app on copies of the shipped files, which a test may change. */
@DisabledIfSystemProperty(named = "ledger", matches = "postgresql", disabledReason = "Edits have nothing to do with it")
@TestPropertySource(properties = {"test.context=edited", "sync.reload.poll-interval=100ms",
    "sync.mapping-dir=target/edited-${fork:1}/mappings",
    "camel.main.routes-include-pattern=file:target/edited-${fork:1}/routes/*.camel.yaml",
    "spring.config.additional-location=file:target/edited-${fork:1}/config/"})
abstract class ReloadAppTest extends AppTest {

    static {
        ConfigWorkspace.lay();
    }

    static final Path LEAD = ConfigWorkspace.MAPPINGS.resolve("lead.jslt");
    static final Path RECEIVE = ConfigWorkspace.ROUTES.resolve("receive.camel.yaml");

    /** The next class may start an app on them. */
    @AfterAll
    static void leaveAsShipped() {
        ConfigWorkspace.lay();
    }

    @BeforeEach
    void asShipped() {
        ConfigWorkspace.lay();
        awaitTaken(LEAD);
    }

    /** Health is up, and the running version is that of the file. */
    void awaitTaken(Path file) {
        await().pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            assertThat(edits().path("status").asText()).as(edits().toString()).isEqualTo("UP");
            assertThat(status().toString()).contains(version(file));
        });
    }

    /** Health reports this file as rejected; returns its details. */
    JsonNode awaitRefused(Path file) {
        await().pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            assertThat(edits().path("status").asText()).isEqualTo("DEGRADED");
            assertThat(edits().path("details").path("file").asText()).isEqualTo(file.toString());
        });
        assertThat(edits().path("details").path("reason").asText()).isNotEmpty();
        return edits().path("details");
    }

    JsonNode edits() {
        return health().path("components").path("configReloader");
    }

    JsonNode status() {
        return get("/api/status");
    }

    JsonNode get(String path) {
        return read(ory.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Authorization", "Bearer " + OPERATOR_TOKEN).build()).body());
    }

    double refusals() {
        String metrics = ory.send(HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + managementPort + "/observe/metrics")).build()).body();
        Matcher counter = Pattern.compile("(?m)^ory_sync_refused_edits_total (\\S+)$").matcher(metrics);
        assertThat(counter.find()).as("ory_sync_refused_edits_total").isTrue();
        return Double.parseDouble(counter.group(1));
    }

    static String version(Path file) {
        return Mapping.hash(ConfigWorkspace.read(file).getBytes(StandardCharsets.UTF_8));
    }

    /** A Lead mapping that writes a marker into the record. */
    static String lead(String marker) {
        return ConfigWorkspace.read(Path.of("mappings/lead.jslt")).replace("  \"Title\": cut(", "  \"Description\": \"" + marker
                + "\",\n  \"Title\": cut(");
    }

    int answer() {
        return ory.sends("registration", Ory.identity(java.util.UUID.randomUUID().toString(), java.time.Instant.now(),
                "Person")).statusCode();
    }
}
