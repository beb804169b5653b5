package dev.orysalesforce.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.FreePort;
import dev.orysalesforce.Ory;
import dev.orysalesforce.OrySalesforceSync;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.activemq.artemis.api.core.management.ResourceNames;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** An operator moves dead letters in the console of an external broker. */
@CamelSpringBootTest
@SpringBootTest(classes = OrySalesforceSync.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"management.server.port=0", "ORY_WEBHOOK_SECRET=a-webhook-secret", "OPERATOR_TOKEN=an-operator-token",
            "sync.linger=50ms", "sync.doctor-at-start=false", "spring.artemis.mode=native"})
@DirtiesContext
@Tag("any-ledger")
@Tag("nightly")
class MovedInExternalBrokerTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SalesforceSandbox SALESFORCE = SalesforceSandbox.start();
    private static final EmbeddedActiveMQ BROKER = new EmbeddedActiveMQ();
    private static final String EARLIER = UUID.randomUUID().toString();

    @TempDir
    private static Path folder;

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) throws Exception {
        String url = "tcp://127.0.0.1:" + FreePort.next();
        Configuration configuration = new ConfigurationImpl().setPersistenceEnabled(false).setSecurityEnabled(false)
                .setJMXManagementEnabled(false).addAcceptorConfiguration("tcp", url);
        BROKER.setConfiguration(configuration).start();
        moveBeforeTheStart(url);
        registry.add("sync.data-dir", folder::toString);
        registry.add("spring.artemis.broker-url", () -> url);
        registry.add("SALESFORCE_LOGIN_URL", SALESFORCE::url);
        registry.add("SALESFORCE_CLIENT_ID", SALESFORCE::clientId);
        registry.add("SALESFORCE_CLIENT_SECRET", SALESFORCE::clientSecret);
    }

    private static void moveBeforeTheStart(String url) throws Exception {
        ObjectNode event = Ory.identity(EARLIER, Instant.now(), "Earlier").put("event", "registration")
                .put("receivedAt", Instant.now().toString());
        String letter = JSON.createObjectNode().put("id", UUID.randomUUID().toString()).put("identity", EARLIER)
                .put("code", "CAUSE_FIXED").set("original", event).toString();
        try (ActiveMQConnectionFactory connections = new ActiveMQConnectionFactory(url)) {
            new JmsTemplate(connections).convertAndSend(Queues.DEAD_LETTERS, letter, message -> {
                message.setStringProperty("deadLetterId", UUID.randomUUID().toString());
                return message;
            });
            new JmsTemplate(connections).convertAndSend(Queues.JOURNAL, "{}");
        }
        assertThat(move()).isEqualTo(1);
    }

    @AfterAll
    static void end() throws Exception {
        BROKER.stop();
        SALESFORCE.close();
    }

    @Test
    void aMovedLetterIsSyncedAndCountedOnce() throws Exception {
        await().atMost(Duration.ofSeconds(30)).until(() -> SALESFORCE.org().byIdentity(EARLIER).size() == 1);
        assertBalance(Map.of("pendingAtStart", 2L, "replayed", 0L, "synced", 1L, "deadLettered", 1L));

        SALESFORCE.org().schema("Lead").alter("LastName", rule -> rule.withLength(3));
        String id = UUID.randomUUID().toString();
        new Ory("http://127.0.0.1:" + port, "a-webhook-secret").sends("registration", Ory.identity(id, Instant.now(), "TooLong"));
        await().atMost(Duration.ofSeconds(30)).until(() -> status().path("deadLetters").asInt() == 2);
        SALESFORCE.org().schema("Lead").alter("LastName", rule -> rule.withLength(80));
        assertThat(move()).isEqualTo(2);
        await().atMost(Duration.ofSeconds(30)).until(() -> SALESFORCE.org().byIdentity(id).size() == 1);
        assertBalance(Map.of("accepted", 1L, "replayed", 2L, "synced", 2L, "deadLettered", 3L));
        assertThat(status().path("deadLetters").asInt()).as("it holds no event").isEqualTo(1);
    }

    private static int move() throws Exception {
        return (Integer) BROKER.getActiveMQServer().getManagementService().invokeOperation(
                ResourceNames.QUEUE + Queues.DEAD_LETTERS, "moveMessages", new Object[] {null, Queues.JOURNAL}, null);
    }

    private void assertBalance(Map<String, Long> expected) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            JsonNode balance = status().path("balance");
            expected.forEach((name, count) -> assertThat(balance.path(name).asLong()).as(name).isEqualTo(count));
            assertThat(sum(balance, "pendingAtStart", "accepted", "reconciled", "replayed")).isEqualTo(
                    sum(balance, "synced", "unchanged", "superseded", "skipped", "deadLettered", "pending"));
        });
    }

    private static long sum(JsonNode balance, String... names) {
        return Stream.of(names).mapToLong(name -> balance.path(name).asLong()).sum();
    }

    private JsonNode status() throws Exception {
        return JSON.readTree(new Operator(port, "an-operator-token").get("/api/status").body());
    }
}
