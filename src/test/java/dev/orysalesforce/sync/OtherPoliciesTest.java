package dev.orysalesforce.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.DuplicateRule;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.test.context.TestPropertySource;

/** {@code sync.duplicates: allow}, and the other policies that are not the default. */
@TestPropertySource(properties = {"test.context=allow", "sync.duplicates=allow", "sync.match-email=never",
    "sync.on-deleted-record=recreate",
    "sync.errors.codes.STRING_TOO_LONG.action=truncate",
    "sync.errors.codes.INVALID_FIELD_FOR_INSERT_UPDATE.action=drop-field"})
@Tag("any-ledger")
@Tag("nightly")
class OtherPoliciesTest extends AppTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    private final String id = UUID.randomUUID().toString();

    @Test
    void aRuleInAlertModeIsOverriddenAndOneInBlockModeIsNot() {
        SALESFORCE.org().activate(DuplicateRule.leadAlert());
        SALESFORCE.org().insert("Lead", Map.of("LastName", "There", "Company", "C", "Email", "p-" + id + "@example.org"));
        ory.sends("registration", Ory.identity(id, START, "Second"));
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Second");

        SALESFORCE.org().deactivateRules();
        SALESFORCE.org().activate(DuplicateRule.leadAlert().block());
        String blocked = UUID.randomUUID().toString();
        SALESFORCE.org().insert("Lead", Map.of("LastName", "There", "Company", "C",
                "Email", "p-" + blocked + "@example.org"));
        ory.sends("registration", Ory.identity(blocked, START, "Blocked"));
        settle();
        assertThat(SALESFORCE.org().byIdentity(blocked)).isEmpty();
        assertThat(deadLetters()).hasSize(1);
    }

    /** The Ory fields on Account are not deployed, so a new person account could not be found by its Ory ID. */
    @Test
    void aPersonAccountThatIsGoneIsNotMadeAnewWithoutTheOryFields() {
        askOrgAgain();
        SALESFORCE.org().enablePersonAccounts();
        ory.sends("registration", Ory.identity(id, START, "Person"));
        settle();
        String lead = record(id).id();
        String person = SALESFORCE.org().convertLead(lead, false);
        SALESFORCE.org().delete(person);
        SALESFORCE.org().purge(person);
        ory.sends("settings", Ory.identity(id, START.plusSeconds(1), "Renamed"));
        settle();
        assertThat(isPaused()).isFalse();
        assertThat(deadLetters()).singleElement().satisfies(letter -> assertThat(letter.path("code").asText()).isEqualTo("PERSON_ACCOUNT"));
        askOrgAgain();
    }

    @Test
    void aRegistrationCountsAsNewWithoutALookUp() {
        SALESFORCE.org().insert("Lead", Map.of("LastName", "There", "Company", "C", "Email", "p-" + id + "@example.org"));
        ory.sends("registration", Ory.identity(id, START, "New"));
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("New");
        assertThat(SALESFORCE.calls().where(call -> call.kind() == CallKind.COMPOSITE)).isEmpty();
    }

    @Test
    void aRecordThatSalesDeletedIsCreatedAgain() {
        ory.sends("registration", Ory.identity(id, START, "First"));
        settle();
        String first = record(id).id();
        SALESFORCE.org().delete(first);
        ory.sends("settings", Ory.identity(id, START.plusSeconds(1), "Second"));
        settle();
        assertThat(record(id).id()).isNotEqualTo(first);
        assertThat(record(id).text("LastName")).isEqualTo("Second");
    }

    /** The converted Lead still has the Ory ID, and can't be written. */
    @ParameterizedTest
    @CsvSource({"true, delete", "false, delete", "true, purge", "false, purge"})
    void ofAConvertedLeadWhoseContactIsGoneTheContactIsCreatedAgain(boolean carriesTheId, String how) {
        ory.sends("registration", Ory.identity(id, START, "First"));
        settle();
        String first = SALESFORCE.org().convertLead(record(id).id(), carriesTheId);
        ory.sends("settings", Ory.identity(id, START.plusSeconds(1), "Second"));
        settle();
        remove(first, how);
        ory.sends("settings", Ory.identity(id, START.plusSeconds(2), "Third"));
        settle();
        assertCreatedAgain(first, "Third");
        ory.sends("settings", Ory.identity(id, START.plusSeconds(3), "Fourth"));
        settle();
        assertCreatedAgain(first, "Fourth");
    }

    @ParameterizedTest
    @CsvSource({"false, delete", "false, purge", "true, purge"})
    void aLostLedgerDoesNotHinderThat(boolean editable, String how) {
        ory.sends("registration", Ory.identity(id, START, "First"));
        settle();
        String first = SALESFORCE.org().convertLead(record(id).id(), true);
        remove(first, how);
        sql.update("delete from identities");
        SALESFORCE.org().letEditConverted(editable);
        ory.sends("settings", Ory.identity(id, START.plusSeconds(1), "Second"));
        settle();
        assertCreatedAgain(first, "Second");
    }

    private static void remove(String record, String how) {
        if (how.equals("purge")) {
            SALESFORCE.org().purge(record);
        } else {
            SALESFORCE.org().delete(record);
        }
    }

    private void assertCreatedAgain(String first, String lastName) {
        assertThat(deadLetters()).isEmpty();
        assertThat(SALESFORCE.org().find("Contact", "Ory_Identity_Id__c", id)).singleElement().satisfies(contact -> {
            assertThat(contact.id()).isNotEqualTo(first);
            assertThat(contact.text("LastName")).isEqualTo(lastName);
        });
        assertThat(SALESFORCE.org().find("Lead", "Ory_Identity_Id__c", id)).singleElement()
                .satisfies(lead -> assertThat(lead.text("LastName")).isEqualTo("First"));
    }

    @Test
    void aTooLongTextIsTruncatedToItsLengthInTheOrg() {
        askOrgAgain();
        SALESFORCE.org().schema("Lead").alter("LastName", rule -> rule.withLength(10));
        ory.sends("registration", Ory.identity(id, START, "Papadimitriou"));
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Papadimitr");
        assertThat(note()).isEqualTo("SHORTENED");
        int writes = SALESFORCE.writes().ofIdentity(id).size();
        ory.sends("login", Ory.identity(id, START, "Papadimitriou"));
        settle();
        assertThat(SALESFORCE.writes().ofIdentity(id)).as("not again").hasSize(writes);
    }

    @Test
    void aFieldThatThisUserMayNotWriteIsLeftOut() {
        SALESFORCE.org().schema("Lead").alter("FirstName", rule -> rule.readOnly());
        ory.sends("registration", Ory.identity(id, START, "Person"));
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Person");
        assertThat(record(id).text("FirstName")).isNull();
        assertThat(note()).isEqualTo("FIELD_LEFT_OUT");
    }

    @Test
    void aFieldThatIsLeftOutIsNotCleared() {
        ory.sends("registration", Ory.identity(id, START, "First"));
        settle();
        SALESFORCE.org().schema("Lead").alter("LastName", rule -> rule.readOnly());
        ObjectNode second = Ory.identity(id, START.plusSeconds(1), "Second");
        ((ObjectNode) second.path("identity").path("traits")).put("phone", "+44 1");
        ory.sends("settings", second);
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("First");
        assertThat(record(id).text("Phone")).isEqualTo("+44 1");
        assertThat(note()).isEqualTo("FIELD_LEFT_OUT");
    }

    private String note() {
        return sql.queryForObject("select code from identities where identity = ?", String.class, id);
    }
}
