package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.RowError;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The log in Elastic's format while the jar runs; {@link StartIT} reads the log of start and stop. */
@ExtendWith(SharedApp.Extension.class)
@Tag("nightly")
class LogIT {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    @Test
    void everyLineIsEcsAndNamesIdentityAndTrace(SharedApp shared) {
        String identity = UUID.randomUUID().toString();
        String trigger = UUID.randomUUID().toString();
        SalesforceSandbox salesforce = shared.salesforce();
        salesforce.faults().refuseRows(row -> identity.equals(row.identity()),
                new RowError("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Zimmermannova is no name"), -1);
        Ory ory = shared.process().ory();
        ory.send(ory.request("/webhooks/ory/registration").setHeader("Ory-Webhook-Trigger-Id", trigger)
                .header("X-Webhook-Secret", AppProcess.SECRET)
                .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01").POST(BodyPublishers.ofString(
                        Ory.identity(identity, Instant.now(), "Zimmermannova").toString()))
                .build());
        JsonNode letter = line(shared, "Dead letter");
        assertThat(letter.path("identity").asText()).isEqualTo(identity);
        assertThat(letter.path("triggerId").asText()).isEqualTo(trigger);
        assertThat(letter.at("/trace/id").asText()).isEqualTo(TRACE);

        JsonNode batch = line(shared, "Batch done");
        assertThat(batch.at("/service/name").asText()).isEqualTo("ory-salesforce-sync");
        assertThat(batch.at("/log/level").asText()).isEqualTo("INFO");
        assertThat(batch.at("/trace/id").asText()).isEqualTo(TRACE);
        assertThat(batch.has("identity")).isFalse();

        salesforce.faults().start(Fault.unavailable());
        ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Zimmermannova"));
        assertThat(line(shared, "Delivery paused").at("/log/level").asText()).isEqualTo("WARN");
        salesforce.faults().clear();
        line(shared, "Delivery to Salesforce resumed");

        assertThat(EcsLog.lines(shared.log())).allSatisfy(line -> assertThat(line.at("/ecs/version").asText()).isNotEmpty());
        assertThat(shared.process().log()).doesNotContainIgnoringCase("zimmermannova").doesNotContain("@example.org");
    }

    private static JsonNode line(SharedApp shared, String message) {
        return await(message)
                .until(() -> EcsLog.lines(shared.log()).filter(line -> line.path("message").asText().startsWith(message)).findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }
}
