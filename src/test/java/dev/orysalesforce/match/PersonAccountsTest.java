package dev.orysalesforce.match;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.CallKind;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** In an org with person accounts, some Contacts are one half of an Account, and a Lead without a company becomes one. */
@Tag("any-ledger")
class PersonAccountsTest extends AppTest {

    private final String id = UUID.randomUUID().toString();
    private final String email = id + "@example.org";

    @BeforeEach
    void anOrgWithPersonAccounts() {
        askOrgAgain();
        SALESFORCE.org().enablePersonAccounts();
    }

    @AfterEach
    void forgetDescriptions() {
        askOrgAgain();
    }

    @Test
    void aPersonAccountIsNotAdopted() {
        String there = there(true);
        register(id, email);
        assertThat(SALESFORCE.org().record(there).text("Ory_Identity_Id__c")).isNull();
        assertThat(record(id).object()).as("the person arrives nevertheless").isEqualTo("Lead");
        assertThat(ledger("code")).isEqualTo("PERSON_ACCOUNT");
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aContactOfABusinessIsAdopted() {
        String there = there(false);
        register(id, email);
        assertThat(record(id).id()).isEqualTo(there);
    }

    @Test
    void onceItIsKnownTheQueryIsMadeOnce() {
        there(true);
        register(id, email);
        long before = composites();
        String other = UUID.randomUUID().toString();
        register(other, email);
        assertThat(record(other).object()).isEqualTo("Lead");
        assertThat(composites() - before).isEqualTo(1);
    }

    @Test
    void noPlaceholderMakesABusinessOfAPerson() {
        register(id, email);
        assertThat(record(id).text("Company")).isNull();
        assertThat(record(id).text("LeadSource")).as("other values for new records").isNotNull();
    }

    private long composites() {
        return SALESFORCE.calls().of(CallKind.COMPOSITE).size();
    }

    private String there(boolean isPerson) {
        Map<String, Object> fields = new HashMap<>(Map.of("LastName", "Typed by sales", "Email", email));
        String there = SALESFORCE.org().insert("Contact", fields);
        SALESFORCE.org().edit(there, Map.of("IsPersonAccount", isPerson));
        return there;
    }

    private void register(String identity, String address) {
        ObjectNode body = Ory.identity(identity, Instant.parse("2026-11-01T10:00:00Z"), "Person");
        ((ObjectNode) body.path("identity").path("traits")).put("email", address);
        ((ObjectNode) body.path("identity")).putArray("verifiable_addresses").addObject().put("value", address)
                .put("via", "email").put("verified", true);
        ory.sends("registration", body);
        settle();
    }

    private String ledger(String column) {
        return sql.queryForObject("select " + column + " from identities where identity = ?", String.class, id);
    }
}
