package dev.orysalesforce.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.Ory;
import dev.orysalesforce.OrySalesforceSync;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** An app that can't store an event must not accept it. */
@CamelSpringBootTest
@SpringBootTest(classes = OrySalesforceSync.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"management.server.port=0", "ORY_WEBHOOK_SECRET=first-webhook-secret", "SALESFORCE_LOGIN_URL=http://127.0.0.1:1",
            "SALESFORCE_CLIENT_ID=i", "SALESFORCE_CLIENT_SECRET=c", "sync.journal.min-disk-free=1000000TB"})
@DirtiesContext
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("any-ledger")
@Tag("nightly")
class JournalUnavailableTest {

    @TempDir
    private static Path folder;

    @LocalServerPort
    private int port;

    @LocalManagementPort
    private int managementPort;

    @Autowired
    private EmbeddedActiveMQ broker;

    @Autowired
    private ProducerTemplate camel;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("sync.data-dir", folder::toString);
    }

    @Test
    @Order(1)
    void aFullDiskIsAnswered503WithRetryAfter() throws Exception {
        assertUnavailable("Make room");
    }

    @Test
    @Order(1)
    void theDoctorReportsIt() {
        assertThat(camel.requestBody("direct:doctor.salesforce", null, String.class)).contains("less than sync.journal.min-disk-free")
                .contains("set SYNC_DATA_DIR");
    }

    @Test
    @Order(2)
    void aStoppedBrokerIsAnswered503WithRetryAfter() throws Exception {
        broker.getActiveMQServer().stop();
        assertUnavailable("The journal's broker was stopped.");
    }

    private void assertUnavailable(String told) throws Exception {
        for (String body : new String[] {Ory.webhook("registration-ctx"), "{}", "not json", ""}) {
            HttpResponse<String> answer = new Ory("http://127.0.0.1:" + port, "first-webhook-secret").sends("registration", body);
            assertThat(answer.statusCode()).as(body).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).contains("5");
            assertThat(answer.body()).contains("JOURNAL_UNAVAILABLE").doesNotContain("lovelace");

            answer = new Ory("http://127.0.0.1:" + port, "first-webhook-secret").gives("POST", "/services/data/v62.0/sobjects/Lead", body);
            assertThat(answer.statusCode()).as(body).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).contains("5");
            assertThat(answer.body()).startsWith("[").contains("SERVER_UNAVAILABLE").doesNotContain("lovelace");
        }
        HttpResponse<String> health = HttpClient.newHttpClient().send(HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + managementPort + "/observe/health")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(health.statusCode()).isEqualTo(503);
        assertThat(health.body()).contains(told);
    }
}
