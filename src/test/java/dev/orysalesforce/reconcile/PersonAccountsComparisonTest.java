package dev.orysalesforce.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.sandbox.SandboxRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** A comparison reads person accounts as it reads Leads and Contacts. */
@TestPropertySource(properties = "test.context=reconcile")
@Tag("any-ledger")
class PersonAccountsComparisonTest extends ReconcileTest {

    private static final String ID = "Ory_Identity_Id__c";

    @BeforeEach
    void anOrgWithPersonAccounts() {
        askOrgAgain();
        SALESFORCE.org().enablePersonAccounts();
        SALESFORCE.org().deployOryFieldsOnAccount();
    }

    @AfterEach
    void forgetDescriptions() {
        askOrgAgain();
    }

    @Test
    void theyAreInSyncOrGone() {
        List<String> people = IntStream.range(0, 3).mapToObj(i -> ORY.project().add("0000000%d-0000-4000-8000-000000000000".formatted(i),
                "person", Map.of("email", "p" + i + "@example.org", "name", Map.of("last", "Person")))).toList();
        done();
        settle();
        assertThat(people).allSatisfy(person -> assertThat(account(person).is("IsPersonAccount")).isTrue());
        sql.update("update identities set written_at = '2026-01-01T00:00:00Z'");
        assertThat(done().path("goneInSalesforce").asInt()).isZero();
        awaitInSync();
        assertThat(explain(people.get(0)).at("/salesforce/version").asText()).isNotEmpty();

        SALESFORCE.org().delete(account(people.get(0)).id());
        sql.update("update identities set written_at = '2026-01-01T00:00:00Z'");
        assertThat(done().path("goneInSalesforce").asInt()).isEqualTo(1);
    }

    @Test
    void aCompanyThatBearsAnOryIdIsNone() {
        String person = ORY.project().add("00000001-0000-4000-8000-000000000000", "person",
                Map.of("email", "p@example.org", "name", Map.of("last", "Person")));
        done();
        settle();
        SALESFORCE.org().delete(account(person).id());
        String company = SALESFORCE.org().insert("Account", new HashMap<>(Map.of("Name", "Acme", ID, person)));
        sql.update("update identities set written_at = '2026-01-01T00:00:00Z'");
        assertThat(done().path("goneInSalesforce").asInt()).isEqualTo(1);
        SALESFORCE.org().delete(company);
    }

    private static SandboxRecord account(String identity) {
        assertThat(SALESFORCE.org().byIdentity(identity)).hasSize(1);
        return SALESFORCE.org().find("Account", ID, identity).get(0);
    }
}
