package dev.orysalesforce.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.FreePort;
import dev.orysalesforce.Ory;
import dev.orysalesforce.OrySalesforceSync;
import dev.orysalesforce.operator.Operator;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManagerImpl;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** An external broker whose user may send and receive, but has no permission to manage. */
@CamelSpringBootTest
@SpringBootTest(classes = OrySalesforceSync.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"management.server.port=0", "ORY_WEBHOOK_SECRET=a-webhook-secret", "SALESFORCE_LOGIN_URL=http://127.0.0.1:1",
            "SALESFORCE_CLIENT_ID=i", "SALESFORCE_CLIENT_SECRET=c", "OPERATOR_TOKEN=an-operator-token",
            "management.prometheus.metrics.export.enabled=true",
            "spring.artemis.mode=native", "spring.artemis.user=app", "spring.artemis.password=p"})
@DirtiesContext
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("any-ledger")
@Tag("nightly")
class ExternalBrokerTest {

    @TempDir
    private static Path folder;
    private static EmbeddedActiveMQ broker;
    private static int brokerPort;

    @LocalServerPort
    private int port;

    @LocalManagementPort
    private int managementPort;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) throws Exception {
        brokerPort = FreePort.next();
        String url = "tcp://127.0.0.1:" + brokerPort;
        ActiveMQSecurityManagerImpl users = new ActiveMQSecurityManagerImpl();
        users.getConfiguration().addUser("app", "p");
        users.getConfiguration().addRole("app", "apps");
        Configuration configuration = new ConfigurationImpl().setPersistenceEnabled(false).setJMXManagementEnabled(false)
                .addAcceptorConfiguration("tcp", url)
                .putSecurityRoles("#", Set.of(new Role("apps", true, true, true, true, true, true, false, true, true, true)));
        broker = new EmbeddedActiveMQ();
        broker.setSecurityManager(users);
        broker.setConfiguration(configuration).start();
        registry.add("sync.data-dir", folder::toString);
        registry.add("spring.artemis.broker-url", () -> url);
    }

    @AfterAll
    static void end() throws Exception {
        broker.stop();
    }

    @Test
    @Order(1)
    void theAppStartsAndAcceptsEventsAndHealthNamesTheMissingPermission() throws Exception {
        assertThat(new Ory("http://127.0.0.1:" + port, "a-webhook-secret")
                .sends("registration", Ory.webhook("registration-ctx")).statusCode()).isEqualTo(204);

        JsonNode health = read(new Operator(managementPort, null).get("/observe/health").body());
        assertThat(health.path("status").asText()).isEqualTo("DEGRADED");
        JsonNode letters = health.path("components").path("deadLetters");
        assertThat(letters.path("status").asText()).isEqualTo("DEGRADED");
        assertThat(letters.path("details").path("remedy").asText()).contains("manage").contains("activemq.management");

        assertThat(new Operator(managementPort, null).get("/observe/metrics").body())
                .contains("\nory_sync_pending NaN", "\nory_sync_dead_letters NaN", "\nory_sync_oldest_pending_seconds NaN");

        JsonNode status = read(new Operator(port, "an-operator-token").get("/api/status").body());
        assertThat(status.path("balance").path("accepted").asLong()).isEqualTo(1);
        assertThat(status.path("balance").path("pending").isNull()).isTrue();
        assertThat(status.path("deadLetters").isNull()).isTrue();

        assertThat(read(new Operator(port, "an-operator-token").get("/api/dead-letters").body()).path("total").isNull()).isTrue();
    }

    /** In its place, a server accepts connections and does not answer. */
    @Test
    @Order(2)
    void aFrozenBrokerBlocksNoRequest() throws Exception {
        broker.stop();
        try (ServerSocket frozen = new ServerSocket(brokerPort)) {
            await().until(() -> within(10, () -> new Operator(managementPort, null)
                    .get("/observe/health")).statusCode() == 503);
            assertThat(within(10, () -> new Operator(managementPort, null).get("/observe/metrics")).body())
                    .contains("\nory_sync_pending NaN");
            HttpResponse<String> answer = within(28, () -> new Ory("http://127.0.0.1:" + port, "a-webhook-secret")
                    .sends("registration", Ory.webhook("registration-ctx")));
            assertThat(answer.statusCode()).isEqualTo(503);
        }
    }

    private static HttpResponse<String> within(int seconds, Supplier<HttpResponse<String>> call) throws Exception {
        return CompletableFuture.supplyAsync(call).get(seconds, TimeUnit.SECONDS);
    }

    private static JsonNode read(String json) throws Exception {
        return new ObjectMapper().readTree(json);
    }
}
