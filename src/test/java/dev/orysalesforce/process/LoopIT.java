package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A mapping that loops, in each language. In a separate process, because most of them loop until its end. */
@Tag("nightly")
class LoopIT {

    private static final String TOKEN = "first-operator-token";
    private static final Path LOOPING = Path.of("src/test/resources/mappings/looping");
    private static final List<String> LANGUAGES = List.of("ds", "jsonnet", "jslt", "jsonata", "jq");

    @Test
    void aLoopIsAbortedOrAbandonedAndTheOthersContinue(@TempDir Path folder) throws IOException {
        Path often = Files.copy(LOOPING.resolve("loop.jq"), folder.resolve("lead.jq"));
        Path mappings = Files.createDirectory(folder.resolve("mappings"));
        Path event = Files.copy(Path.of("mappings/event.jslt"), mappings.resolve("event.jslt"));
        Files.copy(Path.of("mappings/person.jslt"), mappings.resolve("person.jslt"));
        Files.copy(Path.of("mappings/erased.jslt"), mappings.resolve("erased.jslt"));
        try (SalesforceSandbox salesforce = SalesforceSandbox.start(); AppProcess app = new AppProcess(folder, salesforce)) {
            app.with("OPERATOR_TOKEN", TOKEN).with("SYNC_MAPPING_TIMEOUT", "1s").with("SYNC_BACK_OFF_MAX", "2s")
                    .with("SYNC_MAPPINGS_OFTEN", often.toString()).with("SYNC_MAPPING_DIR", mappings.toString());
            LANGUAGES.forEach(
                    language -> app.with("SYNC_MAPPINGS_" + language.toUpperCase(), LOOPING.resolve("loop." + language).toString()));
            app.start();

            String fine = UUID.randomUUID().toString();
            LANGUAGES.forEach(language -> sends(app, UUID.randomUUID().toString(), language));
            sends(app, fine, "customer");
            await().untilAsserted(() -> {
                assertThat(salesforce.org().byIdentity(fine)).hasSize(1);
                assertThat(letters(app).path("total").asInt()).isEqualTo(LANGUAGES.size());
            });
            letters(app).path("items").forEach(letter -> {
                assertThat(letter.path("code").asText()).isEqualTo("MAPPING_FAILED");
                assertThat(letter.path("message").asText()).contains("loop.").contains("within 1.0 s");
            });

            List<String> held = Stream.generate(() -> UUID.randomUUID().toString()).limit(12).toList();
            held.forEach(id -> sends(app, id, "often"));
            await().until(() -> app.health().contains("lead.jq loops"));
            int dead = letters(app).path("total").asInt() - LANGUAGES.size();
            assertThat(dead).as("not one for each of them").isLessThan(held.size() / 2);

            Files.copy(Path.of("mappings/languages/lead.jq"), often, StandardCopyOption.REPLACE_EXISTING);
            await().untilAsserted(() -> {
                long arrived = held.stream().filter(id -> !salesforce.org().byIdentity(id).isEmpty()).count();
                int setAside = letters(app).path("total").asInt() - LANGUAGES.size();
                assertThat(arrived + setAside).isEqualTo(held.size());
                assertThat(arrived).isPositive();
            });
            await().until(() -> !app.health().contains("loops"));

            int before = letters(app).path("total").asInt();
            Files.copy(LOOPING.resolve("loop.jslt"), event, StandardCopyOption.REPLACE_EXISTING);
            await().until(() -> app.log().contains("Reloaded: " + event));
            for (int i = 0; i < 5; i++) {
                assertThat(app.ory().sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(),
                        "Person")).body()).contains("MAPPING_FAILED");
            }
            assertThat(letters(app).path("total").asInt()).as("each body is kept").isEqualTo(before + 5);
        }
    }

    private static void sends(AppProcess app, String id, String schema) {
        ObjectNode person = Ory.identity(id, Instant.now(), "Person");
        ((ObjectNode) person.path("identity")).put("schema_id", schema);
        assertThat(app.ory().sends("registration", person).statusCode()).isEqualTo(204);
    }

    private static JsonNode letters(AppProcess app) {
        try {
            return new ObjectMapper().readTree(app.operator(TOKEN).get("/api/dead-letters?limit=100").body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
