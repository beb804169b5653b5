package dev.orysalesforce.match;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.DuplicateRule;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** {@code sync.duplicates: adopt}: nothing is guessed, and entries of sales stay. */
@TestPropertySource(properties = {"test.context=adopt", "sync.duplicates=adopt", "sync.match-email=never"})
@Tag("any-ledger")
@Tag("nightly")
class RecordAdoptionTest extends AppTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    private final String id = UUID.randomUUID().toString();
    private final String email = "p-" + id + "@example.org";

    @Test
    void theOnlyMatchIsAdoptedAndItsFieldsStay() {
        String there = there(Map.of());
        send(0, true, "First Ltd");
        assertThat(record(id).id()).isEqualTo(there);
        assertThat(record(id).text("LastName")).isEqualTo("Typed by sales");
        assertThat(record(id).text("Company")).isEqualTo("Theirs");
        assertThat(record(id).text("FirstName")).as("was empty").isEqualTo("Pat");
        assertThat(record(id).text("LeadSource")).as("for new records only").isNull();
        assertThat(sql.queryForObject("select found_by from identities where identity = ?", String.class, id))
                .isEqualTo("duplicate-rule");
        send(1, true, "Second Ltd");
        assertThat(record(id).text("Company")).as("changed at Ory").isEqualTo("Second Ltd");
        assertThat(record(id).text("LastName")).isEqualTo("Typed by sales");
    }

    @Test
    void aRegistrationWithAnothersAddressGetsNoRecord() {
        there(Map.of());
        send(0, false, "First Ltd");
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        assertThat(deadLetters()).hasSize(1);
    }

    @Test
    void ofTwoMatchesNoneIsAdopted() {
        there(Map.of());
        there(Map.of());
        send(0, true, "First Ltd");
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        assertThat(deadLetters()).hasSize(1);
    }

    @Test
    void aRecordOfAnotherIdentityIsLeftAlone() {
        String other = UUID.randomUUID().toString();
        there(Map.of("Ory_Identity_Id__c", other));
        send(0, true, "First Ltd");
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        assertThat(record(other).text("LastName")).isEqualTo("Typed by sales");
        assertThat(deadLetters()).hasSize(1);
    }

    @Test
    void aCompanyIsNotAdopted() {
        SALESFORCE.org().insert("Account", Map.of("Name", "First Ltd"));
        SALESFORCE.org().activate(DuplicateRule.leadAgainstCompanies());
        send(0, true, "First Ltd");
        assertThat(deadLetters()).singleElement().satisfies(letter -> assertThat(letter.path("code").asText())
                .isEqualTo("DUPLICATES_DETECTED"));
        assertThat(isPaused()).isFalse();
    }

    private String there(Map<String, String> more) {
        SALESFORCE.org().deactivateRules();
        java.util.HashMap<String, Object> fields = new java.util.HashMap<>(more);
        fields.putAll(Map.of("LastName", "Typed by sales", "Company", "Theirs", "Email", email));
        String record = SALESFORCE.org().insert("Lead", fields);
        SALESFORCE.org().activate(DuplicateRule.leadAlert());
        return record;
    }

    private void send(int seconds, boolean verified, String company) {
        ObjectNode body = Ory.identity(id, START.plusSeconds(seconds), "Person");
        ObjectNode identity = (ObjectNode) body.path("identity");
        ((ObjectNode) identity.path("traits")).put("company", company);
        identity.putArray("verifiable_addresses").addObject().put("value", email).put("via", "email")
                .put("verified", verified);
        ory.sends("registration", body);
        settle();
    }
}
