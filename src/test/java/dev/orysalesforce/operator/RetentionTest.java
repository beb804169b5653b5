package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.Fault;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** Dead letters, and nothing else, are deleted when their retention is over. */
@Tag("any-ledger")
@TestPropertySource(properties = {"test.context=retention", "sync.dead-letters.retention=3s"})
@Tag("nightly")
class RetentionTest extends OperatorTest {

    private static final Duration KEPT = Duration.ofSeconds(3);

    @Autowired
    private EmbeddedActiveMQ broker;

    @Test
    void anExpiredDeadLetterIsCountedAndInNoOtherQueue() {
        double before = expired();
        String id = refused("Kept");
        ory.sends("login", "{}");
        settle();
        JsonNode balance = get("/api/status").path("balance");

        await().until(() -> get("/api/dead-letters").path("total").asInt() == 0);
        await().until(() -> expired() == before + 2);
        assertThat(replay("{\"all\":true}").path("replayed").asInt()).isZero();
        StatusTest.assertBalance(get("/api/status"));
        assertThat(get("/api/status").path("balance")).isEqualTo(balance);
        assertThat(get("/api/status").path("deadLetters").asInt()).isZero();
        assertThat(operator.get("/api/identities/" + id).statusCode()).as("the ledger remembers why").isEqualTo(200);
        assertThat(Stream.of("dead-letters", "DLQ", "ExpiryQueue", "identity-changes")
                .map(broker.getActiveMQServer()::locateQueue).filter(queue -> queue != null).mapToLong(Queue::getMessageCount)
                .sum()).as("messages left anywhere").isZero();
    }

    /** An event that was answered 204 waits as long as necessary. */
    @Test
    void anEventThatWaitsIsKept() {
        double before = expired();
        SALESFORCE.faults().start(Fault.unavailable());
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, START, "Patient"));
        ory.sends("login", "{}"); // the receiver rejects it, whether Salesforce is available or not
        String letter = deadLetters().get(0).path("id").asText();
        await("longer than a letter is kept").atMost(KEPT.multipliedBy(10)).until(() -> expired() == before + 1);
        assertThat(operator.get("/api/dead-letters/" + letter).statusCode()).isEqualTo(404);
        SALESFORCE.faults().clear();
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Patient");
    }

    /** A replay reads a dead letter without an event, and puts it back. */
    @Test
    void aReplayDoesNotExtendTheRetention() {
        double before = expired();
        jms.execute(session -> {
            try (MessageProducer letters = session.createProducer(session.createQueue("dead-letters"))) {
                Message letter = session.createTextMessage("{}");
                letter.setStringProperty("identity", UUID.randomUUID().toString());
                letter.setStringProperty("code", "EMPTY");
                letters.send(letter, DeliveryMode.PERSISTENT, 4, KEPT.toMillis());
            }
            return null;
        });
        assertThat(replay("{\"code\":\"EMPTY\"}").path("replayed").asInt()).isZero();
        await().until(() -> get("/api/dead-letters").path("total").asInt() == 0);
        await().until(() -> expired() == before + 1);
    }

    private double expired() {
        return new Operator(managementPort, null).get("/observe/metrics").body().lines()
                .filter(line -> line.startsWith("ory_sync_dead_letters_expired_total")).findFirst()
                .map(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1))).orElseThrow();
    }
}
