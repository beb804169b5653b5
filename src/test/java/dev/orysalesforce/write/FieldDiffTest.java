package dev.orysalesforce.write;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.SandboxRecord;
import dev.orysalesforce.sandbox.Write;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries of sales stay; an event without a change at Ory costs no call. */
class FieldDiffTest extends AppTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    private final String id = UUID.randomUUID().toString();

    @Test
    void onlyFieldsThatChangedAtOryAreSent() {
        send("registration", 0, traits -> traits.put("company", "First Ltd").put("phone", "+44 1"));
        send("settings", 1, traits -> traits.put("company", "Second Ltd").put("phone", "+44 1"));
        Write update = lastWrite();
        assertThat(update.operation()).isEqualTo(Write.Operation.UPDATE);
        assertThat(update.fields()).containsOnlyKeys("Company", "Ory_Updated_At__c");
        assertThat(SALESFORCE.calls().of(CallKind.UPDATE)).hasSize(1)
                .allSatisfy(call -> assertThat(call.header("Sforce-Auto-Assign")).isEqualTo("FALSE"));
        assertThat(SALESFORCE.calls().of(CallKind.UPSERT)).hasSize(1);
    }

    @Test
    void aNameThatSalesCorrectedSurvivesAnotherChange() {
        send("registration", 0, traits -> traits.put("company", "First Ltd"));
        SALESFORCE.org().edit(record(id).id(), Map.of("LastName", "Corrected", "Title", "Director"));
        send("settings", 1, traits -> traits.put("company", "Second Ltd"));
        assertThat(record(id).text("LastName")).isEqualTo("Corrected");
        assertThat(record(id).text("Title")).isEqualTo("Director");
        assertThat(record(id).text("Company")).isEqualTo("Second Ltd");
    }

    @Test
    void aPasswordChangeCostsNoCall() {
        send("registration", 0, traits -> {});
        int calls = SALESFORCE.calls().all().size();
        send("settings", 1, traits -> {});
        send("login", 1, traits -> {});
        assertThat(SALESFORCE.calls().all()).hasSize(calls);
        assertThat(sql.queryForObject("select outcome from identities where identity = ?", String.class, id))
                .isEqualTo("unchanged");
    }

    @Test
    void aRemovedTraitIsClearedAndOneThatNeverExistedIsNot() {
        send("registration", 0, traits -> traits.put("phone", "+44 1"));
        SALESFORCE.org().edit(record(id).id(), Map.of("Title", "Typed by sales"));
        send("settings", 1, traits -> {});
        assertThat(record(id).text("Phone")).isNull();
        assertThat(record(id).text("Title")).isEqualTo("Typed by sales");
        int writes = SALESFORCE.writes().ofIdentity(id).size();
        send("settings", 2, traits -> {});
        assertThat(SALESFORCE.writes().ofIdentity(id)).hasSize(writes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"login", "verification", "recovery"})
    void anEventThatChangesNoTraitClearsNothing(String event) {
        send("registration", 0, traits -> traits.put("phone", "+44 1"));
        send(event, 1, traits -> traits.put("company", "First Ltd")); // a template that leaves the phone out
        assertThat(record(id).text("Phone")).isEqualTo("+44 1");
        assertThat(record(id).text("Company")).isEqualTo("First Ltd");
        send("settings", 2, traits -> {});
        assertThat(record(id).text("Phone")).isNull();
    }

    @Test
    void anEventWithoutItsTimeClearsNothing() {
        send("registration", 0, traits -> traits.put("phone", "+44 1").put("company", "First Ltd"));
        ObjectNode recipe = Ory.identity(id, START, "Person");
        ((ObjectNode) recipe.path("identity")).remove("updated_at");
        ory.sends("settings", recipe);
        settle();
        assertThat(record(id).text("Phone")).isEqualTo("+44 1");
    }

    @Test
    void aRequiredFieldIsNeverCleared() {
        send("registration", 0, traits -> traits.put("company", "First Ltd"));
        send("settings", 1, traits -> traits.remove("name"));
        SandboxRecord lead = record(id);
        assertThat(lead.text("LastName")).isEqualTo("Person");
        assertThat(lead.text("Company")).isEqualTo("First Ltd");
        assertThat(lead.text("FirstName")).isNull();
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void thePlaceholdersAreForNewRecordsOnly() {
        send("registration", 0, traits -> {});
        assertThat(record(id).text("Company")).isEqualTo("[Not Provided]");
        SALESFORCE.org().edit(record(id).id(), Map.of("Company", "Typed by sales", "LeadSource", "Fair"));
        send("settings", 1, traits -> traits.put("phone", "+44 1"));
        assertThat(record(id).text("Company")).isEqualTo("Typed by sales");
        assertThat(record(id).text("LeadSource")).isEqualTo("Fair");
    }

    @Test
    void aLateEventDoesNotOverwriteANewerOne() {
        send("settings", 5, traits -> traits.put("company", "Newest Ltd"));
        int calls = SALESFORCE.calls().all().size();
        send("registration", 0, traits -> traits.put("company", "Oldest Ltd"));
        assertThat(record(id).text("Company")).isEqualTo("Newest Ltd");
        assertThat(SALESFORCE.calls().all()).hasSize(calls);
    }

    @Test
    void aLostLedgerFindsTheRecordAgainByItsOryId() {
        send("registration", 0, traits -> traits.put("company", "First Ltd"));
        SALESFORCE.org().edit(record(id).id(), Map.of("LastName", "Corrected"));
        sql.update("delete from identities");
        send("login", 0, traits -> traits.put("company", "First Ltd"));
        assertThat(record(id).text("LastName")).as("nothing newer, nothing sent").isEqualTo("Corrected");
        sql.update("delete from identities");
        send("settings", 9, traits -> traits.put("company", "Second Ltd"));
        assertThat(record(id).text("Company")).isEqualTo("Second Ltd");
        assertThat(record(id).text("LeadSource")).isEqualTo("Ory Registration");
        assertThat(SALESFORCE.calls().of(CallKind.UPSERT)).hasSize(1);
        assertThat(sql.queryForObject("select found_by from identities where identity = ?", String.class, id))
                .isEqualTo("ory-id");
    }

    @Test
    void aLostLedgerLearnsTheSentFieldsFromTheEventOfTheRecordsVersion() {
        send("registration", 0, traits -> traits.put("company", "First Ltd").put("phone", "+44 1"));
        SALESFORCE.org().edit(record(id).id(), Map.of("LastName", "Corrected"));
        sql.update("delete from identities");
        int writes = SALESFORCE.writes().ofIdentity(id).size();
        send("login", 0, traits -> traits.put("company", "First Ltd").put("phone", "+44 1"));
        assertThat(SALESFORCE.writes().ofIdentity(id)).hasSize(writes);
        assertThat(outcome()).isEqualTo("unchanged");
        send("settings", 1, traits -> traits.put("company", "Second Ltd"));
        assertThat(lastWrite().fields()).containsOnlyKeys("Company", "Phone", "Ory_Updated_At__c");
        assertThat(record(id).text("LastName")).as("typed by sales").isEqualTo("Corrected");
        assertThat(record(id).text("Phone")).as("gone at Ory").isNull();
    }

    @Test
    void anOlderEventDoesNotTeachTheLedger() {
        send("settings", 5, traits -> traits.put("company", "Newest Ltd"));
        SALESFORCE.org().edit(record(id).id(), Map.of("LastName", "Corrected"));
        sql.update("delete from identities");
        send("registration", 0, traits -> traits.put("company", "Oldest Ltd"));
        assertThat(sql.queryForObject("select fields from identities where identity = ?", String.class, id)).isEqualTo("{}");
        int writes = SALESFORCE.writes().ofIdentity(id).size();
        send("login", 5, traits -> traits.put("company", "Newest Ltd"));
        assertThat(SALESFORCE.writes().ofIdentity(id)).as("the event of the record's version").hasSize(writes);
        send("settings", 6, traits -> traits.put("company", "Another Ltd"));
        assertThat(lastWrite().fields()).containsOnlyKeys("Company", "Ory_Updated_At__c");
        assertThat(record(id).text("LastName")).isEqualTo("Corrected");
    }

    @Test
    void afterALostLedgerFieldsShownByTheLookUpAreNotSentAgain() {
        send("registration", 0, traits -> traits.put("company", "First Ltd"));
        sql.update("delete from identities");
        send("settings", 1, traits -> traits.put("company", "First Ltd"));
        assertThat(lastWrite().fields()).containsKeys("Company", "LastName").doesNotContainKeys("Email", "LeadSource");
        send("settings", 2, traits -> traits.put("company", "First Ltd").put("email", "other-" + id + "@example.org"));
        assertThat(lastWrite().fields()).containsOnlyKeys("Email", "Ory_Updated_At__c");
    }

    /** Salesforce keeps whole seconds of a version, the ledger the full precision. */
    @Test
    void aLostLedgerDistinguishesTwoStatesWithinASecond() {
        Instant changed = START.plusMillis(100);
        send("registration", changed, traits -> traits.put("company", "First Ltd"));
        SALESFORCE.org().edit(record(id).id(), Map.of("LastName", "Corrected"));
        sql.update("delete from identities");
        send("login", changed, traits -> traits.put("company", "First Ltd"));
        assertThat(outcome()).isEqualTo("unchanged");
        send("settings", START.plusMillis(900), traits -> traits.put("company", "Second Ltd"));
        assertThat(lastWrite().fields()).containsOnlyKeys("Company", "Ory_Updated_At__c");
        assertThat(record(id).text("LastName")).isEqualTo("Corrected");
    }

    @Test
    void aLostLedgerLearnsTheSentFieldsOfAConvertedLead() {
        send("registration", 0, traits -> traits.put("phone", "+44 1"));
        String contact = SALESFORCE.org().convertLead(record(id).id(), true);
        SALESFORCE.org().edit(contact, Map.of("LastName", "Corrected"));
        sql.update("delete from identities");
        send("login", 0, traits -> traits.put("phone", "+44 1"));
        assertThat(outcome()).isEqualTo("unchanged");
        send("settings", 1, traits -> traits.put("phone", "+44 2"));
        assertThat(SALESFORCE.org().record(contact).text("LastName")).isEqualTo("Corrected");
        assertThat(SALESFORCE.org().record(contact).text("Phone")).isEqualTo("+44 2");
    }

    @Test
    void aLostLedgerLearnsTheSentFieldsOfAPrebuiltRecord() {
        give(0, "First Ltd", "+44 1");
        SALESFORCE.org().edit(record(id).id(), Map.of("LastName", "Corrected"));
        sql.update("delete from identities");
        give(0, "First Ltd", "+44 1");
        assertThat(outcome()).isEqualTo("unchanged");
        give(1, "Second Ltd", "+44 1");
        assertThat(lastWrite().fields()).containsOnlyKeys("Company", "Ory_Updated_At__c");
        assertThat(record(id).text("LastName")).isEqualTo("Corrected");
        send("settings", 2, traits -> traits.put("company", "Second Ltd")); // no mapping has written the phone
        assertThat(record(id).text("Phone")).isEqualTo("+44 1");
    }

    /** A repetition, as after a lost answer of the journal. */
    private void give(int seconds, String company, String phone) {
        String at = START.plusSeconds(seconds).toString();
        ObjectNode event = json.createObjectNode().put("event", "gateway").put("receivedAt", at);
        event.putObject("identity").put("id", id);
        event.putObject("record").put("object", "Lead").put("at", at).putObject("fields").put("LastName", "Person")
                .put("Company", company).put("Phone", phone);
        sendToJournal(session -> session.createTextMessage(event.toString()));
        settle();
    }

    private String outcome() {
        return sql.queryForObject("select outcome from identities where identity = ?", String.class, id);
    }

    @Test
    void anIdentityWithAContactNeverGetsALead() {
        SALESFORCE.org().insert("Contact", Map.of("LastName", "Known", "Ory_Identity_Id__c", id));
        send("settings", 1, traits -> traits.put("company", "Their Ltd"));
        assertThat(record(id).object()).isEqualTo("Contact");
        assertThat(record(id).text("LastName")).isEqualTo("Person");
    }

    @Test
    void theLedgerHoldsNoTrait() {
        send("registration", 0, traits -> traits.put("company", "Secret Society").put("phone", "+44 20 7946 0958"));
        send("settings", 1, traits -> traits.put("email", "not an address"));
        String everything = sql.queryForList("select * from identities").toString();
        assertThat(everything).contains(id, "INVALID_EMAIL_ADDRESS", "dead-letter")
                .doesNotContain("Secret", "20 7946 0958", "2079460958", "example.org", "not an address", "Person");
    }

    private void send(String event, int seconds, java.util.function.Consumer<ObjectNode> change) {
        send(event, START.plusSeconds(seconds), change);
    }

    private void send(String event, Instant updatedAt, java.util.function.Consumer<ObjectNode> change) {
        ObjectNode body = Ory.identity(id, updatedAt, "Person");
        change.accept((ObjectNode) body.path("identity").path("traits"));
        assertThat(ory.sends(event, body).statusCode()).isEqualTo(204);
        settle();
    }

    private Write lastWrite() {
        List<Write> writes = SALESFORCE.writes().ofIdentity(id);
        return writes.get(writes.size() - 1);
    }
}
