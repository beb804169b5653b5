package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.Call;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Salesforce is down, with four calls in flight and the pauses as they are shipped; DeliveryPauseTest has a whole hour of it. */
@Tag("nightly")
class OutageIT {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    @Test
    void fiveHundredEventsSurviveAnOutageWithSeveralCallsInFlight(@TempDir Path folder) {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce)
                        .with("SYNC_MAPPINGS_EMPLOYEE", "mappings/contact.jslt")
                        .with("SYNC_LINGER", "10s").start()) {
            List<String> ids = Stream.generate(() -> UUID.randomUUID().toString()).limit(500).toList();
            // Written, but the answer is lost: the retry must not send an older state.
            salesforce.faults().start(Fault.hang(Duration.ofSeconds(3)).withLostAnswer()
                    .on(CallKind.UPSERT).times(2));
            send(app, ids, 0);
            await().until(() -> salesforce.calls().of(CallKind.UPSERT).size() >= 2);
            assertThat(salesforce.calls().mostAtOnce(CallKind.UPSERT)).isGreaterThan(1);
            salesforce.faults().start(Fault.unavailable());
            Instant down = Instant.now();
            send(app, ids, 1);
            await().atMost(Duration.ofSeconds(90)).until(() -> Duration.between(down, Instant.now()).toSeconds() >= 25);
            List<Call> whileDown = salesforce.calls().where(call -> call.at().isAfter(down));
            assertThat(app.health()).contains("DEGRADED").contains("SERVER_UNAVAILABLE");
            salesforce.faults().clear();

            await().atMost(Duration.ofSeconds(90)).until(() -> ids.stream().allMatch(id -> salesforce.org().byIdentity(id).size() == 1
                    && salesforce.org().byIdentity(id).get(0).text("LastName").equals("Version 1")));
            assertThat(salesforce.org().records("Lead")).hasSize(250);
            assertThat(salesforce.org().records("Contact")).hasSize(250);
            assertThat(salesforce.writes().outOfOrder()).isEmpty();
            assertThat(salesforce.calls().violations()).isEmpty();
            assertThat(whileDown).hasSizeBetween(1, 20);
            assertThat(app.log()).doesNotContain("Dead letter");
            // One line for the lost answers, one for the 503s: a line for each cause, not for each try.
            assertThat(app.log().lines().filter(line -> line.contains("Delivery paused"))).hasSize(2);
            await().until(() -> app.health().startsWith("{\"status\":\"UP\""));
        }
    }

    private static void send(AppProcess app, List<String> ids, int version) {
        Ory ory = app.ory();
        for (int i = 0; i < ids.size(); i++) {
            ObjectNode body = Ory.identity(ids.get(i), START.plusSeconds(version), "Version " + version);
            ((ObjectNode) body.path("identity")).put("schema_id", i % 2 == 0 ? "customer" : "employee");
            assertThat(ory.sends("settings", body).statusCode()).isEqualTo(204);
        }
    }
}
