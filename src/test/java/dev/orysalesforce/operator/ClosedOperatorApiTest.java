package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.OrySalesforceSync;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.util.ClassUtils;

/** Without OPERATOR_TOKEN there is no access, whatever a caller sends. */
@CamelSpringBootTest
@SpringBootTest(classes = OrySalesforceSync.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"management.server.port=0", "management.prometheus.metrics.export.enabled=true",
            "ORY_WEBHOOK_SECRET=first-webhook-secret", "SALESFORCE_LOGIN_URL=http://127.0.0.1:1",
            "SALESFORCE_CLIENT_ID=i", "SALESFORCE_CLIENT_SECRET=c", "OPERATOR_TOKEN= "})
@DirtiesContext
@Tag("any-ledger")
@Tag("nightly")
class ClosedOperatorApiTest {

    @TempDir
    private static Path folder;

    @LocalServerPort
    private int port;

    @LocalManagementPort
    private int managementPort;

    @Autowired
    private ApplicationContext context;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("sync.data-dir", folder::toString);
    }

    @Test
    void norDoesATokenEndpointWithoutClients() throws Exception {
        for (String authorization : new String[] {"Basic Og==", "Basic YTpi", "Bearer x"}) {
            HttpResponse<String> answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + port + "/oauth2/token")).header("Authorization", authorization)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials")).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).contains("TOKEN_CLIENTS");
        }
    }

    /** A start without a console takes no time for its pages. */
    @Test
    void theBeansOfTheConsoleAreNotLoaded() {
        assertThat(Stream.of(context.getBeanDefinitionNames()).map(context::getType).filter(Objects::nonNull).map(ClassUtils::getUserClass)
                .filter(type -> type.getName().startsWith("dev.orysalesforce.console.") || type.getName().startsWith("org.thymeleaf."))
                .map(Class::getSimpleName))
                .containsExactlyInAnyOrder("ConsoleSecurity", "ConsoleSettings", "ForwardedProtocolValve");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/console", "/console/", "/console/login", "/console/audit", "/console/assets/x/console.css", "/console/nowhere"})
    void thereIsNoConsole(String path) throws Exception {
        for (String method : new String[] {"GET", "POST"}) {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .method(method, HttpRequest.BodyPublishers.ofString("token="))
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .header("Accept", "text/html").build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).contains("CONSOLE_CLOSED", "OPERATOR_TOKEN");
            assertThat(answer.headers().map()).doesNotContainKey("set-cookie");
        }
    }

    /** An alert on a counter that does not exist yet, or that begins at 1, never fires. Nothing has happened in this app. */
    @ParameterizedTest
    @ValueSource(strings = {
        "ory_sync_outcomes_total{object=\"Lead\",outcome=\"synced\"}", "ory_sync_outcomes_total{object=\"Contact\",outcome=\"unchanged\"}",
        "ory_sync_outcomes_total{object=\"Lead\",outcome=\"dead-letter\"}",
        "ory_sync_outcomes_total{object=\"none\",outcome=\"dead-letter\"}",
        "ory_sync_outcomes_total{object=\"none\",outcome=\"superseded\"}", "ory_sync_outcomes_total{object=\"none\",outcome=\"skipped\"}",
        "ory_sync_accepted_total{event=\"registration\"}", "ory_sync_accepted_total{event=\"settings\"}",
        "ory_sync_accepted_total{event=\"login\"}", "ory_sync_accepted_total{event=\"verification\"}",
        "ory_sync_accepted_total{event=\"recovery\"}", "ory_sync_accepted_total{event=\"gateway\"}",
        "ory_sync_accepted_total{event=\"erase\"}", "ory_sync_quarantined_total", "ory_sync_unauthorized_total",
        "ory_sync_salesforce_calls_total{kind=\"upsert\",status=\"200\"}",
        "ory_sync_salesforce_calls_total{kind=\"update\",status=\"200\"}",
        "ory_sync_salesforce_calls_total{kind=\"composite\",status=\"200\"}",
        "ory_sync_salesforce_row_errors_total{code=\"FIELD_CUSTOM_VALIDATION_EXCEPTION\"}",
        "ory_sync_salesforce_row_errors_total{code=\"UNABLE_TO_LOCK_ROW\"}",
        "ory_sync_matches_total{how=\"taken-over\"}", "ory_sync_matches_total{how=\"waiting\"}",
        "ory_sync_matches_total{how=\"several\"}", "ory_sync_amended_total{how=\"SHORTENED\"}",
        "ory_sync_amended_total{how=\"FIELD_LEFT_OUT\"}", "ory_sync_amended_total{how=\"REFERENCE_LEFT_OUT\"}",
        "ory_sync_refused_logins_total{caller=\"operator\"}", "ory_sync_refused_logins_total{caller=\"token-client\"}",
        "ory_sync_refused_logins_total{caller=\"person\"}",
        "ory_sync_refused_edits_total", "ory_sync_dead_letters_expired_total",
        "ory_sync_logins_total{result=\"ok\"}"})
    void countersStandAtZeroBeforeTheFirstEvent(String counter) {
        assertThat(new Operator(managementPort, null).get("/observe/metrics").body().lines()).contains(counter + " 0.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/status", "/api/dead-letters", "/api/openapi.json", "/api/elsewhere"})
    void theAnswerSaysHowToOpenIt(String path) {
        for (String token : new String[] {null, "", " ", "guess"}) {
            HttpResponse<String> answer = new Operator(port, token).get(path);
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(answer.body()).contains("OPERATOR_TOKEN");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/observe/hawtio", "/observe/hawtio/login", "/observe/hawtio/index.html", "/observe/jolokia"})
    void neitherDoesHawtioOpen(String path) {
        for (String authorization : new String[] {"Basic b3BlcmF0b3I6", "Basic b3BlcmF0b3I6IA==", "Bearer "}) {
            Operator somebody = new Operator(managementPort, null);
            HttpResponse<String> answer = somebody.send(somebody.request(path).header("Authorization", authorization)
                    .header("Accept", "text/html"));
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("OPERATOR_TOKEN");
        }
    }
}
