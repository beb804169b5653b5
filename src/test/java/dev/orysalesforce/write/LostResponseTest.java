package dev.orysalesforce.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.ledger.History;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** A write that Salesforce executed and whose answer was lost. */
class LostResponseTest extends AppTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    private final String id = UUID.randomUUID().toString();

    @Autowired
    private Ledger ledger;

    @Test
    void aValueThatChangesAndChangesBackIsRestored() {
        send(0, traits -> traits.put("company", "First Ltd"));
        settle();
        loseTheAnswerTo(CallKind.UPDATE, () -> send(1, traits -> traits.put("company", "Second Ltd")));
        assertThat(record(id).text("Company")).isEqualTo("Second Ltd");
        send(2, traits -> traits.put("company", "First Ltd"));
        heal();
        assertThat(record(id).text("Company")).isEqualTo("First Ltd");
    }

    @Test
    void aTraitThatWasAddedAndRemovedIsCleared() {
        send(0, traits -> {});
        settle();
        loseTheAnswerTo(CallKind.UPDATE, () -> send(1, traits -> traits.put("phone", "+44 1")));
        send(2, traits -> {});
        heal();
        assertThat(record(id).text("Phone")).isNull();
    }

    @Test
    void aRecordThatWasMadeIsKnownLikeAnyOther() {
        loseTheAnswerTo(CallKind.UPSERT, () -> send(0, traits -> traits.put("company", "First Ltd")));
        heal();
        assertThat(ledger.find(id).orElseThrow().history().steps()).extracting(History.Step::foundBy).containsExactly("created");
        SALESFORCE.org().edit(record(id).id(), Map.of("LastName", "Corrected"));
        send(1, traits -> traits.put("company", "Second Ltd"));
        settle();
        assertThat(record(id).text("Company")).isEqualTo("Second Ltd");
        assertThat(record(id).text("LastName")).as("what sales typed").isEqualTo("Corrected");
    }

    /** Salesforce keeps whole seconds of a version, the ledger the full precision. */
    @Test
    void aChangeWithinTheSameSecondIsStillWritten() {
        loseTheAnswerTo(CallKind.UPSERT, () -> send("2026-11-01T10:00:00.1Z", traits -> traits.put("company", "First Ltd")));
        send("2026-11-01T10:00:00.9Z", traits -> traits.put("company", "Second Ltd"));
        heal();
        assertThat(record(id).text("Company")).isEqualTo("Second Ltd");
    }

    @Test
    void aRecordThatWasMadeLosesATraitThatIsGone() {
        loseTheAnswerTo(CallKind.UPSERT, () -> send(0, traits -> traits.put("phone", "+44 1")));
        send(1, traits -> {});
        heal();
        assertThat(record(id).text("Phone")).isNull();
    }

    private void loseTheAnswerTo(CallKind kind, Runnable event) {
        SALESFORCE.faults().start(Fault.reset().on(kind).withLostAnswer().times(1));
        SALESFORCE.faults().start(Fault.unavailable().on(kind));
        int writes = SALESFORCE.writes().all().size();
        event.run();
        await().until(() -> SALESFORCE.writes().all().size() > writes);
    }

    private void heal() {
        SALESFORCE.faults().clear();
        settle();
    }

    private void send(int seconds, Consumer<ObjectNode> change) {
        send(START.plusSeconds(seconds).toString(), change);
    }

    private void send(String updatedAt, Consumer<ObjectNode> change) {
        ObjectNode body = Ory.identity(id, Instant.parse(updatedAt), "Person");
        change.accept((ObjectNode) body.path("identity").path("traits"));
        assertThat(ory.sends("settings", body).statusCode()).isEqualTo(204);
    }
}
