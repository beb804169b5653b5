package dev.orysalesforce.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.RowError;
import dev.orysalesforce.sandbox.SandboxRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records that Salesforce rejects for a reason that the app can resolve. */
@Tag("any-ledger")
class RecordRecoveryTest extends AppTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    private final String id = UUID.randomUUID().toString();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void forAConvertedLeadTheContactIsWritten(boolean carriesTheId) {
        send(0, "First Ltd");
        String contact = SALESFORCE.org().convertLead(record(id).id(), carriesTheId);
        send(1, "Second Ltd", "+44 1");
        SandboxRecord record = SALESFORCE.org().record(contact);
        assertThat(record.text("Phone")).isEqualTo("+44 1");
        assertThat(record.text("LastName")).isEqualTo("Person");
        assertThat(record.identity()).isEqualTo(id);
        assertThat(deadLetters()).isEmpty();
        assertThat(explained("found_by")).isEqualTo("conversion");

        int lookUps = SALESFORCE.calls().of(CallKind.COMPOSITE).size();
        send(2, "Second Ltd", "+44 2");
        assertThat(SALESFORCE.org().record(contact).text("Phone")).isEqualTo("+44 2");
        assertThat(SALESFORCE.calls().of(CallKind.COMPOSITE)).as("straight to the contact").hasSize(lookUps);
    }

    @Test
    void aLostLedgerFollowsAConversionThatDidNotCarryTheId() {
        send(0, "First Ltd");
        String contact = SALESFORCE.org().convertLead(record(id).id(), false);
        sql.update("delete from identities");
        send(1, "Second Ltd", "+44 1");
        assertThat(SALESFORCE.org().record(contact).text("Phone")).isEqualTo("+44 1");
        assertThat(SALESFORCE.org().record(contact).identity()).isEqualTo(id);
        assertThat(deadLetters()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aContactIsNotClearedOfWhatOnlyALeadHas(boolean carriesTheId) {
        send(0, "First Ltd", "+44 1");
        String contact = SALESFORCE.org().convertLead(record(id).id(), carriesTheId);
        send(1, "Second Ltd", "+44 1"); // nothing that a Contact has
        send(2, null, "+44 2");
        assertThat(SALESFORCE.org().record(contact).text("Phone")).isEqualTo("+44 2");
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aConversionWhileTheAnswerIsMissingLeavesAContact() {
        SALESFORCE.faults().start(Fault.reset().on(CallKind.UPSERT).withLostAnswer().times(1));
        SALESFORCE.faults().refuseRows(row -> {
            SALESFORCE.faults().start(Fault.unavailable().on(CallKind.COMPOSITE)); // so that it is not found at once
            return false;
        }, new RowError("UNABLE_TO_LOCK_ROW", "not refused"), 1);
        post(0, "First Ltd", "+44 1");
        await().until(() -> SALESFORCE.org().byIdentity(id).size() == 1);
        String contact = SALESFORCE.org().convertLead(record(id).id(), true);
        SALESFORCE.faults().clear();
        settle();
        SALESFORCE.org().edit(contact, Map.of("LastName", "Corrected"));
        send(1, null, "+44 2");
        assertThat(SALESFORCE.org().record(contact).text("Phone")).isEqualTo("+44 2");
        assertThat(SALESFORCE.org().record(contact).text("LastName")).as("what sales typed").isEqualTo("Corrected");
    }

    @Test
    void aLostLedgerDoesNotMakeAnOlderStateWinAfterAConversion() {
        send(1, "First Ltd", "+44 2");
        String contact = SALESFORCE.org().convertLead(record(id).id(), false);
        sql.update("delete from identities");
        send(0, "First Ltd", "+44 1");
        assertThat(SALESFORCE.org().record(contact).text("Phone")).isEqualTo("+44 2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWinnerGetsTheOryIdEvenAfterASecondTry(boolean lostOnTheWay) {
        send(0, "First Ltd");
        String winner = SALESFORCE.org().insert("Lead", Map.of("LastName", "Winner", "Company", "Theirs"));
        SALESFORCE.org().merge(winner, record(id).id());
        AtomicInteger calls = new AtomicInteger();
        if (lostOnTheWay) {
            SALESFORCE.faults().refuseRows(row -> winner.equals(row.recordId()) && calls.incrementAndGet() > 0,
                    new RowError("SERVER_UNAVAILABLE", "busy"), 1);
        } else {
            SALESFORCE.faults().lockRows(row -> winner.equals(row.recordId()) && calls.incrementAndGet() > 0, 1);
        }
        send(1, "Second Ltd");
        assertThat(calls).hasValue(1);
        assertThat(SALESFORCE.org().record(winner).identity()).isEqualTo(id);
        assertThat(SALESFORCE.org().record(winner).text("Company")).isEqualTo("Second Ltd");
        assertThat(SALESFORCE.org().record(winner).text("LastName")).isEqualTo("Winner");
    }

    @Test
    void forAMergedRecordTheWinnerIsWritten() {
        send(0, "First Ltd");
        String winner = SALESFORCE.org().insert("Lead", Map.of("LastName", "Winner", "Company", "Theirs"));
        SALESFORCE.org().merge(winner, record(id).id());
        send(1, "Second Ltd");
        assertThat(SALESFORCE.org().record(winner).text("Company")).isEqualTo("Second Ltd");
        assertThat(SALESFORCE.org().record(winner).text("LastName")).as("did not change at Ory").isEqualTo("Winner");
        assertThat(SALESFORCE.org().record(winner).identity()).isEqualTo(id);
        assertThat(explained("found_by")).isEqualTo("merge");
        send(2, "Third Ltd");
        assertThat(SALESFORCE.org().record(winner).text("Company")).isEqualTo("Third Ltd");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void forAWinnerThatWasConvertedItsContactIsWritten(boolean editable) {
        send(0, "First Ltd");
        String winner = SALESFORCE.org().insert("Lead", Map.of("LastName", "Winner", "Company", "Theirs"));
        SALESFORCE.org().merge(winner, record(id).id());
        String contact = SALESFORCE.org().convertLead(winner, false);
        SALESFORCE.org().letEditConverted(editable);
        SandboxRecord lead = SALESFORCE.org().record(winner);
        send(1, "Second Ltd", "+44 1");
        assertThat(SALESFORCE.org().record(contact).text("Phone")).isEqualTo("+44 1");
        assertThat(SALESFORCE.org().record(contact).identity()).isEqualTo(id);
        assertThat(SALESFORCE.org().record(winner)).isEqualTo(lead);
    }

    @Test
    void aWinnerThatBelongsToAnotherIdentityIsNotWritten() {
        String other = UUID.randomUUID().toString();
        send(0, "First Ltd");
        String winner = SALESFORCE.org().insert("Lead",
                Map.of("LastName", "Winner", "Company", "Theirs", "Ory_Identity_Id__c", other));
        SALESFORCE.org().merge(winner, record(id).id());
        SandboxRecord before = SALESFORCE.org().record(winner);
        send(1, "Second Ltd");
        assertBelongsToOther(before);
        send(2, "Third Ltd");
        assertBelongsToOther(before);
    }

    /** A conversion may lead to a Contact that exists already. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aContactOfAnotherIdentityIsNotWritten(boolean lostLedger) {
        send(0, "First Ltd");
        String contact = SALESFORCE.org().insert("Contact",
                Map.of("LastName", "Winner", "Ory_Identity_Id__c", UUID.randomUUID().toString()));
        SALESFORCE.org().convertLeadInto(record(id).id(), contact);
        SandboxRecord before = SALESFORCE.org().record(contact);
        if (lostLedger) {
            sql.update("delete from identities");
        }
        send(1, "Second Ltd", "+44 1");
        assertBelongsToOther(before);
        send(2, "Third Ltd", "+44 2");
        assertBelongsToOther(before);
    }

    /** The first of them gets it, even if both are in one batch. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofTwoIdentitiesThatEndInOneContactOneGetsIt(boolean inOneBatch) {
        String other = UUID.randomUUID().toString();
        send(0, "First Ltd");
        ory.sends("registration", Ory.identity(other, START, "Other"));
        settle();
        String contact = SALESFORCE.org().insert("Contact", Map.of("LastName", "Both"));
        List.of(id, other).forEach(one -> SALESFORCE.org().convertLeadInto(record(one).id(), contact));
        if (inOneBatch) {
            SALESFORCE.faults().start(Fault.unavailable());
        }
        post(1, "First Ltd", "+44 1");
        if (!inOneBatch) {
            settle();
        }
        ory.sends("settings", Ory.identity(other, START.plusSeconds(1), "Changed"));
        SALESFORCE.faults().clear();
        settle();
        assertThat(SALESFORCE.org().record(contact).identity()).isEqualTo(id);
        assertThat(SALESFORCE.org().record(contact).text("Phone")).isEqualTo("+44 1");
        assertThat(SALESFORCE.org().record(contact).text("LastName")).isEqualTo("Both");
        assertThat(sql.queryForObject("select code from identities where identity = ?", String.class, other))
                .isEqualTo("BELONGS_TO_OTHER");
        assertThat(deadLetters()).isEmpty();
    }

    private void assertBelongsToOther(SandboxRecord unchanged) {
        assertThat(SALESFORCE.org().record(unchanged.id())).isEqualTo(unchanged);
        assertThat(explained("outcome")).isEqualTo("skipped");
        assertThat(explained("code")).isEqualTo("BELONGS_TO_OTHER");
        assertThat(explained("message")).contains(unchanged.id());
        assertThat(deadLetters()).isEmpty();
    }

    /** In the recycle bin, or gone for good. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRecordThatSalesDeletedIsLeftDeleted(boolean isPurged) {
        send(0, "First Ltd");
        if (isPurged) {
            SALESFORCE.org().purge(record(id).id());
        } else {
            SALESFORCE.org().delete(record(id).id());
        }
        send(1, "Second Ltd");
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        assertThat(deadLetters()).isEmpty();
        assertThat(explained("outcome")).isEqualTo("skipped");
        assertThat(explained("code")).isEqualTo("DELETED_IN_SALESFORCE");
    }

    @Test
    void eachConvertedLeadOfABatchIsFollowedHoweverSmallThePages() {
        List<String> ids = List.of(id, UUID.randomUUID().toString(), UUID.randomUUID().toString());
        ids.forEach(person -> ory.sends("registration", Ory.identity(person, START, "Person")));
        settle();
        List<String> contacts = ids.stream().map(person -> SALESFORCE.org().convertLead(record(person).id(), false)).toList();
        SALESFORCE.org().queryPage(1);
        SALESFORCE.faults().start(Fault.unavailable()); // so that all are in one batch
        ids.forEach(person -> ory.sends("settings", Ory.identity(person, START.plusSeconds(1), "Later")));
        SALESFORCE.faults().clear();
        settle();
        assertThat(contacts).allSatisfy(contact -> assertThat(SALESFORCE.org().record(contact).text("LastName")).isEqualTo("Later"));
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aRecordThatTheUserDoesNotSeeIsADeadLetterThatSaysSo() {
        send(0, "First Ltd");
        SALESFORCE.org().hide(record(id).id());
        send(1, "Second Ltd");
        assertThat(deadLetters()).hasSize(1);
        assertThat(deadLetters().get(0).path("code").asText()).isEqualTo("NOT_VISIBLE");
        assertThat(deadLetters().get(0).path("message").asText()).contains("Lead").contains("Sharing");
        assertThat(explained("salesforce_id")).isEqualTo(record(id).id());
    }

    /** Its record was in the recycle bin at the event before. */
    @Test
    void aRecordThatWasDeletedBeforeIsPurgedAlsoInAPrivateOrg() {
        SALESFORCE.org().company("DefaultLeadAccess", "None");
        send(0, "First Ltd");
        String record = record(id).id();
        SALESFORCE.org().delete(record);
        send(1, "Second Ltd");
        SALESFORCE.org().purge(record);
        send(2, "Third Ltd");
        assertThat(deadLetters()).isEmpty();
        assertThat(explained("code")).isEqualTo("DELETED_IN_SALESFORCE");
    }

    @Test
    void aReferenceToAPurgedRecordIsNotAboutTheRecordItself() {
        send(0, "First Ltd");
        SALESFORCE.faults().refuseRows(row -> row.recordId() != null,
                new RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", "AccountId"), 1);
        send(1, "Second Ltd");
        assertThat(deadLetters()).hasSize(1);
        assertThat(deadLetters().get(0).path("code").asText()).isEqualTo("INVALID_CROSS_REFERENCE_KEY");
        assertThat(deadLetters().get(0).path("fields").toString()).isEqualTo("[\"AccountId\"]");
        send(2, "Third Ltd");
        assertThat(record(id).text("Company")).isEqualTo("Third Ltd");
    }

    private String explained(String column) {
        List<String> values = sql.queryForList("select " + column + " from identities where identity = ?", String.class, id);
        return values.isEmpty() ? null : values.get(0);
    }

    private void send(int seconds, String company, String... phone) {
        post(seconds, company, phone);
        settle();
    }

    private void post(int seconds, String company, String... phone) {
        ObjectNode body = Ory.identity(id, START.plusSeconds(seconds), "Person");
        ObjectNode traits = (ObjectNode) body.path("identity").path("traits");
        if (company != null) {
            traits.put("company", company);
        }
        if (phone.length > 0) {
            traits.put("phone", phone[0]);
        }
        assertThat(ory.sends(seconds == 0 ? "registration" : "settings", body).statusCode()).isEqualTo(204);
    }
}
