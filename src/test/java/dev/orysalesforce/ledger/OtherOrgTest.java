package dev.orysalesforce.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A sandbox that is refreshed keeps its address and is another org; the tokens of the old one die. */
class OtherOrgTest extends AppTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    @AfterEach
    void theOldOne() {
        SALESFORCE.org().becomeItself();
        SALESFORCE.org().expireTokens();
    }

    @Test
    void nothingIsWrittenIntoAnOrgThatTheLedgerDoesNotKnow() {
        String known = UUID.randomUUID().toString();
        String fresh = UUID.randomUUID().toString();
        send(known, 0);
        settle();
        String ours = SALESFORCE.org().id();
        long writes = SALESFORCE.writes().count();

        SALESFORCE.org().becomeAnother();
        SALESFORCE.org().expireTokens();
        send(known, 1);
        send(fresh, 0);
        await().until(() -> "OTHER_ORG".equals(outage().path("code").asText()));
        assertThat(outage().path("reason").asText()).contains(ours, SALESFORCE.org().id());
        assertThat(pending()).isEqualTo(2);
        assertThat(SALESFORCE.writes().count()).isEqualTo(writes);

        SALESFORCE.org().becomeItself();
        settle();
        assertThat(record(known).text("LastName")).isEqualTo("Version 1");
        assertThat(record(fresh).text("LastName")).isEqualTo("Version 0");
        await().untilAsserted(() -> assertThat(health().path("status").asText()).isEqualTo("UP")); // after the commit
    }

    private JsonNode outage() {
        return health().path("components").path("deliveryPause").path("details");
    }

    private void send(String id, int version) {
        ObjectNode body = Ory.identity(id, START.plusSeconds(version), "Version " + version);
        assertThat(ory.sends("settings", body).statusCode()).isEqualTo(204);
    }
}
