package dev.orysalesforce.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.OrySalesforceSync;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** People log in at a provider that others have written; {@code OidcLoginTest} has one that makes mistakes. */
@CamelSpringBootTest
@SpringBootTest(classes = OrySalesforceSync.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"management.server.port=0", "ORY_WEBHOOK_SECRET=first-webhook-secret", "SALESFORCE_LOGIN_URL=http://127.0.0.1:1",
            "SALESFORCE_CLIENT_ID=i", "SALESFORCE_CLIENT_SECRET=c", "CONSOLE_OIDC_CLIENT_ID=console",
            "CONSOLE_OIDC_CLIENT_SECRET=secret-of-the-console", "ORY_ADMIN_URL=http://127.0.0.1:1"})
@DirtiesContext
@Tag("any-ledger")
@Tag("nightly")
class OidcProviderTest {

    private static final ProviderProcess PROVIDER = ProviderProcess.start();

    @TempDir
    private static Path folder;

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("sync.data-dir", folder::toString);
        registry.add("CONSOLE_OIDC_ISSUER", PROVIDER::issuer);
    }

    @AfterAll
    static void end() {
        PROVIDER.close();
    }

    @ParameterizedTest
    @CsvSource({"viewer, false, false", "operator, true, false", "privacy, false, true"})
    void eachRolePermitsWhatItSays(String role, boolean syncs, boolean erases) throws Exception {
        Browser browser = new Browser(port);
        HttpResponse<String> arrived = arrive(browser, List.of(role));
        assertThat(browser.arrive(Browser.location(arrived)).statusCode()).isEqualTo(200);
        String page = browser.get("/console/identities/" + UUID.randomUUID()).body();
        assertThat(page).contains("<h1>Identity</h1>");
        assertThat(page.contains(">Sync now<")).isEqualTo(syncs);
        assertThat(page.contains(">Erase this identity<")).isEqualTo(erases);
    }

    @Test
    void aPersonWithoutAKnownRoleIsRefused() throws Exception {
        for (List<String> roles : List.of(List.<String>of(), List.of("guest"))) {
            Browser browser = new Browser(port);
            assertThat(arrive(browser, roles).statusCode()).isEqualTo(403);
            assertThat(Browser.location(browser.get("/console"))).startsWith("/console/login");
        }
    }

    private static HttpResponse<String> arrive(Browser browser, List<String> roles) throws Exception {
        URI back = PROVIDER.logIn(Browser.location(browser.get("/console/login/oidc")), "ada", Map.of("roles", roles));
        return browser.arrive(back.getRawPath() + "?" + back.getRawQuery());
    }
}
