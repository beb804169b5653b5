package dev.orysalesforce.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.OrySalesforceSync;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Without OPERATOR_TOKEN people log in at the provider only, and one that is down keeps the app from nothing else. */
@CamelSpringBootTest
@SpringBootTest(classes = OrySalesforceSync.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"management.server.port=0", "ORY_WEBHOOK_SECRET=first-webhook-secret", "SALESFORCE_LOGIN_URL=http://127.0.0.1:1",
            "SALESFORCE_CLIENT_ID=i", "SALESFORCE_CLIENT_SECRET=c", "OPERATOR_TOKEN= ", "CONSOLE_OIDC_CLIENT_ID=console",
            "CONSOLE_OIDC_CLIENT_SECRET=wrong", "CONSOLE_URL=https://sync.example.org/console/"})
@DirtiesContext
@Tag("any-ledger")
@Tag("nightly")
class OidcWithoutTokenTest {

    private static final OidcSandbox PROVIDER = new OidcSandbox();

    @TempDir
    private static Path folder;

    @LocalServerPort
    private int port;

    @LocalManagementPort
    private int managementPort;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        PROVIDER.stop(); // during the start
        registry.add("sync.data-dir", folder::toString);
        registry.add("CONSOLE_OIDC_ISSUER", PROVIDER::issuer);
    }

    @Test
    void theProviderIsAskedAtTheFirstLogin() throws Exception {
        Browser browser = new Browser(port);
        HttpResponse<String> login = browser.follow(browser.get("/console"));
        assertThat(login.body()).contains(">Log in with localhost</a>").doesNotContain("OPERATOR_TOKEN", "<form");
        assertThat(browser.post("/console/login", Map.of("token", "")).statusCode()).isEqualTo(403);

        HttpResponse<String> down = browser.follow(browser.get("/console/login/oidc?then=/console/audit"));
        assertThat(down.body()).contains("localhost can&#39;t be reached at the moment", "oidc?then=/console/audit");

        PROVIDER.start();
        PROVIDER.metadata = Map.of("issuer", "http://localhost:1");
        assertThat(browser.follow(browser.get("/console/login/oidc")).body()).contains("does not answer as the provider of logins");

        PROVIDER.metadata = Map.of("end_session_endpoint", PROVIDER.issuer() + "/end");
        PROVIDER.idToken = Map.of("sub", "1", "roles", List.of("viewer"));
        String start = Browser.location(browser.get("/console/login/oidc"));
        assertThat(OidcSandbox.query(start)).containsEntry("redirect_uri", "https://sync.example.org/console/login/oidc/callback")
                .containsEntry("scope", "openid");
        HttpResponse<String> back = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(start)).build(),
                HttpResponse.BodyHandlers.ofString());
        URI callback = URI.create(Browser.location(back));
        HttpResponse<String> refused = browser.arrive(callback.getRawPath() + "?" + callback.getRawQuery());
        assertThat(browser.arrive(Browser.location(refused)).body()).contains("localhost does not accept this app",
                "CONSOLE_OIDC_CLIENT_SECRET");
        assertThat(browser.get("/console/login?out&provider").body()).contains("href=\"" + PROVIDER.issuer() + "/end?client_id=console\"",
                "Log out of localhost, too");

        Browser hawtio = browser.at(managementPort);
        HttpResponse<String> closed = hawtio.get("/observe/hawtio/", "Accept", "text/html");
        assertThat(hawtio.follow(closed).body()).contains("<a href=\"https://sync.example.org/console\">the console</a>")
                .doesNotContain("OPERATOR_TOKEN", "<form");
        assertThat(hawtio.post("/observe/hawtio/login", Map.of("username", "operator", "password", "")).statusCode()).isEqualTo(401);
        assertThat(hawtio.get("/observe/jolokia", "Authorization", "Basic b3BlcmF0b3I6").statusCode()).isEqualTo(401);
        assertThat(hawtio.cookies()).noneMatch(cookie -> cookie.getName().equals(Browser.SESSION));

        PROVIDER.secret = "wrong";
        PROVIDER.idToken = Map.of("sub", "1", "roles", List.of("operator", "privacy"));
        callback = URI.create(Browser.location(HttpClient.newHttpClient().send(
                HttpRequest.newBuilder(URI.create(Browser.location(browser.get("/console/login/oidc")))).build(),
                HttpResponse.BodyHandlers.ofString())));
        browser.arrive(callback.getRawPath() + "?" + callback.getRawQuery());
        assertThat(hawtio.get("/observe/hawtio/", "Accept", "text/html").statusCode()).isEqualTo(200);
    }
}
