package dev.orysalesforce.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.Write;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sync.one-way}: the app writes an opt-out, and never takes one back. */
class ConsentTest extends ConsentScenario {

    @Test
    void theShippedMappingWritesARefusalAndNoConsent() {
        shipped(0, "newsletter", false);
        assertThat(record(id).is(OPT_OUT)).isTrue();
        shipped(1, "newsletter", true);
        assertThat(record(id).is(OPT_OUT)).isTrue();
        assertThat(ledger("code")).isEqualTo("ONE_WAY");
        assertThat(ledger("message")).contains(OPT_OUT);
        shipped(2, "city", "Turin");
        assertThat(record(id).is(OPT_OUT)).isTrue();
        assertThat(record(id).text("City")).isEqualTo("Turin");
        assertThat(ledger("code")).as("it is still kept").isEqualTo("ONE_WAY");
    }

    @Test
    void whatSalesEnteredStaysIfOrySaysNothing() {
        send(0, null);
        optOutBySales(true);
        send(1, null);
        send(2, "false");
        send(3, "null");
        assertThat(record(id).is(OPT_OUT)).isTrue();
        assertThat(writesOf(OPT_OUT)).isEmpty();
    }

    @Test
    void aNewRecordMayHaveAnotherValue() {
        send(0, "false");
        assertThat(record(id).get(OPT_OUT)).isEqualTo(false);
        assertThat(ledger("code")).isNull();
        send(1, "false");
        assertThat(ledger("code")).isNull();
    }

    @Test
    void aNewRecordIsNotMadeWithAnEmptyValue() {
        send(0, "null");
        assertThat(record(id).is(OPT_OUT)).isFalse();
        assertThat(deadLetters()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "\"true\"", "\" TRUE \"", "1", "\"1\""})
    void theValueIsReadAsSalesforceReadsIt(String value) {
        send(0, null);
        send(1, value);
        assertThat(record(id).is(OPT_OUT)).isTrue();
        assertThat(deadLetters()).isEmpty();
        send(2, "true");
        assertThat(writesOf(OPT_OUT)).as("sent already").hasSize(1);
    }

    @Test
    void theNameIsReadAsSalesforceReadsIt() {
        send(0, null);
        optOutBySales(true);
        events("settings", 1, traits -> traits.putObject("fields").put("hasoptedoutofemail", false));
        events("settings", 2, traits -> traits.putObject("fields").putNull("HASOPTEDOUTOFEMAIL"));
        assertThat(record(id).is(OPT_OUT)).isTrue();
        optOutBySales(false);
        events("settings", 3, traits -> traits.putObject("fields").put("hasoptedoutofemail", true).put(OPT_OUT, false));
        assertThat(record(id).is(OPT_OUT)).as("both spellings, the opt-out counts").isTrue();
    }

    @Test
    void aLostLedgerTakesNothingBack() {
        send(0, "true");
        sql.update("delete from identities");
        send(1, "false");
        assertThat(record(id).is(OPT_OUT)).isTrue();
        assertThat(ledger("code")).isEqualTo("ONE_WAY");
        sql.update("delete from identities");
        send(2, null);
        assertThat(record(id).is(OPT_OUT)).isTrue();
    }

    @Test
    void anAdoptedRecordKeepsItsOptOutAndGetsARefusal() {
        String there = SALESFORCE.org().insert("Lead", Map.of("LastName", "There", "Company", "C",
                "Email", "p-" + id + "@example.org", OPT_OUT, true));
        verified(id, "false");
        assertThat(SALESFORCE.org().record(there).identity()).isEqualTo(id);
        assertThat(SALESFORCE.org().record(there).is(OPT_OUT)).isTrue();

        String other = UUID.randomUUID().toString();
        String free = SALESFORCE.org().insert("Lead", Map.of("LastName", "There", "Company", "C",
                "Email", "p-" + other + "@example.org"));
        verified(other, "true");
        assertThat(SALESFORCE.org().record(free).identity()).isEqualTo(other);
        assertThat(SALESFORCE.org().record(free).is(OPT_OUT)).isTrue();
    }

    @Test
    void anotherMappingTakesNothingBack() {
        shipped(0, "newsletter", false);
        send(1, "false");
        assertThat(record(id).is(OPT_OUT)).isTrue();
        shipped(2, "company", "First Ltd");
        assertThat(record(id).is(OPT_OUT)).isTrue();
    }

    @Test
    void anOptOutOutlivesANewerEventOfItsBatch() {
        send(0, null);
        together(() -> {
            event(id, "settings", 1, "true");
            event(id, "settings", 2, null);
        }, 2);
        assertThat(record(id).is(OPT_OUT)).isTrue();
        assertThat(record(id).text("Company")).isEqualTo("Company 2");
        assertThat(ledger("code")).isEqualTo("ONE_WAY");
    }

    @Test
    void anOptOutOfANewIdentityOutlivesANewerEventOfItsBatch() {
        together(() -> {
            event(id, "registration", 0, "true");
            event(id, "settings", 1, "false");
        }, 2);
        assertThat(record(id).is(OPT_OUT)).isTrue();
        assertThat(SALESFORCE.writes().ofIdentity(id)).hasSize(1);
    }

    @Test
    void anOptOutOutlivesABatchWhoseNewestEventTheMappingSkips() {
        send(0, null);
        together(() -> {
            event(id, "settings", 1, "true");
            body(id, "settings", 2, traits -> traits.put("skipped", true));
        }, 2);
        assertThat(record(id).is(OPT_OUT)).isTrue();
        assertThat(record(id).text("Company")).isEqualTo("Company 0");
    }

    @Test
    void anOptOutThatComesLateIsWrittenAlone() {
        send(5, null);
        send(0, "true");
        Write write = SALESFORCE.writes().ofIdentity(id).get(1);
        assertThat(write.fields()).containsOnlyKeys(OPT_OUT);
        assertThat(record(id).text("Company")).isEqualTo("Company 5");
        assertThat(ledger("version_at")).startsWith("2026-11-01T10:00:05");
        assertThat(ledger("code")).isEqualTo("ONE_WAY");
        send(0, "true");
        send(6, null);
        assertThat(writesOf(OPT_OUT)).hasSize(1);
    }

    @Test
    void anOptOutThatComesLateIsWrittenWithoutALedger() {
        send(5, null);
        sql.update("delete from identities");
        send(0, "true");
        assertThat(record(id).is(OPT_OUT)).isTrue();
        assertThat(record(id).text("Company")).isEqualTo("Company 5");
        SALESFORCE.org().edit(record(id).id(), Map.of("Company", "Typed by sales"));
        send(5, null);
        assertThat(record(id).text("Company")).as("the ledger learns from the state of the record's version")
                .isEqualTo("Typed by sales");
    }

    @Test
    void aLateOptOutFollowsTheRecord() {
        send(5, null);
        String contact = SALESFORCE.org().convertLead(record(id).id(), true);
        send(0, "true");
        assertThat(SALESFORCE.org().record(contact).is(OPT_OUT)).isTrue();
        assertThat(SALESFORCE.org().record(contact).text("LastName")).isEqualTo("Person");
    }

    @Test
    void aLateOptOutMakesNoRecord() {
        send(5, null);
        SALESFORCE.org().delete(record(id).id());
        send(0, "true");
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void anOptOutOutlivesARejectedRecord() {
        send(0, null);
        together(() -> {
            event(id, "settings", 1, "true");
            body(id, "settings", 2, traits -> traits.put("email", "no address"));
        }, 2);
        assertThat(record(id).is(OPT_OUT)).isFalse();
        assertThat(deadLetters()).hasSize(1);
        send(3, null);
        assertThat(record(id).is(OPT_OUT)).isTrue();
    }

    @Test
    void aRetryStillHasIt() {
        send(0, null);
        SALESFORCE.faults().lockRow(id, 1);
        together(() -> {
            event(id, "settings", 1, "true");
            event(id, "settings", 2, "false");
        }, 2);
        await().until(() -> record(id).is(OPT_OUT));
        settle();
        assertThat(record(id).text("Company")).isEqualTo("Company 2");
    }

    /** Sales may know more than Ory: the person has asked for mail by telephone. */
    @Test
    void salesMayTakeBackWhatTheAppDoesNotUntilThePersonRefusesAgain() {
        send(0, "true");
        send(1, null);
        optOutBySales(false);
        send(2, null);
        send(0, "true");
        assertThat(record(id).is(OPT_OUT)).isFalse();
        send(3, "true");
        assertThat(record(id).is(OPT_OUT)).isTrue();
    }

    @Test
    void aPartOfTheIdentityDoesNotSayThatTheRefusalIsOver() {
        send(0, "true");
        events("login", 1, traits -> traits.put("company", "First Ltd"));
        assertThat(record(id).text("Company")).isEqualTo("First Ltd");
        assertThat(ledger("code")).isNull();
        assertThat(record(id).is(OPT_OUT)).isTrue();
    }

    @Test
    void prebuiltRecordsObeyIt() {
        give("""
                {"Ory_Identity_Id__c":"%s","LastName":"Person","Company":"C","DoNotCall":true}""");
        assertThat(record(id).is("DoNotCall")).isTrue();
        give("""
                {"Ory_Identity_Id__c":"%s","LastName":"Person","Company":"D","donotcall":false}""");
        assertThat(record(id).is("DoNotCall")).isTrue();
        assertThat(record(id).text("Company")).isEqualTo("D");
        assertThat(ledger("code")).isEqualTo("ONE_WAY");
    }

    @Test
    void theLedgerShowsNoRefusal() {
        send(0, "true");
        send(1, null);
        assertThat(sql.queryForObject("select fields from identities where identity = ?", String.class, id))
                .doesNotContain("true", "PAST", "SAID", "DUE");
    }
}
