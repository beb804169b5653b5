package dev.orysalesforce.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.Write;
import dev.orysalesforce.sync.LedgerEntries;
import dev.orysalesforce.sync.SyncItem;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A user name that stands in for a missing last name follows its source until sales types another last name. */
@ExtendWith(OutputCaptureExtension.class)
class StandInTest extends AppTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    private final String id = UUID.randomUUID().toString();

    @Autowired
    private FieldDiff diff;

    @Autowired
    private StandIns standIns;

    @ParameterizedTest
    @CsvSource({"customer, Lead", "employee, Contact"})
    void aStandInThatTheRecordStillHoldsIsReplaced(String schema, String object) {
        send(schema, "registration", 0, "mona_k");
        assertThat(record(id).object()).isEqualTo(object);
        assertThat(record(id).text("LastName")).isEqualTo("mona_k");
        send(schema, "settings", 1, "mona_kr");
        assertThat(record(id).text("LastName")).isEqualTo("mona_kr");
        assertThat(lastWrite().fields()).containsOnlyKeys("LastName", "Ory_Updated_At__c");
        assertThat(outcome()).isEqualTo("synced");
        send(schema, "settings", 2, "mona_kramer");
        assertThat(record(id).text("LastName")).isEqualTo("mona_kramer");
        assertThat(SALESFORCE.org().records(object)).hasSize(1);
    }

    @Test
    void aBatchReadsAllItsRecordsInOneCall() {
        List<String> ids = IntStream.range(0, 30).mapToObj(i -> UUID.randomUUID().toString()).toList();
        together(() -> ids.forEach(person -> post(schema(person), "registration", person, 0, "before_" + person)), ids.size());
        List<String> corrected = ids.subList(0, 10);
        corrected.forEach(person -> SALESFORCE.org().edit(record(person).id(), Map.of("LastName", "Typed by sales")));
        int reads = reads();
        int updates = SALESFORCE.calls().of(CallKind.UPDATE).size();
        together(() -> ids.forEach(person -> post(schema(person), "settings", person, 1, "after_" + person)), ids.size());
        assertThat(reads()).isEqualTo(reads + 1);
        assertThat(SALESFORCE.calls().of(CallKind.UPDATE)).hasSize(updates + 1);
        assertThat(ids).allSatisfy(person -> assertThat(record(person).text("LastName"))
                .isEqualTo(corrected.contains(person) ? "Typed by sales" : "after_" + person));
    }

    private static String schema(String person) {
        return person.charAt(0) < '8' ? "customer" : "employee";
    }

    @ParameterizedTest
    @ValueSource(strings = {"customer", "employee"})
    void aNameThatSalesTypedStaysAndIsReadOnce(String schema) {
        send(schema, "registration", 0, "mona_k");
        SALESFORCE.org().edit(record(id).id(), Map.of("LastName", "Typed by sales"));
        int reads = reads();
        send(schema, "settings", 1, "mona_kr");
        assertThat(record(id).text("LastName")).isEqualTo("Typed by sales");
        assertThat(outcome()).isEqualTo("unchanged");
        assertThat(reads()).isEqualTo(reads + 1);
        int calls = SALESFORCE.calls().all().size();
        send(schema, "settings", 2, "mona_kra");
        assertThat(SALESFORCE.calls().all()).hasSize(calls);
        SALESFORCE.org().edit(record(id).id(), Map.of("LastName", "mona_k"));
        send(schema, "settings", 3, "mona_kram");
        assertThat(SALESFORCE.calls().all()).hasSize(calls);
        assertThat(record(id).text("LastName")).isEqualTo("mona_k");
    }

    @Test
    void aNameThatSalesTypedStaysWhileOtherFieldsAreSent() {
        send("customer", "registration", 0, "mona_k");
        SALESFORCE.org().edit(record(id).id(), Map.of("LastName", "Typed by sales"));
        ObjectNode body = body("customer", id, 1, "mona_kr");
        traits(body).put("phone", "+44 1");
        sent("settings", body);
        assertThat(lastWrite().fields()).containsOnlyKeys("Phone", "Ory_Updated_At__c");
        int reads = reads();
        send("customer", "settings", 2, "mona_kra");
        assertThat(reads()).isEqualTo(reads);
        assertThat(record(id).text("LastName")).isEqualTo("Typed by sales");
    }

    @Test
    void aStandInThatDoesNotChangeCostsNoCall() {
        send("customer", "registration", 0, "mona_k");
        int calls = SALESFORCE.calls().all().size();
        send("customer", "settings", 1, "mona_k");
        send("customer", "login", 2, "mona_k");
        assertThat(SALESFORCE.calls().all()).hasSize(calls);
        int reads = reads();
        ObjectNode body = body("customer", id, 3, "mona_k");
        traits(body).put("phone", "+44 1");
        sent("settings", body);
        assertThat(reads()).isEqualTo(reads);
        assertThat(lastWrite().fields()).containsOnlyKeys("Phone", "Ory_Updated_At__c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Kramer", "mona_k"})
    void aRealNameIsSentAndNoStandInComesAfterIt(String name) {
        send("customer", "registration", 0, "mona_k");
        SALESFORCE.org().edit(record(id).id(), Map.of("LastName", "Typed by sales"));
        int reads = reads();
        ObjectNode named = body("customer", id, 1, "mona_kr");
        traits(named).putObject("name").put("last", name);
        sent("settings", named);
        assertThat(record(id).text("LastName")).isEqualTo(name);
        send("customer", "settings", 2, "mona_kra");
        assertThat(record(id).text("LastName")).as("the name is gone at Ory").isEqualTo(name);
        assertThat(reads()).isEqualTo(reads);
    }

    @Test
    void theCompanysPlaceholderNeverChangesAndIsReplacedByACompany() {
        ObjectNode named = Ory.identity(id, START, "Kramer");
        sent("registration", named);
        assertThat(record(id).text("Company")).isEqualTo("[Not Provided]");
        int reads = reads();
        ObjectNode employed = Ory.identity(id, START.plusSeconds(1), "Kramer");
        traits(employed).put("company", "First Ltd");
        sent("settings", employed);
        assertThat(record(id).text("Company")).isEqualTo("First Ltd");
        sent("settings", Ory.identity(id, START.plusSeconds(2), "Kramer"));
        assertThat(record(id).text("Company")).isEqualTo("First Ltd");
        assertThat(reads()).isEqualTo(reads);
    }

    @ParameterizedTest
    @ValueSource(strings = {"login", "settings"})
    void anEventWithAPartOfTheIdentityReplacesNoStandIn(String event) {
        send("customer", "registration", 0, "mona_k");
        int reads = reads();
        ObjectNode part = body("customer", id, 1, "mona_kr");
        if (event.equals("settings")) {
            ((ObjectNode) part.path("identity")).remove("schema_id");
        }
        sent(event, part);
        assertThat(record(id).text("LastName")).isEqualTo("mona_k");
        assertThat(reads()).isEqualTo(reads);
        assertThat(sql.queryForObject("select seen_verified from identities where identity = ?", Integer.class, id))
                .as("a comparison brings the whole identity").isEqualTo(-1);
        send("customer", "settings", 1, "mona_kr");
        assertThat(record(id).text("LastName")).isEqualTo("mona_kr");
    }

    @ParameterizedTest
    @CsvSource({"true, mona_k, mona_kr", "false, mona_k, mona_kr", "true, Typed by sales, Typed by sales",
        "false, Typed by sales, Typed by sales"})
    void theContactOfAConvertedLeadIsReadAsWell(boolean carriesTheId, String held, String then) {
        send("customer", "registration", 0, "mona_k");
        String contact = SALESFORCE.org().convertLead(record(id).id(), carriesTheId);
        SALESFORCE.org().edit(contact, Map.of("LastName", held));
        ObjectNode body = body("customer", id, 1, "mona_kr");
        traits(body).put("phone", "+44 1");
        sent("settings", body);
        assertThat(SALESFORCE.org().record(contact).text("Phone")).isEqualTo("+44 1");
        assertThat(SALESFORCE.org().record(contact).text("LastName")).isEqualTo(then);
        assertThat(SALESFORCE.org().record(contact).identity()).isEqualTo(id);
        traits(body).put("username", "mona_kra");
        ((ObjectNode) body.path("identity")).put("updated_at", START.plusSeconds(2).toString());
        sent("settings", body);
        assertThat(SALESFORCE.org().record(contact).text("LastName")).isEqualTo(then.equals("mona_kr") ? "mona_kra" : then);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void theWinnerOfAMergeKeepsItsName() {
        send("customer", "registration", 0, "mona_k");
        String winner = SALESFORCE.org().insert("Lead", Map.of("LastName", "Winner", "Company", "Theirs"));
        SALESFORCE.org().merge(winner, record(id).id());
        ObjectNode body = body("customer", id, 1, "mona_kr");
        traits(body).put("phone", "+44 1");
        sent("settings", body);
        assertThat(SALESFORCE.org().record(winner).text("Phone")).isEqualTo("+44 1");
        assertThat(SALESFORCE.org().record(winner).text("LastName")).isEqualTo("Winner");
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void nothingFailsIfTheRecordWasDeleted() {
        send("customer", "registration", 0, "mona_k");
        SALESFORCE.org().delete(record(id).id());
        send("customer", "settings", 1, "mona_kr");
        assertThat(outcome()).isEqualTo("unchanged");
        assertThat(deadLetters()).isEmpty();
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
    }

    @Test
    void anErasedIdentityIsNotRead() {
        send("customer", "registration", 0, "mona_k");
        String lead = record(id).id();
        assertThat(ory.send(ory.request("/api/identities/" + id).header("Authorization", "Bearer " + OPERATOR_TOKEN)
                .DELETE().build()).statusCode()).isEqualTo(202);
        settle();
        int reads = reads();
        send("customer", "settings", 1, "mona_kr");
        assertThat(reads()).isEqualTo(reads);
        assertThat(SALESFORCE.org().record(lead).text("LastName")).isEqualTo("mona_k");
        assertThat(sql.queryForList("select identity from identities where identity = ?", id)).isEmpty();
    }

    @Test
    void aReadThatFailsIsRepeated(CapturedOutput log) {
        send("customer", "registration", 0, "mona_k");
        SALESFORCE.faults().start(Fault.unavailable().on(CallKind.COMPOSITE).times(2));
        send("customer", "settings", 1, "mona_kr");
        assertThat(record(id).text("LastName")).isEqualTo("mona_kr");
        assertThat(deadLetters()).isEmpty();
        assertThat(log).contains("Delivery paused").doesNotContain("mona_k");
    }

    /** After a lost answer the record may hold either stand-in, and sales may have typed another name meanwhile. */
    @ParameterizedTest
    @CsvSource({"true, false", "false, false", "true, true", "false, true"})
    void aWriteWhoseAnswerIsLostIsNotTakenForAnEntryOfSales(boolean written, boolean corrected) {
        send("customer", "registration", 0, "mona_k");
        Fault fault = written ? Fault.truncated() : Fault.reset();
        SALESFORCE.faults().start(fault.on(CallKind.UPDATE));
        post("customer", "settings", id, 1, "mona_kr");
        await().until(() -> !SALESFORCE.calls().where(call -> call.kind() == CallKind.UPDATE && call.fault() != null).isEmpty());
        if (corrected) {
            SALESFORCE.org().edit(record(id).id(), Map.of("LastName", "Typed by sales"));
        }
        SALESFORCE.faults().clear();
        settle();
        if (!corrected) {
            assertThat(record(id).text("LastName")).isEqualTo("mona_kr");
        }
        send("customer", "settings", 2, "mona_kramer");
        assertThat(record(id).text("LastName")).isIn(corrected ? List.of("Typed by sales", "mona_kramer") : List.of("mona_kramer"));
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aLostLedgerLearnsTheStandIn() {
        send("customer", "registration", 0, "mona_k");
        sql.update("delete from identities");
        send("customer", "login", 0, "mona_k");
        assertThat(outcome()).isEqualTo("unchanged");
        send("customer", "settings", 1, "mona_kr");
        assertThat(record(id).text("LastName")).isEqualTo("mona_kr");
        sql.update("delete from identities");
        ObjectNode body = body("customer", id, 2, "mona_kr");
        traits(body).put("phone", "+44 1");
        sent("settings", body);
        assertThat(record(id).text("Phone")).isEqualTo("+44 1");
        send("customer", "settings", 3, "mona_kramer");
        assertThat(record(id).text("LastName")).isEqualTo("mona_kramer");
    }

    @Test
    void aNameInAnAdoptedRecordIsNoStandIn() {
        ObjectNode body = body("customer", id, 0, "mona_k");
        String email = traits(body).path("email").asText();
        ((ObjectNode) body.path("identity")).putArray("verifiable_addresses").addObject().put("value", email)
                .put("via", "email").put("verified", true);
        String lead = SALESFORCE.org().insert("Lead", Map.of("LastName", "mona_k", "Company", "Theirs", "Email", email));
        sent("registration", body);
        assertThat(record(id).id()).isEqualTo(lead);
        int reads = reads();
        send("customer", "settings", 1, "mona_kr");
        assertThat(record(id).text("LastName")).isEqualTo("mona_k");
        assertThat(reads()).isEqualTo(reads);
    }

    @Test
    void theLedgerHoldsOnlyHashesOfFieldsThatTheOrgRequires() {
        send("customer", "registration", 0, "mona_k");
        String fields = sql.queryForObject("select fields from identities where identity = ?", String.class, id);
        assertThat(fields).contains("\"LastName\"", "\"Company\"").doesNotContain("mona_k", "Provided", "LeadSource");
    }

    /** In mapping languages without {@code filled}, an absent name may be a null beside the stand-in. */
    @Test
    void aNullBesideAStandInDoesNotEmptyTheField() {
        SyncItem fresh = item(0, null);
        mapped(fresh, "mona_k");
        diff.compare(fresh);
        assertThat(fresh.getRecord().path("LastName").asText()).isEqualTo("mona_k");
        standIns.rememberSent(fresh);
        fresh.synced("00Q000000000001AAA", true);

        SyncItem next = item(1, LedgerEntries.entry(fresh, Instant.EPOCH));
        mapped(next, "mona_kr");
        diff.compare(next);
        assertThat(next.getOutcome()).as("not read").isEqualTo(SyncItem.Outcome.UNCHANGED);

        SyncItem read = item(1, LedgerEntries.entry(fresh, Instant.EPOCH));
        mapped(read, "mona_kr");
        read.shows(json.createObjectNode().put("LastName", "mona_k"));
        diff.compare(read);
        assertThat(read.getRecord().path("LastName").asText()).isEqualTo("mona_kr");

        SyncItem corrected = item(1, LedgerEntries.entry(fresh, Instant.EPOCH));
        mapped(corrected, "mona_kr");
        corrected.shows(json.createObjectNode().put("LastName", "Typed by sales"));
        diff.compare(corrected);
        assertThat(corrected.getOutcome()).isEqualTo(SyncItem.Outcome.UNCHANGED);

        SyncItem last = item(2, LedgerEntries.entry(corrected, Instant.EPOCH));
        mapped(last, "mona_kramer");
        last.shows(json.createObjectNode().put("LastName", "mona_k"));
        diff.compare(last);
        assertThat(last.getOutcome()).isEqualTo(SyncItem.Outcome.UNCHANGED);
    }

    /** Salesforce holds no more of a text than fits, without the spaces at its ends. */
    @Test
    void aStandInThatSalesforceCannotHoldAsItIsIsRecognized() {
        String standIn = " " + "m".repeat(90) + " ";
        SyncItem fresh = item(0, null);
        mapped(fresh, standIn);
        diff.compare(fresh);
        standIns.rememberSent(fresh);
        fresh.synced("00Q000000000001AAA", true);
        SyncItem read = item(1, LedgerEntries.entry(fresh, Instant.EPOCH));
        mapped(read, "mona_kr");
        read.shows(json.createObjectNode().put("LastName", "m".repeat(80)));
        diff.compare(read);
        assertThat(read.getRecord().path("LastName").asText()).isEqualTo("mona_kr");
    }

    private SyncItem item(int seconds, LedgerEntry known) {
        SyncItem item = new SyncItem(new IdentityChange("settings", START.plusSeconds(seconds), null,
                (ObjectNode) body("customer", id, seconds, "mona_k").path("identity"), null, null, null, 0, null),
                Mapping.of("mappings/lead.jslt"));
        if (known != null) {
            item.loadKnown(known);
        }
        return item;
    }

    private void mapped(SyncItem item, String standIn) {
        ObjectNode record = json.createObjectNode().putNull("LastName").put("Email", "p@example.org");
        record.putObject("onCreate").put("LastName", standIn);
        item.mapped("Lead", record);
    }

    private static int reads() {
        return SALESFORCE.calls().of(CallKind.COMPOSITE, CallKind.QUERY, CallKind.READ).size();
    }

    private String outcome() {
        return sql.queryForObject("select outcome from identities where identity = ?", String.class, id);
    }

    private Write lastWrite() {
        List<Write> writes = SALESFORCE.writes().ofIdentity(id);
        return writes.get(writes.size() - 1);
    }

    private void send(String schema, String event, int seconds, String userName) {
        post(schema, event, id, seconds, userName);
        settle();
    }

    private void sent(String event, ObjectNode body) {
        assertThat(ory.sends(event, body).statusCode()).isEqualTo(204);
        settle();
    }

    private void post(String schema, String event, String identity, int seconds, String userName) {
        assertThat(ory.sends(event, body(schema, identity, seconds, userName)).statusCode()).isEqualTo(204);
    }

    /** An identity that has a user name in place of a name. */
    private static ObjectNode body(String schema, String identity, int seconds, String userName) {
        ObjectNode body = Ory.identity(identity, START.plusSeconds(seconds), "");
        ((ObjectNode) body.path("identity")).put("schema_id", schema);
        traits(body).put("username", userName).remove("name");
        return body;
    }

    private static ObjectNode traits(ObjectNode body) {
        return (ObjectNode) body.path("identity").path("traits");
    }

    private void together(Runnable events, int count) {
        arriveTogether(events, count);
        settle();
    }
}
