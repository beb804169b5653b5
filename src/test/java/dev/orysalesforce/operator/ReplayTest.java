package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.Fault;
import jakarta.jms.Message;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.spring.spi.SpringTransactionPolicy;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

@Tag("any-ledger")
class ReplayTest extends OperatorTest {

    @Autowired
    private ProducerTemplate camel;

    @Autowired
    private DeadLetters letters;

    @Autowired
    @Qualifier("writeTransaction")
    private SpringTransactionPolicy transaction;

    @Test
    void onceTheCauseIsFixedADeadLetterBecomesARecord() {
        SALESFORCE.org().schema("Lead").alter("LastName", rule -> rule.withLength(3));
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, START, "TooLong"));
        settle();
        String letter = letterOf(id);
        SALESFORCE.org().schema("Lead").alter("LastName", rule -> rule.withLength(80));
        assertThat(replay("{\"ids\":[\"" + letter + "\"]}").toString()).isEqualTo("{\"replayed\":1,\"left\":0}");
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("TooLong");
        assertThat(deadLetters()).isEmpty();

        assertThat(replay("{\"ids\":[\"" + letter + "\"]}").toString()).isEqualTo("{\"replayed\":0,\"left\":0}");
        settle();
        assertThat(SALESFORCE.writes().ofIdentity(id)).hasSize(1);
    }

    /** When it was kept, {@code mappings/event.*} did not know this name for the ID. */
    @Test
    void aBodyThatCouldNotBeUsedIsReadAgain() {
        String id = UUID.randomUUID().toString();
        String still = UUID.randomUUID().toString();
        keep("{\"userId\":\"" + id + "\",\"email\":\"again@example.org\",\"name\":\"Read Again\"}");
        keep("{\"unknown\":\"" + still + "\",\"email\":\"again@example.org\"}");
        assertThat(replay("{\"code\":\"NO_IDENTITY\"}").path("replayed").asInt()).isEqualTo(1);
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Again");
        assertThat(deadLetters()).singleElement().satisfies(letter -> assertThat(letter.toString()).contains(still));
    }

    private void keep(String body) {
        jms.send("dead-letters", session -> {
            Message letter = session.createTextMessage("{\"id\":\"" + UUID.randomUUID() + "\",\"event\":\"registration\",\"code\":"
                    + "\"NO_IDENTITY\",\"receivedAt\":\"" + START + "\",\"original\":{\"body\":" + body + "}}");
            letter.setStringProperty("code", "NO_IDENTITY");
            return letter;
        });
    }

    @Test
    void aReplayNeverOverwritesNewerState() {
        String id = refused("Older");
        settle();
        ory.sends("settings", Ory.identity(id, START.plusSeconds(60), "Newer"));
        settle();
        replay("{\"all\":true}");
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Newer");
        assertThat(deadLetters()).isEmpty();
    }

    /** Without updated_at the time of receipt is the version: a replay must not look like a new event. */
    @Test
    void aReplayIsAsOldAsItsEvent() {
        String id = UUID.randomUUID().toString();
        ObjectNode older = withBadAddress(Ory.identity(id, START, "Older"));
        ObjectNode newer = Ory.identity(id, START, "Newer");
        ((ObjectNode) older.path("identity")).remove("updated_at");
        ((ObjectNode) newer.path("identity")).remove("updated_at");
        ory.sends("registration", older);
        settle();
        ory.sends("settings", newer);
        settle();
        assertThat(replay("{\"code\":\"INVALID_EMAIL_ADDRESS\"}").path("replayed").asInt()).isEqualTo(1);
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Newer");
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aReplayCountsItsAttemptsFromZero() throws Exception {
        String id = refused("Tired");
        settle();
        jms.convertAndSend("dead-letters", tired(jms.receive("dead-letters")), message -> {
            message.setStringProperty("identity", id);
            message.setStringProperty("code", "UNABLE_TO_LOCK_ROW");
            return message;
        });
        assertThat(replay("{\"code\":\"UNABLE_TO_LOCK_ROW\"}").path("replayed").asInt()).isEqualTo(1);
        await().until(() -> deadLetters().size() == 1);
        assertThat(deadLetters().get(0).path("attempts").asInt()).isEqualTo(1);
    }

    private String tired(jakarta.jms.Message letter) throws Exception {
        ObjectNode content = (ObjectNode) read(((jakarta.jms.TextMessage) letter).getText());
        ((ObjectNode) content.path("original")).put("attempts", 3);
        return content.toString();
    }

    @Test
    void aDeadLetterWithoutAnEventStaysAndIsReported() {
        refused("Replayed");
        ory.sends("login", "{");
        ory.sends("login", "{}");
        ory.sends("registration", Ory.webhook("registration-before-persistence"));
        settle();
        JsonNode result = replay("{\"all\":true}");
        assertThat(result.path("replayed").asInt()).isEqualTo(1);
        assertThat(result.path("left").asInt()).isEqualTo(3);
        assertThat(result.path("message").asText()).isNotEmpty();
        settle();
        assertThat(deadLetters().stream().map(letter -> letter.path("code").asText())).containsExactlyInAnyOrder(
                "UNREADABLE_BODY", "NO_IDENTITY", "IDENTITY_NOT_STORED", "INVALID_EMAIL_ADDRESS");
        assertThat(replay("{\"code\":\"UNREADABLE_BODY\"}").path("left").asInt()).isEqualTo(1);
    }

    @Test
    void manyDeadLettersAreReplayedInSeveralTransactionsAndNoneTwice() {
        List<String> ids = IntStream.range(0, 450).mapToObj(i -> refused("Many")).toList();
        settle();
        assertThat(get("/api/dead-letters?limit=1").path("total").asInt()).isEqualTo(450);
        // they are rejected again: a dead letter that comes back is not replayed a second time
        assertThat(replay("{\"all\":true}").toString()).isEqualTo("{\"replayed\":450,\"left\":0}");
        settle();
        assertThat(deadLetters().stream().map(letter -> letter.path("identity").asText()))
                .containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void aDeadLetterIsAlwaysInOneOfTheTwoQueues() {
        IntStream.range(0, 5).forEach(i -> refused("Crash"));
        settle();
        SALESFORCE.faults().start(Fault.unavailable());
        transaction.getTransactionTemplate().executeWithoutResult(status -> {
            try {
                camel.requestBody("direct:operator.replay-some", letters.select("{\"all\":true}"));
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
            status.setRollbackOnly();
        });
        assertThat(pending()).isZero();
        assertThat(deadLetters()).hasSize(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{}", "{\"all\":false}", "{\"ids\":[]}", "{\"ids\":\"x\"}",
        "{\"ids\":[\"x' OR '1'='1\"]}", "{\"ids\":[null]}", "{\"code\":\"x' OR '1'='1\"}", "{\"code\":7}",
        "{\"all\":true,\"code\":\"X\"}", "\"all\""})
    void anInvalidReplayRequestReplaysNothing(String body) {
        refused("Kept");
        settle();
        assertProblem(operator.post("/api/dead-letters/replay", body), 400, "BAD_REQUEST");
        assertThat(deadLetters()).hasSize(1);
    }
}
