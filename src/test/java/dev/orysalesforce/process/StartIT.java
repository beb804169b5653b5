package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the operator has to say before the app starts. */
class StartIT {

    private static final int REFUSED = 0;

    @ParameterizedTest
    @CsvSource({
        "ORY_WEBHOOK_SECRET, Ory Action",
        "SALESFORCE_LOGIN_URL, My Domain",
        "SALESFORCE_CLIENT_ID, External Client App Manager",
        "SALESFORCE_CLIENT_SECRET, External Client App Manager",
    })
    void withoutARequiredVariableItSaysWhichOneAndWhereToGetIt(String variable, String source, @TempDir Path folder) {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).without(variable)) {
            assertThat(app.runToItsEnd()).isNotZero();
            assertThat(app.log()).contains(variable + " is not set").contains(source)
                    .doesNotContain("\tat ").doesNotContain("Exception");
        }
    }

    /** Ory tries again after a 503 or a refused connection, never after a 404. */
    @Test
    void whileItStartsAndStopsNoEventIsTurnedAwayForGood(@TempDir Path folder) {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).asBuilt().begin()) {
            Set<Integer> answers = new HashSet<>();
            await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(5)).until(() -> {
                int answer = send(app);
                answers.add(answer);
                return answer == 204;
            });
            assertThat(answers).as("while it starts").contains(503).isSubsetOf(REFUSED, 503, 204);
            answers.clear();
            app.beginToStop();
            await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(2)).until(() -> {
                answers.add(send(app));
                return !app.isAlive();
            });
            assertThat(answers).as("while it stops").isSubsetOf(REFUSED, 503, 204);
        }
    }

    private static int send(AppProcess app) {
        try {
            return app.ory().sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Early"))
                    .statusCode();
        } catch (UncheckedIOException e) {
            return REFUSED;
        }
    }

    @ParameterizedTest
    @CsvSource({"SYNC_PARALLEL_CALLS, 26, 1 to 25", "SYNC_LINGER, soon, sync.linger"})
    void aSettingOutOfItsRangeIsRefusedByName(String variable, String value, String told, @TempDir Path folder) {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).with(variable, value)) {
            assertThat(app.runToItsEnd()).isNotZero();
            assertThat(app.log()).contains(told);
        }
    }

    @Test
    void aBrokenMappingIsNamedWithItsLine(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("event.jslt"), "{\n  \"identity\": .identity,\n  \"broken\":\n}\n");
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).with("SYNC_MAPPING_DIR", folder.toString())) {
            assertThat(app.runToItsEnd()).isNotZero();
            assertThat(app.log()).contains("event.jslt:4:").doesNotContain("\tat ");
        }
    }
}
