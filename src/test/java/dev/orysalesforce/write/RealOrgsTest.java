package dev.orysalesforce.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.ActiveFault;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.Org;
import dev.orysalesforce.sandbox.RowError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;

/** Orgs as admins have made them: lost permissions, automation with limits, locks, answers that were lost. */
@Tag("any-ledger")
@TestPropertySource(properties = "test.context=real-orgs") // the sizes of calls that it teaches the app are for no other test
@Tag("nightly")
class RealOrgsTest extends AppTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLostPermissionToCreatePausesItsObjectOnly(boolean german) {
        List<String> leads = ids(5);
        List<String> contacts = ids(5);
        SALESFORCE.org().speakGerman(german);
        SALESFORCE.org().forbid("Lead", Org.Permission.CREATE);
        leads.forEach(id -> send("customer", id, 0, "Lead"));
        contacts.forEach(id -> send("employee", id, 0, "Contact"));
        await().until(() -> contacts.stream().allMatch(id -> SALESFORCE.org().byIdentity(id).size() == 1));
        await().until(() -> objectPause("Lead").path("reason").asText().contains("may not create Lead records"));
        assertThat(objectPause("Lead").path("reason").asText()).contains("Create on Lead", "Ory_Identity_Sync");
        assertThat(health().at("/components/objectPauses/details/Contact").isMissingNode()).isTrue();
        assertThat(health().at("/components/deliveryPause/status").asText()).isEqualTo("UP");
        ActiveFault slow = SALESFORCE.faults().start(Fault.latency(Duration.ofMillis(500)).on(CallKind.DESCRIBE));
        await().until(() -> slow.hits() > 0); // it tries again by itself, and asks whether the permission is back
        SALESFORCE.org().permit("Lead", Org.Permission.CREATE);
        await().until(() -> leads.stream().allMatch(id -> SALESFORCE.org().byIdentity(id).size() == 1));
        settle();
        assertThat(deadLetters()).isEmpty();
        assertThat(health().at("/components/objectPauses/status").asText()).isEqualTo("UP");
    }

    /** An org may be older than the app's default, after a downgrade by hand for instance. */
    @Test
    void aVersionThatTheOrgDoesNotServePausesWithThoseThatItDoes() {
        SALESFORCE.org().newestVersion(61);
        String id = ids(1).get(0);
        send("customer", id, 0, "Person");
        await().until(() -> health().at("/components/deliveryPause/details/code").asText().equals("API_VERSION"));
        assertThat(health().at("/components/deliveryPause/details/reason").asText()).contains("31.0 to 61.0", "not 62.0",
                "SALESFORCE_API_VERSION=61.0").doesNotContain("Ory_Identity_Id__c");
        SALESFORCE.org().newestVersion(67);
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Person");
    }

    @Test
    void aLostPermissionToEditDoesNotReachTheOther() {
        List<String> leads = ids(3);
        List<String> contacts = ids(3);
        leads.forEach(id -> send("customer", id, 0, "Before"));
        contacts.forEach(id -> send("employee", id, 0, "Before"));
        settle();
        SALESFORCE.org().forbid("Contact", Org.Permission.EDIT);
        arriveTogether(() -> {
            leads.forEach(id -> send("customer", id, 1, "After"));
            contacts.forEach(id -> send("employee", id, 1, "After"));
        }, 6);
        await().until(() -> leads.stream().allMatch(id -> record(id).text("LastName").equals("After")));
        await().until(() -> objectPause("Contact").path("reason").asText().contains("Edit on Contact"));
        contacts.forEach(id -> send("employee", id, 2, "Newest"));
        SALESFORCE.org().permit("Contact", Org.Permission.EDIT);
        await().until(() -> contacts.stream().allMatch(id -> record(id).text("LastName").equals("Newest")));
        settle();
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aTriggerThatFailsForOneRecordIsNotTakenForALostPermission() {
        String id = UUID.randomUUID().toString();
        SALESFORCE.faults().refuseRows(row -> id.equals(row.identity()), new RowError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                "LeadTrigger: execution of BeforeInsert caused by: System.NullPointerException: Culprit"), -1);
        send("customer", id, 0, "Culprit");
        settle();
        assertThat(deadLetters()).hasSize(1);
        assertThat(deadLetters().get(0).path("message").asText()).contains("A trigger or flow").doesNotContain("Culprit");
        assertThat(health().at("/components/objectPauses/status").asText()).isEqualTo("UP");
    }

    @Test
    void sixHundredPeopleAgainstAutomationThatStandsFiftyRows() {
        SALESFORCE.org().limitAutomation("Lead", 50);
        List<String> ids = ids(600);
        inOneBatch(() -> ids.forEach(id -> send("customer", id, 0, "Person")), 600);
        assertThat(SALESFORCE.org().records("Lead")).hasSize(600);
        assertThat(deadLetters()).isEmpty();
        int first = upserts();
        assertThat(first).isLessThanOrEqualTo(60);
        assertThat(status().path("callSizes").path("Lead (new)").asInt()).isEqualTo(50);

        List<String> more = ids(200);
        inOneBatch(() -> more.forEach(id -> send("customer", id, 0, "Person")), 200);
        assertThat(upserts() - first).as("the size is remembered").isEqualTo(4);
    }

    @Test
    void aLargerCallIsTriedOnceInAHundred() {
        SALESFORCE.org().limitAutomation("Contact", 2);
        inOneBatch(() -> ids(8).forEach(id -> send("employee", id, 0, "Person")), 8);
        assertThat(status().path("callSizes").path("Contact (new)").asInt()).isEqualTo(2);
        int before = upserts();
        inOneBatch(() -> ids(208).forEach(id -> send("employee", id, 0, "Person")), 208);
        inOneBatch(() -> ids(8).forEach(id -> send("employee", id, 0, "Person")), 8); // with a trial: 4 fail, then 2 + 2, 2, 2
        assertThat(upserts() - before).isLessThanOrEqualTo(104 + 4 + 1);
        SALESFORCE.org().limitAutomation("Contact", 200);
        inOneBatch(() -> ids(204).forEach(id -> send("employee", id, 0, "Person")), 204);
        inOneBatch(() -> ids(8).forEach(id -> send("employee", id, 0, "Person")), 8);
        assertThat(status().path("callSizes").path("Contact (new)").asInt()).isEqualTo(4);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aRecordThatTheAutomationRefusesAloneIsADeadLetterAndTheOthersArrive() {
        List<String> ids = ids(40);
        ids.forEach(id -> send("customer", id, 0, "Before"));
        settle();
        SALESFORCE.faults().refuseRows(row -> ids.get(17).equals(row.identity()), new RowError("CANNOT_EXECUTE_FLOW_TRIGGER",
                "We can't save this record because the “Route Lead” process failed. Limit Exceeded"), -1);
        inOneBatch(() -> ids.forEach(id -> send("customer", id, 1, "After")), 40);
        assertThat(SALESFORCE.org().find("Lead", "LastName", "After")).hasSize(39);
        assertThat(deadLetters()).hasSize(1);
        assertThat(deadLetters().get(0).path("identity").asText()).isEqualTo(ids.get(17));
        assertThat(deadLetters().get(0).path("message").asText()).contains("even for this record alone");
        assertThat(status().path("callSizes").path("Lead (known)").asInt(200)).as("calls of as many have worked").isGreaterThan(9);
    }

    @Test
    void whatPassesIsRetriedWhateverItsCode() {
        List<RowError> errors = List.of(
                new RowError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                        "LeadTrigger: caused by: System.DmlException: first error: UNABLE_TO_LOCK_ROW, Culprit"),
                new RowError("CANNOT_EXECUTE_FLOW_TRIGGER",
                        "This error occurred: UNABLE_TO_LOCK_ROW: unable to obtain exclusive access"),
                new RowError("DUPLICATE_VALUE",
                        "duplicate value found: Ory_Identity_Id__c duplicates value on record with id: 00Q5e00000AbCdE"),
                new RowError("UNKNOWN_EXCEPTION", "An unexpected error occurred. ErrorId: 1234567890-12345"),
                new RowError("QUERY_TIMEOUT", "Your query request was running for too long."),
                new RowError("ENTITY_IS_LOCKED", "is currently locked in an approval process"));
        List<String> ids = ids(errors.size());
        String other = UUID.randomUUID().toString();
        for (int i = 0; i < ids.size(); i++) {
            String id = ids.get(i);
            SALESFORCE.faults().refuseRows(row -> id.equals(row.identity()), errors.get(i), 1);
        }
        arriveTogether(() -> Stream.concat(ids.stream(), Stream.of(other)).forEach(one -> send("customer", one, 0, "Culprit")),
                ids.size() + 1);
        await().until(() -> SALESFORCE.org().byIdentity(other).size() == 1);
        settle();
        ids.forEach(id -> record(id));
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aRecordThatMayNotBeTouchedPausesNobodyElse() {
        String id = UUID.randomUUID().toString();
        String other = UUID.randomUUID().toString();
        send("customer", id, 0, "Before");
        settle();
        SALESFORCE.org().makeReadOnly(record(id).id());
        send("customer", id, 1, "After");
        await().until(() -> "retry".equals(sql.queryForObject("select outcome from identities where identity = ?", String.class, id)));
        assertThat(health().at("/components/deliveryPause/status").asText()).isEqualTo("UP");
        send("customer", other, 0, "Other");
        await().until(() -> SALESFORCE.org().byIdentity(other).size() == 1);
        await().until(() -> deadLetters().size() == 1);
        assertThat(deadLetters().get(0).path("code").asText()).isEqualTo("INSUFFICIENT_ACCESS_OR_READONLY");
    }

    @Test
    void whatMeetsTwoHundredInSuccessionConcernsAll() {
        SALESFORCE.faults().refuseRows(row -> "Lead".equals(row.object()), new RowError("INSUFFICIENT_ACCESS_OR_READONLY",
                "insufficient access rights on object id"), -1);
        List<String> ids = ids(250);
        arriveTogether(() -> ids.forEach(id -> send("customer", id, 0, "Person")), 250);
        await().until(() -> objectPause("Lead").path("code").asText().equals("INSUFFICIENT_ACCESS_OR_READONLY"));
        String contact = UUID.randomUUID().toString();
        send("employee", contact, 0, "Contact");
        await().until(() -> SALESFORCE.org().byIdentity(contact).size() == 1);
        SALESFORCE.faults().clear();
        await().until(() -> SALESFORCE.org().records("Lead").size() == 250);
        settle();
        assertThat(deadLetters()).isEmpty();
    }

    private static int upserts() {
        return SALESFORCE.calls().of(CallKind.UPSERT).size();
    }

    private JsonNode objectPause(String object) {
        return health().path("components").path("objectPauses").path("details").path(object);
    }

    private JsonNode status() {
        return read(ory.send(ory.request("/api/status").header("Authorization", "Bearer " + OPERATOR_TOKEN).build()).body());
    }

    private static List<String> ids(int many) {
        return IntStream.range(0, many).mapToObj(i -> UUID.randomUUID().toString()).toList();
    }

    private void send(String schema, String id, int seconds, String lastName) {
        ObjectNode body = Ory.identity(id, START.plusSeconds(seconds), lastName);
        ((ObjectNode) body.path("identity")).put("schema_id", schema);
        assertThat(ory.sends("registration", body).statusCode()).isEqualTo(204);
    }

    private void inOneBatch(Runnable events, int count) {
        arriveTogether(events, count);
        settle();
    }
}
