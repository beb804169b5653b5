package dev.orysalesforce.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.process.AppProcess;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger that is lost, or that belongs to another org; {@code RefusedStartTest} has those that end the start. */
@Tag("nightly")
class LedgerIT {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    @TempDir
    private Path folder;

    @Test
    void withoutItsLedgerEverythingStillEndsInTheRightState() throws IOException {
        List<String> ids = Stream.generate(() -> UUID.randomUUID().toString()).limit(3).toList();
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).start()) {
            ids.forEach(id -> send(app, id, 10, "First Ltd"));
            await().until(() -> salesforce.org().records("Lead").size() == 3);
            app.stop();
            delete();
            app.start();
            send(app, ids.get(0), 20, "Newer Ltd");
            send(app, ids.get(1), 5, "Older Ltd");
            send(app, ids.get(2), 10, "First Ltd");
            await().until(() -> app.log().contains("Batch done: 3 events {superseded=0, "
                    + "synced=1, unchanged=2}"));
            assertThat(ids.stream().map(id -> salesforce.org().byIdentity(id).get(0).text("Company")))
                    .containsExactly("Newer Ltd", "First Ltd", "First Ltd");
            assertThat(salesforce.org().duplicatedIdentities()).isEmpty();
            assertThat(salesforce.writes().outOfOrder()).isEmpty();
        }
    }

    /** {@link OtherOrgTest} has the same without the start. */
    @Test
    void anotherOrgThanTheLedgersPausesDeliveryAndNamesBoth() {
        String id = UUID.randomUUID().toString();
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).start()) {
            send(app, id, 0, "First Ltd");
            await().until(() -> salesforce.org().records("Lead").size() == 1);
            app.stop();
            String first = salesforce.org().id();
            salesforce.org().becomeAnother();
            app.start();
            send(app, id, 1, "Second Ltd");
            await().until(() -> app.health().contains("OTHER_ORG"));
            assertThat(app.health()).contains("DEGRADED", first, salesforce.org().id());
            assertThat(salesforce.org().byIdentity(id).get(0).text("Company")).isEqualTo("First Ltd");
        }
    }

    private void delete() throws IOException {
        for (String file : List.of("ledger.db", "ledger.db-wal", "ledger.db-shm")) {
            Files.deleteIfExists(folder.resolve("data").resolve(file));
        }
    }

    private static void send(AppProcess app, String id, int seconds, String company) {
        ObjectNode body = Ory.identity(id, START.plusSeconds(seconds), "Person");
        ((ObjectNode) body.path("identity").path("traits")).put("company", company);
        assertThat(app.ory().sends("settings", body).statusCode()).isEqualTo(204);
    }
}
