package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.journal.JournalCount;
import dev.orysalesforce.sandbox.Fault;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.activemq.artemis.api.core.management.ResourceNames;
import org.apache.activemq.artemis.core.message.impl.CoreMessage;
import org.apache.activemq.artemis.core.postoffice.RoutingStatus;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.server.impl.AckReason;
import org.apache.activemq.artemis.core.server.impl.MessageReferenceImpl;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** An operator moves dead letters into the journal by the broker's own means. */
@Tag("any-ledger")
class MovedLettersTest extends OperatorTest {

    @Autowired
    private EmbeddedActiveMQ broker;

    @Autowired
    private JournalCount count;

    private JsonNode before;

    @BeforeEach
    void balance() {
        before = get("/api/status").path("balance");
    }

    @Test
    void aMovedLetterIsSyncedAndCountsAsReplayed() throws Exception {
        SALESFORCE.org().schema("Lead").alter("LastName", rule -> rule.withLength(3));
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, START, "TooLong"));
        settle();
        SALESFORCE.org().schema("Lead").alter("LastName", rule -> rule.withLength(80));
        assertThat(move("code = 'STRING_TOO_LONG'")).isEqualTo(1);
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("TooLong");
        assertThat(deadLetters()).isEmpty();
        assertMoved("replayed", 1);
        assertMoved("deadLettered", 1);
        assertMoved("synced", 1);
    }

    @Test
    void theBalanceHoldsWhileTheyWait() throws Exception {
        List<String> ids = IntStream.range(0, 3).mapToObj(i -> refused("Kowalczykowa")).toList();
        settle();
        SALESFORCE.faults().start(Fault.unavailable());
        assertThat(move("identity = '" + ids.get(0) + "'")).isEqualTo(1);
        assertThat(move(null)).isEqualTo(2);
        await().untilAsserted(() -> assertMoved("replayed", 3));
        await().until(this::isPaused);
        await().untilAsserted(() -> assertMoved("pending", 3));
        JsonNode waiting = await().until(() -> get("/api/events"), events -> events.path("items").size() == 3);
        assertThat(waiting.path("items")).extracting(event -> event.path("identity").asText())
                .containsExactlyInAnyOrderElementsOf(ids);
        assertThat(waiting.path("items")).allSatisfy(event -> assertThat(event.path("event").asText()).isEqualTo("registration"));
        assertThat(waiting.toString()).doesNotContainIgnoringCase("kowalczykowa");
        SALESFORCE.faults().clear();
        settle();
        assertThat(deadLetters()).hasSize(3);
        assertMoved("replayed", 3);
        assertMoved("deadLettered", 6);
    }

    @Test
    void theAttemptsAreCountedFromZeroAndNothingNewerIsOverwritten() throws Exception {
        String id = refused("Older");
        settle();
        Message letter = jms.receive("dead-letters");
        ObjectNode content = (ObjectNode) read(((TextMessage) letter).getText());
        ((ObjectNode) content.path("original")).put("attempts", 3);
        jms.convertAndSend("dead-letters", content.toString());
        assertThat(move(null)).isEqualTo(1);
        await().until(() -> deadLetters().size() == 1);
        assertThat(deadLetters().get(0).path("attempts").asInt()).isEqualTo(1);
        settle();
        ory.sends("settings", Ory.identity(id, START.plusSeconds(60), "Newer"));
        settle();
        assertThat(move(null)).isEqualTo(1);
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Newer");
        assertThat(deadLetters()).isEmpty();
        assertMoved("replayed", 2);
    }

    @Test
    void aLetterWithoutAnEventComesBackAsItWas() throws Exception {
        ory.sends("login", "{\"unreadable\": \"kowalczykowa");
        ory.sends("login", "{\"other\": \"kowalczykowa\"}");
        ory.sends("registration", Ory.webhook("registration-before-persistence"));
        List<JsonNode> letters = deadLetters();
        assertThat(letters).hasSize(3);
        assertThat(move(null)).isEqualTo(3);
        settle();
        assertThat(deadLetters()).containsExactlyInAnyOrderElementsOf(letters);
        assertThat(get("/api/dead-letters?code=NO_IDENTITY").path("total").asInt()).isEqualTo(1);
        assertMoved("replayed", 3);
        assertMoved("deadLettered", 3);
        assertThat(SALESFORCE.org().records("Lead")).isEmpty();
    }

    /** Any program may write to an external broker. */
    @Test
    void whatOnlyLooksLikeALetterIsUnreadable() {
        sendToJournal(session -> session.createTextMessage("{\"original\":{}}"));
        sendToJournal(session -> session.createTextMessage("{\"id\":7,\"code\":[],\"original\":{}}"));
        sendToJournal(session -> session.createTextMessage("null"));
        settle();
        assertThat(deadLetters()).hasSize(3).allSatisfy(letter -> assertThat(letter.path("code").asText()).isEqualTo("UNREADABLE_BODY"));
        assertMoved("deadLettered", 3);
    }

    /** When it was kept, {@code mappings/event.*} did not know this name for the ID. */
    @Test
    void aBodyThatCouldNotBeUsedIsReadAgain() throws Exception {
        String id = UUID.randomUUID().toString();
        jms.convertAndSend("dead-letters", "{\"id\":\"" + UUID.randomUUID() + "\",\"event\":\"registration\",\"code\":\"NO_IDENTITY\","
                + "\"receivedAt\":\"" + START + "\",\"original\":{\"body\":{\"userId\":\"" + id + "\","
                + "\"email\":\"again@example.org\",\"name\":\"Read Again\"}}}");
        assertThat(move(null)).isEqualTo(1);
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Again");
        assertThat(deadLetters()).isEmpty();
        assertMoved("replayed", 1);
    }

    @Test
    void manyAreMovedAndEachIsCountedOnce() throws Exception {
        List<String> ids = IntStream.range(0, 450).mapToObj(i -> refused("Many")).toList();
        settle();
        assertThat(move("code = 'INVALID_EMAIL_ADDRESS'")).isEqualTo(450);
        settle();
        assertThat(deadLetters().stream().map(letter -> letter.path("identity").asText()))
                .containsExactlyInAnyOrderElementsOf(ids);
        assertMoved("replayed", 450);
        assertMoved("deadLettered", 900);
    }

    /** The broker tells of a move, as of an event, some time after it has been stored: then a batch may have taken it. */
    @Test
    void anEventThatIsTakenBeforeItIsCountedIsNotCountedForEver() {
        CoreMessage event = new CoreMessage(1, 64);
        event.setAddress("identity-changes");
        count.messageAcknowledged(null, new MessageReferenceImpl(event, broker.getActiveMQServer().locateQueue("identity-changes")),
                AckReason.NORMAL, null);
        assertThat(count.waiting()).isZero();
        count.afterSend(null, null, event, false, false, RoutingStatus.OK);
        assertThat(count.waiting()).isZero();
    }

    private int move(String filter) throws Exception {
        return (Integer) broker.getActiveMQServer().getManagementService().invokeOperation(
                ResourceNames.QUEUE + "dead-letters", "moveMessages", new Object[] {filter, "identity-changes"}, null);
    }

    private void assertMoved(String counter, int by) {
        await().untilAsserted(() -> {
            JsonNode status = get("/api/status");
            StatusTest.assertBalance(status);
            assertThat(status.path("balance").path(counter).asLong() - before.path(counter).asLong()).as(counter).isEqualTo(by);
        });
    }
}
