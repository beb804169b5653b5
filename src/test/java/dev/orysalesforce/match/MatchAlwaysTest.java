package dev.orysalesforce.match;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.Fault;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** {@code sync.match-email: always}, {@code sync.match-several: dead-letter}. */
@TestPropertySource(properties = {"test.context=match-always", "sync.match-email=always",
    "sync.match-several=dead-letter"})
@Tag("any-ledger")
@Tag("nightly")
class MatchAlwaysTest extends AppTest {

    private final String id = UUID.randomUUID().toString();

    @Test
    void anAddressNeedNotBeVerified() {
        String there = there();
        register();
        assertThat(record(id).id()).isEqualTo(there);
        assertThat(record(id).text("LastName")).isEqualTo("There");
    }

    @Test
    void severalWaitForAPerson() {
        String one = there();
        String other = there();
        register();
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        JsonNode letter = deadLetters().get(0);
        assertThat(letter.path("code").asText()).isEqualTo("SEVERAL_MATCHES");
        assertThat(letter.path("message").asText()).contains(one, other).doesNotContain("@");
    }

    /** Salesforce ignores the case of field names, and Actions spell them in any. */
    @Test
    void theCaseOfAFieldNameNeitherStopsABatchNorOverwritesEntriesOfSales() {
        String other = UUID.randomUUID().toString();
        String typed = SALESFORCE.org().insert("Lead", Map.of("LastName", "There", "Company", "Theirs",
                "Email", address(id), "Phone", "+44 typed"));
        String empty = SALESFORCE.org().insert("Lead", Map.of("LastName", "There", "Company", "Theirs",
                "Email", address(other)));
        SALESFORCE.faults().start(Fault.unavailable()); // so that both are in one batch
        give(id, "phone", "+1");
        give(other, "Phone", "+2");
        SALESFORCE.faults().clear();
        settle();
        assertThat(record(id).id()).isEqualTo(typed);
        assertThat(record(id).text("Phone")).isEqualTo("+44 typed");
        assertThat(record(other).id()).isEqualTo(empty);
        assertThat(record(other).text("Phone")).isEqualTo("+2");
    }

    private void give(String person, String field, String phone) {
        assertThat(ory.gives("PATCH", "/services/data/v62.0/sobjects/Lead/Ory_Identity_Id__c/" + person,
                json.createObjectNode().put("LastName", "Person").put("Company", "First Ltd").put("EMAIL", address(person))
                        .put(field, phone).toString())
                .statusCode()).isEqualTo(201);
    }

    private static String address(String person) {
        return "p-" + person + "@example.org";
    }

    private String there() {
        return SALESFORCE.org().insert("Lead",
                Map.of("LastName", "There", "Company", "Theirs", "Email", "P-" + id + "@Example.org"));
    }

    private void register() {
        ory.sends("registration", Ory.identity(id, Instant.parse("2026-11-01T10:00:00Z"), "Person"));
        settle();
    }
}
