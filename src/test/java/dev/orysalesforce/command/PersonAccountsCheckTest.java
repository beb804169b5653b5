package dev.orysalesforce.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.AppTest;
import dev.orysalesforce.check.Finding;
import dev.orysalesforce.check.MappingExamples;
import dev.orysalesforce.check.OrgCheck;
import dev.orysalesforce.sandbox.Org;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** What a mapping of person accounts needs of the org. */
@Tag("any-ledger")
@Tag("nightly")
@TestPropertySource(properties = {"test.context=person-accounts", "test.employees=mappings/person-account.jslt",
    "test.colleagues=mappings/lead.jslt"})
class PersonAccountsCheckTest extends AppTest {

    @Autowired
    private MappingExamples examples;

    @Autowired
    private OrgCheck check;

    private final Org org = SALESFORCE.org();

    @BeforeEach
    @AfterEach
    void theOrgIsAskedAgain() {
        askOrgAgain();
    }

    @Test
    void anOrgWithoutThem() {
        assertThat(findings()).singleElement().satisfies(finding -> assertThat(finding.toString())
                .contains("PersonAccount", "this org has none", "mappings/lead.jslt"));
    }

    @Test
    void anOrgWithoutTheOryFieldsOnAccount() {
        org.enablePersonAccounts();
        assertThat(findings()).extracting(Finding::place)
                .containsExactlyInAnyOrder("PersonAccount.Ory_Identity_Id__c", "PersonAccount.Ory_Updated_At__c");
    }

    @Test
    void anOrgThatHasAll() {
        org.enablePersonAccounts();
        org.deployOryFieldsOnAccount();
        assertThat(findings()).isEmpty();
    }

    @Test
    void aFieldThatIsHidden() {
        org.enablePersonAccounts();
        org.deployOryFieldsOnAccount();
        org.schema("Account").hide("PersonTitle");
        assertThat(findings()).extracting(Finding::place).containsExactly("PersonAccount.PersonTitle");
    }

    @Test
    void aPermissionThatIsMissing() {
        org.enablePersonAccounts();
        org.deployOryFieldsOnAccount();
        org.forbid("Account", Org.Permission.CREATE);
        assertThat(findings()).extracting(Finding::place).containsExactly("PersonAccount");
    }

    private List<Finding> findings() {
        askOrgAgain();
        return check.findings(examples.examples().stream()
                .filter(example -> !example.mapping().name().contains("contact-with-account")).toList()).stream().toList();
    }
}
