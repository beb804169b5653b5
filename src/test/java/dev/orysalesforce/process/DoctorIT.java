package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.Ory;
import dev.orysalesforce.salesforce.SigningKeyFile;
import dev.orysalesforce.sandbox.ActiveFault;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import javax.management.modelmbean.ModelMBeanOperationInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar's {@code doctor}, as the last step of a set-up; and secrets that come in files. */
@Tag("nightly")
class DoctorIT {

    @Test
    void allMissingSettingsAreNamedAtOnce(@TempDir Path folder) throws Exception {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce)) {
            app.without("ORY_WEBHOOK_SECRET").without("SALESFORCE_CLIENT_ID").without("SALESFORCE_CLIENT_SECRET");
            assertThat(app.runToItsEnd("doctor", "--json")).isEqualTo(1);
            JsonNode report = new ObjectMapper().readTree(app.log());
            assertThat(report.path("findings")).extracting(finding -> finding.path("place").asText())
                    .containsExactly("ORY_WEBHOOK_SECRET", "SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET");
        }
    }

    @Test
    void itChecksASetUpWithSecretsInFiles(@TempDir Path folder) throws Exception {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce)) {
            salesforce.org().activateAssignmentRule("Lead", salesforce.org().userId());
            app.without("ORY_WEBHOOK_SECRET").without("SALESFORCE_CLIENT_ID").without("SALESFORCE_CLIENT_SECRET");

            Path secrets = Files.createDirectory(folder.resolve("secrets"));
            Files.writeString(secrets.resolve("ORY_WEBHOOK_SECRET"), "in a config tree\n");
            Files.writeString(secrets.resolve("SALESFORCE_CLIENT_ID"), salesforce.clientId());
            Path secret = Files.writeString(folder.resolve("secret"), salesforce.clientSecret() + "\n");
            app.with("SECRETS_DIR", secrets.toString()).with("SALESFORCE_CLIENT_SECRET_FILE", secret.toString());
            app.with("SALESFORCE_API_VERSION", "50.0");
            salesforce.org().becomeAnother(); // a wrong login at first
            assertThat(app.runToItsEnd("doctor", "--kratos", "ory/kratos.yml")).as("another secret in the hooks").isEqualTo(1);
            assertThat(app.log()).contains("Org: Sandbox, Developer Edition, a sandbox")
                    .contains("ERROR kratos.yml: selfservice.flows.registration.after.password.auth: ").contains("Fix: ")
                    .contains("WARNING kratos.yml: selfservice.flows.verification.enabled: ")
                    .contains("Version 50.0 is older than what the app relies on");

            salesforce.org().becomeItself();
            SigningKeyFile key = SigningKeyFile.make("RSA");
            salesforce.org().sessions().trust(key.certificate().getPublicKey(), "ory.sync@example.com");
            app.without("SALESFORCE_API_VERSION").without("SALESFORCE_CLIENT_SECRET_FILE")
                    .with("SALESFORCE_JWT_KEY_FILE", key.keyStore().toString())
                    .with("SALESFORCE_JWT_KEY_PASSWORD", SigningKeyFile.PASSWORD)
                    .with("SALESFORCE_USERNAME", "ory.sync@example.com");
            assertThat(app.runToItsEnd("doctor")).as(app.log()).isZero();
            assertThat(app.log()).contains("User: ory.sync@example.com").contains("Nothing wrong.");

            app.with("SALESFORCE_CLIENT_SECRET_FILE", folder.resolve("gone").toString());
            assertThat(app.runToItsEnd("doctor")).isEqualTo(1);
            assertThat(app.log()).contains("SALESFORCE_CLIENT_SECRET_FILE names").contains("can't be read")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void theSameFindingsAreLoggedAtTheStartWithoutDelayingDelivery(@TempDir Path folder) throws Exception {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).with("SYNC_DOCTOR_AT_START", "true")) {
            ActiveFault slow = salesforce.faults().start(Fault.latency(Duration.ofSeconds(45)).on(CallKind.COMPOSITE)
                    .times(1));
            app.start();
            await().atMost(Duration.ofMinutes(2)).until(() -> slow.hits() > 0);
            String id = UUID.randomUUID().toString();
            assertThat(app.ory().sends("registration", Ory.identity(id, Instant.now(), "Early")).statusCode()).isEqualTo(204);
            await().until(() -> salesforce.org().byIdentity(id).size() == 1);
            assertThat(app.health()).startsWith("{\"status\":\"UP\"");
            assertThat(app.log()).as("it still waits for Salesforce").doesNotContain("Set-up: ");
            slow.stop();
            await().atMost(Duration.ofMinutes(2)).until(() -> app.log().contains("Set-up: "));
            assertThat(app.log().lines().filter(line -> line.contains("Set-up: "))).singleElement().asString()
                    .contains("WARN").contains("Lead.OwnerId: No assignment rule").contains("Fix: Setup > Lead Assignment Rules");
            ClassHistogram heap = ClassHistogram.of(app);
            assertThat(heap.count(ModelMBeanOperationInfo.class)).as("described once for all MBeans of a kind, not for each of a thousand")
                    .isBetween(500L, 6_000L);
            assertThat(heap.text()).as("objects of languages that no mapping is written in")
                    .contains("com.schibsted.spt.data.jslt").doesNotContain(" scala.", "com.datasonnet", "jackson.jq", "com.dashjoin");
        }
    }
}
