package dev.orysalesforce.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.ActiveFault;
import dev.orysalesforce.sandbox.Call;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.SuspendableService;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** What waits behind a full batch is prepared while the last calls of that one are out. */
@Tag("nightly")
@TestPropertySource(properties = {"test.context=look-ahead", "sync.batch-size=500", "logging.level.dev.orysalesforce=INFO"})
class LookAheadTest extends ReloadAppTest {

    private static final int BATCH = 500;
    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");
    /** The tests let go of the calls before. */
    private static final Duration HELD = Duration.ofSeconds(50);

    @Autowired
    private CamelContext camel;

    private final List<String> people = new ArrayList<>();

    @Test
    void theNextBatchIsLookedUpWhileTheLastCallsAreOutAndOnlyOnce() {
        ActiveFault held = SALESFORCE.faults().start(Fault.latency(HELD).on(CallKind.UPSERT));
        arriveTogether(() -> sign(2 * BATCH), 2 * BATCH);
        awaitTheNextLookUp();
        held.stop();
        settle();
        assertThat(lookUps()).as("one for 400").hasSize(4);
        assertThat(upserts()).hasSize(6);
        assertThat(SALESFORCE.org().records("Lead")).hasSize(people.size());
        assertThat(SALESFORCE.writes().createdTwice()).isEmpty();
    }

    /** The sandbox notes each write of an older state after a newer one. */
    @Test
    void identitiesWithEventsInBothBatchesKeepTheirOrder() {
        ActiveFault held = SALESFORCE.faults().start(Fault.latency(HELD).on(CallKind.UPSERT));
        arriveTogether(() -> {
            sign(BATCH);
            people.subList(0, 300).forEach(id -> changes(id, 1));
            sign(200);
            people.subList(200, 600).forEach(id -> changes(id, 2));
        }, 2 * BATCH + 400);
        awaitTheNextLookUp();
        held.stop();
        settle();
        assertThat(SALESFORCE.org().records("Lead")).hasSize(people.size());
        people.subList(200, 600).forEach(id -> assertThat(record(id).text("LastName")).isEqualTo("Version 2"));
        people.subList(0, 200).forEach(id -> assertThat(record(id).text("LastName")).isEqualTo("Version 1"));
        assertThat(SALESFORCE.writes().createdTwice()).isEmpty();
    }

    @Test
    void ifABatchRollsBackNothingIsWrittenOfTheNext() {
        SALESFORCE.calls().keepBodies(true);
        ActiveFault held = SALESFORCE.faults().start(Fault.latency(HELD).on(CallKind.UPSERT));
        ActiveFault outage = SALESFORCE.faults().start(Fault.unavailable().on(CallKind.UPSERT));
        arriveTogether(() -> sign(2 * BATCH), 2 * BATCH);
        awaitTheNextLookUp();
        held.stop();
        changes(people.get(2 * BATCH - 1), 1);
        await().until(() -> outage.hits() > 4);
        String sent = upserts().stream().map(Call::body).collect(Collectors.joining());
        SALESFORCE.calls().keepBodies(false);
        assertThat(sent).contains(people.get(0));
        assertThat(people.subList(BATCH, 2 * BATCH)).as("of the first batch only").noneMatch(sent::contains);
        SALESFORCE.faults().clear();
        settle();
        assertThat(SALESFORCE.org().records("Lead")).hasSize(people.size());
        assertThat(record(people.get(2 * BATCH - 1)).text("LastName")).isEqualTo("Version 1");
        assertThat(SALESFORCE.writes().createdTwice()).isEmpty();
    }

    @Test
    void aMappingThatWasEditedMeanwhileMakesTheRecords() {
        ActiveFault held = SALESFORCE.faults().start(Fault.latency(HELD).on(CallKind.UPSERT));
        arriveTogether(() -> sign(2 * BATCH), 2 * BATCH);
        awaitTheNextLookUp();
        ConfigWorkspace.write(LEAD,
                ConfigWorkspace.read(LEAD).replace("\"LeadSource\": \"Ory Registration\"", "\"LeadSource\": \"Edited\""));
        SuspendableService batches = (SuspendableService) camel.getRoute("sync.next").getConsumer();
        await("the reload waits for the end of the batch").until(batches::isSuspended);
        held.stop();
        settle();
        awaitTaken(LEAD);
        assertThat(record(people.get(0)).text("LeadSource")).isEqualTo("Ory Registration");
        assertThat(people.subList(BATCH, 2 * BATCH)).allSatisfy(id -> assertThat(record(id).text("LeadSource")).isEqualTo("Edited"));
        SALESFORCE.reset();
    }

    /** Both are looked up before the first of them is written. */
    @Test
    void ofTwoIdentitiesWithTheAddressOfARecordTheFirstAdoptsIt() {
        SALESFORCE.org().insert("Lead", Map.of("LastName", "Sales", "Company", "Theirs", "Email", "pat@example.org"));
        ActiveFault held = SALESFORCE.faults().start(Fault.latency(HELD).on(CallKind.UPDATE));
        String first = UUID.randomUUID().toString();
        String second = UUID.randomUUID().toString();
        arriveTogether(() -> {
            sign(BATCH - 1);
            pat(first);
            pat(second);
            sign(BATCH - 1);
        }, 2 * BATCH);
        awaitTheNextLookUp();
        held.stop();
        settle();
        assertThat(record(first).text("Company")).as("adopted").isEqualTo("Theirs");
        assertThat(record(second).text("Company")).as("another one").isNotEqualTo("Theirs");
        assertThat(SALESFORCE.org().records("Lead")).hasSize(2 * BATCH);
        assertThat(updates()).hasSize(1);
    }

    /** The first batch takes two; it can't end before its calls are answered, so the third is for the second batch. */
    private static void awaitTheNextLookUp() {
        await().until(() -> lookUps().size() == 3);
    }

    private void sign(int count) {
        for (int i = 0; i < count; i++) {
            String id = UUID.randomUUID().toString();
            people.add(id);
            append("registration", Ory.identity(id, START, "Version 0"));
        }
    }

    private void changes(String id, int version) {
        append("settings", Ory.identity(id, START.plusSeconds(version), "Version " + version));
    }

    /** Not by a webhook: thousands of them would take most of the time. */
    private void append(String event, ObjectNode hook) {
        ObjectNode change = json.createObjectNode().put("event", event).put("receivedAt", Instant.now().toString());
        change.set("identity", hook.path("identity"));
        sendToJournal(session -> session.createTextMessage(change.toString()));
    }

    private void pat(String id) {
        ObjectNode hook = Ory.identity(id, START, "Pat");
        ((ObjectNode) hook.at("/identity/traits")).put("email", "pat@example.org");
        ((ObjectNode) hook.at("/identity")).putArray("verifiable_addresses").addObject().put("value", "pat@example.org")
                .put("via", "email").put("verified", true).put("status", "completed");
        assertThat(ory.sends("registration", hook).statusCode()).isEqualTo(204);
    }

    private static List<Call> lookUps() {
        return SALESFORCE.calls().of(CallKind.COMPOSITE);
    }

    private static List<Call> upserts() {
        return SALESFORCE.calls().of(CallKind.UPSERT);
    }

    private static List<Call> updates() {
        return SALESFORCE.calls().of(CallKind.UPDATE);
    }
}
