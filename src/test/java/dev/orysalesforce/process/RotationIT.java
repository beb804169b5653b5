package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sandbox.ory.OryAdminSandbox;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every secret is rotated as in SECURITY.md, and no identity is lost. */
@Tag("nightly")
class RotationIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final List<String> people = new ArrayList<>();
    private OryAdminSandbox ory;
    private AppProcess app;

    @Test
    void noIdentityIsLostOrDuplicated(@TempDir Path folder) {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                OryAdminSandbox someOry = OryAdminSandbox.start();
                AppProcess anApp = new AppProcess(folder, salesforce).with("ORY_ADMIN_URL", someOry.url())
                        .with("ORY_WEBHOOK_SECRET", "old-webhook-secret").with("ORY_ADMIN_TOKEN", "old-admin")
                        .with("OPERATOR_TOKEN", "old-operator-token").with("TOKEN_CLIENTS", "billing:old-client-secret")) {
            ory = someOry;
            app = anApp;
            ory.requireKey("old-admin");
            app.start();
            assertThat(signUp("old-webhook-secret")).isEqualTo(204);
            awaitEverybody(salesforce);

            // Salesforce and Ory change theirs at once: the old ones are invalid from now on.
            salesforce.org().sessions().clientSecret("new-secret");
            salesforce.org().expireTokens();
            ory.requireKey("new-admin");
            assertThat(signUp("old-webhook-secret")).isEqualTo(204);
            await().atMost(PATIENCE).until(() -> app.health().contains("LOGIN_REFUSED"));

            app.stop();
            people.add(ory.project().add(Map.of("email", "missed@example.org"))); // its hook gets no connection
            app.with("SALESFORCE_CLIENT_SECRET", "new-secret").with("ORY_ADMIN_TOKEN", "new-admin")
                    .with("ORY_WEBHOOK_SECRET", "new-webhook-secret,old-webhook-secret").with("OPERATOR_TOKEN", "new-operator-token")
                    .with("TOKEN_CLIENTS", "billing:new-client-secret,billing:old-client-secret").start();
            awaitEverybody(salesforce);
            assertThat(signUp("old-webhook-secret")).as("while the hooks are changed").isEqualTo(204);
            assertThat(signUp("new-webhook-secret")).isEqualTo(204);
            assertThat(token("old-client-secret")).isEqualTo(200);
            assertThat(token("new-client-secret")).isEqualTo(200);
            assertThat(app.operator("old-operator-token").get("/api/status").statusCode()).isEqualTo(401);
            assertThat(app.operator("new-operator-token").get("/api/status").statusCode()).isEqualTo(200);
            awaitEverybody(salesforce);

            app.stop();
            app.with("ORY_WEBHOOK_SECRET", "new-webhook-secret").with("TOKEN_CLIENTS", "billing:new-client-secret").start();
            assertThat(app.ory("old-webhook-secret").sends("settings", ory.project().hook(people.get(0))).statusCode()).isEqualTo(401);
            assertThat(token("old-client-secret")).isEqualTo(401);
            assertThat(signUp("new-webhook-secret")).isEqualTo(204);
            awaitEverybody(salesforce);

            assertThat(salesforce.writes().createdTwice()).isEmpty();
            assertThat(salesforce.org().duplicatedIdentities()).isEmpty();
            assertThat(salesforce.calls().violations()).isEmpty();
            assertThat(app.log()).doesNotContain("Dead letter", "old-", "new-secret", "new-webhook-secret", "new-admin",
                    "new-client-secret");
        }
    }

    private int signUp(String secret) {
        String id = ory.project().add(Map.of("email", "p" + people.size() + "@example.org"));
        people.add(id);
        return app.ory(secret).sends("registration", ory.project().hook(id)).statusCode();
    }

    private void awaitEverybody(SalesforceSandbox salesforce) {
        await().atMost(PATIENCE).until(() -> people.stream().allMatch(person -> salesforce.org().byIdentity(person).size() == 1));
        assertThat(salesforce.org().records("Lead")).hasSameSizeAs(people);
    }

    private int token(String secret) {
        return app.ory(secret).send(HttpRequest.newBuilder(URI.create(app.url() + "/oauth2/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Authorization", "Basic " + Base64.getEncoder()
                        .encodeToString(("billing:" + secret).getBytes(StandardCharsets.UTF_8)))
                .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials")).build()).statusCode();
    }
}
