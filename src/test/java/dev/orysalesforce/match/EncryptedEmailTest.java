package dev.orysalesforce.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.FieldRule.Trait;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.util.ReflectionTestUtils;

/** An org that encrypts addresses with Shield does not let a query filter by them. */
@TestPropertySource(properties = {"test.context=match-always", "sync.match-email=always", "sync.match-several=dead-letter"})
@Tag("any-ledger")
@ExtendWith(OutputCaptureExtension.class)
@Tag("nightly")
class EncryptedEmailTest extends AppTest {

    private final String id = UUID.randomUUID().toString();

    @Autowired
    private Describe describe;

    @Autowired
    private EmailMatching matching;

    @BeforeEach
    @AfterEach
    void anotherOrg() {
        askOrgAgain();
        ((Map<?, ?>) ReflectionTestUtils.getField(matching, "checks")).clear();
    }

    @Test
    void onlyMatchingByEmailIsOffAndOnlyForThatObject(CapturedOutput log) {
        SALESFORCE.org().schema("Lead").alter("Email", rule -> rule.with(Trait.ENCRYPTED));
        String lead = there("Lead", id);
        String other = UUID.randomUUID().toString();
        String contact = there("Contact", other);
        register(id);
        register(other);
        assertThat(record(id).id()).as("a new one").isNotEqualTo(lead);
        assertThat(record(other).id()).isEqualTo(contact);
        assertThat(deadLetters()).isEmpty();
        JsonNode health = health().path("components").path("emailMatching");
        assertThat(health.path("status").asText()).isEqualTo("UP");
        assertThat(health.path("details").path("off").toString()).contains("Lead.Email").doesNotContain("Contact");
        assertThat(health.path("details").path("remedy").asText()).contains("SYNC_MATCH_EMAIL");
        assertThat(log.getOut().lines().filter(line -> line.contains("Lead.Email"))).hasSize(1);
        assertThat(log.getOut()).doesNotContain("Delivery paused");
        long composites = SALESFORCE.calls().where(call -> call.kind() == CallKind.COMPOSITE).size();
        register(UUID.randomUUID().toString());
        assertThat(SALESFORCE.calls().where(call -> call.kind() == CallKind.COMPOSITE)).as("not refused again")
                .hasSize((int) composites + 1);
    }

    @Test
    void anOlderDescriptionIsReadAnew() {
        describe.fields("Lead", Duration.ZERO);
        describe.fields("Contact", Duration.ZERO);
        SALESFORCE.org().schema("Contact").alter("Email", rule -> rule.with(Trait.ENCRYPTED));
        String lead = there("Lead", id);
        register(id);
        assertThat(record(id).id()).isEqualTo(lead);
    }

    @Test
    void itIsOnAgainOnceTheOrgDoesNotEncrypt() {
        SALESFORCE.org().schema("Lead").alter("Email", rule -> rule.with(Trait.ENCRYPTED));
        register(UUID.randomUUID().toString());
        assertThat(health().path("components").path("emailMatching").path("details").has("off")).isTrue();
        SALESFORCE.org().schema("Lead").alter("Email", rule -> rule.without(Trait.ENCRYPTED));
        askOrgAgain(); // a day later
        String lead = there("Lead", id);
        register(id);
        assertThat(record(id).id()).isEqualTo(lead);
        assertThat(health().path("components").path("emailMatching").path("details").has("off")).isFalse();
    }

    private String there(String object, String person) {
        Map<String, Object> fields = Map.of("LastName", "There", "Email", "p-" + person + "@example.org");
        return SALESFORCE.org().insert(object, object.equals("Contact") ? fields
                : Map.of("LastName", "There", "Email", "p-" + person + "@example.org", "Company", "Theirs"));
    }

    private void register(String person) {
        ory.sends("registration", Ory.identity(person, Instant.parse("2026-11-01T10:00:00Z"), "Person"));
        settle();
    }
}
