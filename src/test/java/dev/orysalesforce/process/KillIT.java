package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A 2xx is a promise. */
class KillIT {

    /** Each kill restarts the app; {@code -Dkill.rounds} sets the number. */
    private static final int ROUNDS = Integer.getInteger("kill.rounds", 2);

    @Test
    void anAcceptedEventSurvivesAKill(@TempDir Path folder) {
        assertSurvives(1, folder);
    }

    @Test
    @Tag("nightly")
    void acceptedEventsSurviveEachKill(@TempDir Path folder) {
        assertSurvives(ROUNDS, folder);
    }

    private static void assertSurvives(int kills, Path folder) {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).start()) {
            for (int round = 0; round < kills; round++) {
                String id = UUID.randomUUID().toString();
                assertThat(app.ory().sends("registration", Ory.identity(id, Instant.now(), "Round " + round))
                        .statusCode()).isEqualTo(204);
                app.kill();
                assertThat(salesforce.org().byIdentity(id)).as("the kill came before the delivery").isEmpty();
                app.start();
                await().until(() -> salesforce.org().byIdentity(id).size() == 1);
                assertThat(salesforce.org().byIdentity(id).get(0).text("LastName")).isEqualTo("Round " + round);
            }
            assertThat(salesforce.org().records("Lead")).hasSize(kills);
        }
    }

    /** The 202 of an erasure is a promise, too, whatever Salesforce does. */
    @Test
    @Tag("nightly")
    void anErasureSurvivesAnOutageAndAKill(@TempDir Path folder) {
        String id = UUID.randomUUID().toString();
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).with("OPERATOR_TOKEN", "first-operator-token").start()) {
            app.ory().sends("registration", Ory.identity(id, Instant.now(), "First"));
            await().until(() -> app.log().contains("Batch done: 1 events"));
            String record = salesforce.org().byIdentity(id).get(0).id();
            salesforce.unplug();
            app.ory().sends("settings", Ory.identity(id, Instant.now(), "Second"));
            assertThat(app.operator("first-operator-token").delete("/api/identities/" + id).statusCode()).isEqualTo(202);
            app.kill();
            salesforce.plugIn();
            app.start();
            await().until(() -> salesforce.org().byIdentity(id).isEmpty());
            app.ory().sends("settings", Ory.identity(id, Instant.now(), "Third"));
            await().untilAsserted(() -> assertThat(app.operator("first-operator-token")
                    .get("/api/status").body()).contains("\"superseded\":2", "\"pending\":0"));
            assertThat(salesforce.org().record(record).text("LastName")).isEqualTo("First");
            assertThat(salesforce.org().records("Lead")).hasSize(1);
        }
    }
}
