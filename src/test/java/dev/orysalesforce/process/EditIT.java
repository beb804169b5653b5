package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged app takes edits over as the one in the tests does. */
class EditIT {

    @Test
    void routesAndMappingsAreEditedWhileItRuns(@TempDir Path folder) throws IOException {
        Path routes = copy(Path.of("routes"), folder.resolve("routes"));
        Path mappings = copy(Path.of("mappings"), folder.resolve("mappings"));
        try (SalesforceSandbox salesforce = SalesforceSandbox.start(); AppProcess app = new AppProcess(folder, salesforce)
                .with("CAMEL_MAIN_ROUTES_INCLUDE_PATTERN", "file:" + routes + "/*.camel.yaml")
                .with("CAMEL_MAIN_ROUTES_RELOAD_ENABLED", "true") // nobody can have that
                .with("SYNC_MAPPING_DIR", mappings.toString())
                .with("SYNC_MAPPINGS_DEFAULT", mappings.resolve("lead.ds").toString()).start()) {
            edit(routes.resolve("refuse.camel.yaml"), "There is no such event.", "Never heard of it.");
            edit(mappings.resolve("lead.ds"), "'Ory Registration'", "'Edited'");
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() ->
                    assertThat(app.ory().sends("deletion", "{}").body()).contains("Never heard of it."));
            String id = UUID.randomUUID().toString();
            assertThat(app.ory().sends("registration", Ory.identity(id, Instant.now(), "Person")).statusCode()).isEqualTo(204);
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(salesforce.org().byIdentity(id))
                    .anySatisfy(record -> assertThat(record.text("LeadSource")).isEqualTo("Edited")));

            edit(routes.resolve("receive.camel.yaml"), "uri: direct:receive.event", "uri: drect:receive.event");
            await().atMost(Duration.ofSeconds(30)).until(() -> app.health().contains("drect:receive.event"));
            assertThat(app.health()).contains("\"line\":57");
            assertThat(app.ory().sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Person"))
                    .statusCode()).isEqualTo(204);
            assertThat(app.log()).contains("Taken over: ").containsOnlyOnce("Edit refused");
        }
    }

    private static Path copy(Path folder, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }

    private static void edit(Path file, String what, String with) throws IOException {
        String text = Files.readString(file);
        assertThat(text).contains(what);
        Files.writeString(file, text.replaceFirst(Pattern.quote(what), with));
    }
}
