package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.Ory;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

@Tag("any-ledger")
class EventsTest extends OperatorTest {

    @Test
    void anEventThatWaitsIsListedWithoutTraitsAndDiscarded() throws Exception {
        List<String> ids = IntStream.range(0, 3).mapToObj(i -> UUID.randomUUID().toString()).toList();
        JsonNode before = balance();
        camel.getRouteController().stopRoute("sync.next");
        try {
            ids.forEach(id -> ory.sends("registration", Ory.identity(id, START, "Kowalczykowa")));
            JsonNode page = get("/api/events");
            assertThat(page.path("total").asInt()).isEqualTo(3);
            assertThat(page.toString()).doesNotContainIgnoringCase("kowalczykowa");
            assertThat(page.path("items")).extracting(item -> item.path("identity").asText()).containsExactlyElementsOf(ids);
            JsonNode second = page.path("items").get(1);
            assertThat(second.path("event").asText()).isEqualTo("registration");
            assertThat(second.path("bytes").asInt()).isGreaterThan(100);
            assertThat(get("/api/events?limit=2").path("items")).hasSize(2);
            assertProblem(operator.get("/api/events?limit=0"), 400, "BAD_REQUEST");

            assertThat(operator.delete("/api/events/" + second.path("id").asText()).statusCode()).isEqualTo(204);
            assertProblem(operator.delete("/api/events/" + second.path("id").asText()), 404, "UNKNOWN_EVENT");
            assertProblem(operator.delete("/api/events/none"), 404, "UNKNOWN_EVENT");
        } finally {
            camel.getRouteController().startRoute("sync.next");
        }
        settle();
        record(ids.get(0));
        record(ids.get(2));
        assertThat(SALESFORCE.org().byIdentity(ids.get(1))).isEmpty();
        await().untilAsserted(() -> assertThat(sum(balance())).isEqualTo(sum(before)));
        assertThat(balance().path("skipped").asLong()).isEqualTo(before.path("skipped").asLong() + 1);
    }

    @Test
    void aRetryThatABrowserDoesNotSeeIsListedAndDiscarded() {
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, START, "First"));
        settle();
        SALESFORCE.faults().lockRow(id, 100);
        ory.sends("settings", Ory.identity(id, START.plusSeconds(1), "Locked"));
        JsonNode item = await().until(() -> get("/api/events").path("items").path(0), one -> one.hasNonNull("nextRetryAt"));
        assertThat(item.path("identity").asText()).isEqualTo(id);
        assertThat(item.path("code").asText()).isEqualTo("UNABLE_TO_LOCK_ROW");
        await().until(() -> { // a batch may have it for a moment
            JsonNode items = get("/api/events").path("items");
            return !items.isEmpty() && operator.delete("/api/events/" + items.get(0).path("id").asText()).statusCode() == 204;
        });
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("First");
        assertThat(deadLetters()).isEmpty();
        JsonNode status = get("/api/identities/" + id);
        assertThat(status.path("code").asText()).isEqualTo("DISCARDED");
        assertThat(status.path("outcome").asText()).isEqualTo("skipped");
        assertThat(status.path("history")).extracting(step -> step.path("outcome").asText()).as("a line for all tries")
                .containsExactly("synced", "retry", "discarded");
    }

    @Test
    void allDeadLettersOfACodeAreDiscarded() {
        ory.sends("settings", "{");
        ory.sends("settings", "{\"nobody\": 1}");
        ory.sends("settings", "{\"nobody\": 2}");
        await().until(() -> deadLetters().size() == 3);
        HttpResponse<String> answer = operator.delete("/api/dead-letters?code=NO_IDENTITY");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(read(answer.body()).path("discarded").asInt()).isEqualTo(2);
        assertThat(deadLetters()).extracting(letter -> letter.path("code").asText()).containsExactly("UNREADABLE_BODY");
        assertProblem(operator.delete("/api/dead-letters"), 400, "BAD_REQUEST");
        assertProblem(operator.delete("/api/dead-letters?code=a'b"), 400, "BAD_REQUEST");
    }

    @Test
    void ofABodyWithoutUseOnlyTheBeginningIsKept() {
        ObjectNode body = json.createObjectNode().put("nobody", "x".repeat(900_000));
        body.putObject("identity").put("id", "none").putObject("traits").put("email", "x".repeat(100_000));
        ory.sends("settings", body);
        ory.gives("POST", "/services/data/v62.0/sobjects/Lead", "{\"LastName\":\"" + "x".repeat(900_000) + "\"}");
        await().until(() -> deadLetters().size() == 2);
        assertThat(deadLetters()).allSatisfy(letter -> assertThat(letter.path("original").toString().length()).isBetween(60_000, 66_000));
        assertThat(get("/api/dead-letters").path("items")).hasSize(2);
    }

    private JsonNode balance() {
        return get("/api/status").path("balance");
    }

    /** What came in less what became of it. */
    private static long sum(JsonNode balance) {
        return Stream.of("pendingAtStart", "accepted", "reconciled", "replayed").mapToLong(name -> balance.path(name).asLong()).sum()
                - Stream.of("synced", "unchanged", "superseded", "skipped", "deadLettered", "pending")
                        .mapToLong(name -> balance.path(name).asLong()).sum();
    }
}
