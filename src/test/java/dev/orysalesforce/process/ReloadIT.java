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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The packaged app reloads changed files like the one in the tests. */
@ExtendWith(SharedApp.Extension.class)
@Tag("nightly")
class ReloadIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void routesAndMappingsAreReloaded(SharedApp shared) throws IOException {
        AppProcess app = shared.process();
        edit(shared.routes().resolve("reject.camel.yaml"), "problem('UNKNOWN_EVENT')", "problem('.no-webhook')");
        edit(shared.mappings().resolve("lead.jslt"), "\"Ory Registration\"", "\"Edited\"");
        assertEventuallyAnswered(app, "There is no webhook at this path.");
        assertEventuallySent(shared, "Edited");

        edit(shared.routes().resolve("receive.camel.yaml"), "uri: direct:receive.event", "uri: drect:receive.event");
        await().atMost(PATIENCE).until(() -> app.health().contains("drect:receive.event"));
        assertThat(app.health()).contains("\"line\":" + lineOf("uri: drect:receive.event", shared.routes().resolve("receive.camel.yaml")));
        assertThat(app.ory().sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Person"))
                .statusCode()).isEqualTo(204);
        assertThat(shared.log()).contains("Reloaded: ").containsOnlyOnce("Rejected configuration change");
    }

    @AfterEach
    void restoreTheFiles(SharedApp shared) throws IOException {
        for (String file : new String[] {"reject.camel.yaml", "receive.camel.yaml"}) {
            Files.writeString(shared.routes().resolve(file), Files.readString(Path.of("routes", file)));
        }
        Files.writeString(shared.mappings().resolve("lead.jslt"), Files.readString(Path.of("mappings/lead.jslt")));
        await().atMost(PATIENCE).until(() -> !shared.process().health().contains("drect:receive.event"));
        assertEventuallyAnswered(shared.process(), "There is no such event.");
        assertEventuallySent(shared, "Ory Registration");
    }

    private static void assertEventuallyAnswered(AppProcess app, String text) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(app.ory().sends("deletion", "{}").body()).contains(text));
    }

    /** An event that is sent while the mapping is being reloaded may still get the old one. */
    private static void assertEventuallySent(SharedApp shared, String leadSource) {
        SalesforceSandbox salesforce = shared.salesforce();
        await().atMost(PATIENCE).untilAsserted(() -> {
            String id = UUID.randomUUID().toString();
            assertThat(shared.process().ory().sends("registration", Ory.identity(id, Instant.now(), "Person")).statusCode())
                    .isEqualTo(204);
            await().atMost(PATIENCE).until(() -> !salesforce.org().byIdentity(id).isEmpty());
            assertThat(salesforce.org().byIdentity(id).get(0).text("LeadSource")).isEqualTo(leadSource);
        });
    }

    private static int lineOf(String text, Path file) throws IOException {
        return 1 + (int) Files.readAllLines(file).stream().takeWhile(line -> !line.contains(text)).count();
    }

    private static void edit(Path file, String what, String with) throws IOException {
        String text = Files.readString(file);
        assertThat(text).contains(what);
        Files.writeString(file, text.replaceFirst(Pattern.quote(what), with));
    }
}
