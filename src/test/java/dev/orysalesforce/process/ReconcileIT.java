package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sandbox.ory.OryAdminSandbox;
import dev.orysalesforce.sandbox.ory.OryCall;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backfill that a start begins and a kill interrupts. */
@Tag("nightly")
class ReconcileIT {

    @Test
    void itContinuesWhereAKillStoppedIt(@TempDir Path folder) {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                OryAdminSandbox ory = OryAdminSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).with("ORY_ADMIN_URL", ory.url())) {
            ory.project().addMany(4_000, i -> Map.of("email", "p" + i + "@example.org", "name", "Pat Person " + i));
            salesforce.faults().start(Fault.latency(Duration.ofSeconds(1)));
            app.start();
            await().until(() -> ory.calls().size() >= 3);
            app.kill();
            int before = ory.calls().size();
            salesforce.faults().clear();

            app.start();
            await().atMost(Duration.ofSeconds(90)).until(() -> salesforce.org().records("Lead").size() == 4_000);
            List<OryCall> after = ory.calls().subList(before, ory.calls().size());
            assertThat(after.get(0).parameter("page_token")).as("it continues, and does not start again").isNotNull();
            assertThat(salesforce.writes().createdTwice()).isEmpty();
            assertThat(salesforce.org().duplicatedIdentities()).isEmpty();
            assertThat(salesforce.calls().violations()).isEmpty();
            assertThat(app.log()).doesNotContain("Dead letter");
        }
    }
}
