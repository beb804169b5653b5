package dev.orysalesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.sandbox.DuplicateRule;
import dev.orysalesforce.sandbox.Fault;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** No trait value, secret or token is in the log, whatever fails; the app's own code logs at DEBUG here. */
@ExtendWith(OutputCaptureExtension.class)
class PrivacyTest extends AppTest {

    private static final List<String> SAMPLES = List.of("registration-ctx", "settings-ctx", "verification-ctx",
            "login-ctx", "recovery-ctx", "registration-code-ctx", "registration-browser-ctx", "login-wrapped-ctx",
            "identity-only", "flat-recipe", "identity-flow-headers", "id-and-traits", "registration-before-persistence",
            "salesforce-shaped-lead");

    @Test
    void theLogNamesIdentitiesByTheirIdOnly(CapturedOutput log) {
        SALESFORCE.org().activate(DuplicateRule.leadAlert().block());
        SAMPLES.forEach(sample -> ory.sends("registration", Ory.webhook(sample)));
        ory.sends("registration", "{\"email\": \"broken.json@example.org\"");
        String lead = "/services/data/v62.0/sobjects/Lead";
        for (String record : List.of(Ory.webhook("salesforce-shaped-lead"), "{\"Email\": \"broken.json@example.org\"",
                "{\"Email\": \"p-zimmermannova@example.org\"}", "{\"Zimmermannova Åsa\": \"x\", \"Ory_Identity_Id__c\": \""
                        + UUID.randomUUID() + "\"}",
                "{\"LastName\": \"Zimmermannova\", \"Rate\": \"" + "Zimmermannova".repeat(30)
                        + "\", \"Company\": \"C\", \"Ory_Identity_Id__c\": \"" + UUID.randomUUID() + "\"}")) {
            assertThat(ory.gives("POST", lead, record).body()).doesNotContainIgnoringCase("zimmermannova")
                    .doesNotContain("broken.json");
        }
        for (String schema : List.of("customer", "broken", "skipped", "tagged")) {
            ObjectNode body = Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Zimmermannova".repeat(20));
            ((ObjectNode) body.path("identity")).put("schema_id", schema);
            ory.sends("registration", body);
        }
        settle();
        for (Fault fault : List.of(Fault.loginRefused(), Fault.error(400, "INVALID_FIELD", "No such column for "
                + "p-zimmermannova@example.org"), Fault.garbage(), Fault.reset())) {
            SALESFORCE.org().expireTokens();
            SALESFORCE.faults().start(fault);
            ObjectNode body = Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Zimmermannova");
            ((ObjectNode) body.path("identity").path("traits")).put("email", "p-zimmermannova@example.org");
            ory.sends("registration", body);
            await().until(() -> isPaused());
            assertThat(health().toString()).doesNotContainIgnoringCase("zimmermannova");
            assertThat(searched("p-zimmermannova@example.org")).contains("SEARCH_UNAVAILABLE")
                    .doesNotContainIgnoringCase("zimmermannova");
            SALESFORCE.faults().clear();
            settle();
        }
        assertThat(searched("p-zimmermannova@example.org")).contains("\"salesforceId\"").doesNotContainIgnoringCase("zimmermannova");
        assertThat(searched("zimmermannova")).contains("BAD_REQUEST").doesNotContainIgnoringCase("zimmermannova");
        assertThat(deadLetters()).isNotEmpty();
        deadLetters().forEach(letter -> assertThat(letter.path("message").asText())
                .doesNotContainIgnoringCase("zimmermannova").doesNotContainIgnoringCase("lovelace"));

        assertThat(log.getAll()).contains("Batch done", "Dead letter", "Delivery paused");
        for (String personal : List.of("zimmermannova", "lovelace", "ada@king", "analytical", "countess", "grace", "hopper",
                "sinéad", "müller", "größe", "linus", "torvalds", "katherine", "åsa", "öberg", "edith", "clarke",
                "7946 0", "broken.json", "newsletter", SECRET, "second-webhook-secret", SALESFORCE.clientSecret(), "Bearer ")) {
            assertThat(log.getAll()).as("the log").doesNotContainIgnoringCase(personal);
        }
    }

    private String searched(String text) {
        return new Operator(port, OPERATOR_TOKEN).post("/api/identities/search", "{\"q\": \"" + text + "\"}").body();
    }
}
