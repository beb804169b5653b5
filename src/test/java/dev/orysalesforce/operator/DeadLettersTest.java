package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("any-ledger")
class DeadLettersTest extends OperatorTest {

    @Test
    void aDeadLetterHoldsTheReasonAndNoTrait() {
        String id = refused("Kowalczykowa");
        settle();
        JsonNode list = get("/api/dead-letters");
        assertThat(list.path("total").asInt()).isEqualTo(1);
        JsonNode letter = list.path("items").get(0);
        assertThat(names(letter)).containsExactlyInAnyOrder("id", "identity", "event", "code", "message", "fields",
                "attempts", "receivedAt", "failedAt", "newerSynced");
        assertThat(letter.path("identity").asText()).isEqualTo(id);
        assertThat(letter.path("event").asText()).isEqualTo("registration");
        assertThat(letter.path("code").asText()).isEqualTo("INVALID_EMAIL_ADDRESS");
        assertThat(letter.path("fields").get(0).asText()).isEqualTo("Email");
        assertThat(letter.path("attempts").asInt()).isEqualTo(1);
        assertThat(letter.path("newerSynced").asBoolean()).isFalse();
        assertThat(java.time.Instant.parse(letter.path("failedAt").asText()))
                .isAfter(java.time.Instant.parse(letter.path("receivedAt").asText()));

        HttpResponse<String> one = operator.get("/api/dead-letters/" + letter.path("id").asText());
        assertThat(one.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
        assertThat(list.toString() + one.body()).doesNotContainIgnoringCase("kowalczykowa");
        assertThat(read(one.body())).isEqualTo(letter);
    }

    @Test
    void theOriginalIsShownOnRequest() {
        refused("Kowalczykowa");
        ory.sends("settings", "{\"unreadable\": \"kowalczykowa");
        settle();
        for (JsonNode letter : get("/api/dead-letters").path("items")) {
            String path = "/api/dead-letters/" + letter.path("id").asText();
            assertThat(operator.get(path).body()).doesNotContainIgnoringCase("kowalczykowa");
            assertThat(operator.get(path + "?reveal=false").body()).doesNotContainIgnoringCase("kowalczykowa");
            assertThat(get(path + "?reveal=true").path("original").toString()).containsIgnoringCase("kowalczykowa");
        }
        assertThat(operator.get("/api/dead-letters?reveal=true").body()).doesNotContainIgnoringCase("kowalczykowa");
    }

    @Test
    void deadLettersAreFoundByCodeAndIdentity() {
        String one = refused("One");
        refused("Two");
        ory.sends("login", "{}");
        settle();
        assertThat(get("/api/dead-letters").path("total").asInt()).isEqualTo(3);
        assertThat(get("/api/dead-letters?code=NO_IDENTITY").path("total").asInt()).isEqualTo(1);
        assertThat(get("/api/dead-letters?code=INVALID_EMAIL_ADDRESS").path("total").asInt()).isEqualTo(2);
        assertThat(get("/api/dead-letters?code=INVALID_EMAIL_ADDRESS&identity=" + one).path("total").asInt()).isEqualTo(1);
        assertThat(get("/api/dead-letters?identity=" + one.toUpperCase()).path("items").get(0).path("identity").asText())
                .isEqualTo(one);
        assertThat(get("/api/dead-letters?identity=" + UUID.randomUUID()).path("total").asInt()).isZero();
    }

    @Test
    void pagesAreOldestFirstAndStable() {
        List<String> ids = IntStream.range(0, 7).mapToObj(i -> {
            String id = refused("Page");
            settle();
            return id;
        }).toList();
        JsonNode first = get("/api/dead-letters?limit=3");
        refused("Late");
        settle();
        List<String> seen = new ArrayList<>(identities(first));
        seen.addAll(identities(get("/api/dead-letters?limit=3&offset=3")));
        seen.addAll(identities(get("/api/dead-letters?limit=3&offset=6")));
        assertThat(seen.subList(0, 7)).isEqualTo(ids);
        assertThat(first.path("total").asInt()).isEqualTo(7);
        assertThat(get("/api/dead-letters?limit=1&offset=100").path("items")).isEmpty();
        assertThat(get("/api/dead-letters?limit=1&offset=100").path("total").asInt()).isEqualTo(8);
    }

    @Test
    void anOutdatedDeadLetterIsMarked() {
        String id = refused("Before");
        settle();
        SALESFORCE.faults().start(Fault.unavailable().on(CallKind.UPSERT));
        ory.sends("settings", Ory.identity(id, START.plusSeconds(60), "After"));
        await().until(() -> SALESFORCE.calls().of(CallKind.UPSERT).stream().anyMatch(call -> call.status() == 503));
        assertThat(get("/api/dead-letters/" + letterOf(id)).path("newerSynced").asBoolean()).isFalse();
        SALESFORCE.faults().clear();
        settle();
        assertThat(get("/api/dead-letters/" + letterOf(id)).path("newerSynced").asBoolean()).isTrue();
    }

    @Test
    void aDeadLetterIsDiscardedOnce() {
        String path = "/api/dead-letters/" + letterOf(refused("Gone"));
        HttpResponse<String> gone = operator.delete(path);
        assertThat(gone.statusCode()).isEqualTo(204);
        assertThat(gone.body()).isEmpty();
        assertProblem(operator.delete(path), 404, "UNKNOWN_DEAD_LETTER");
        assertProblem(operator.get(path), 404, "UNKNOWN_DEAD_LETTER");
        assertThat(deadLetters()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=1001", "limit=-1", "limit=ten", "limit=", "limit=99999999999", "offset=-1",
        "offset=x", "code=%27%20OR%20%271%27=%271", "code=", "code=A&code=B", "identity=nobody",
        "identity=%27%20OR%20TRUE", "identity="})
    void anInvalidParameterIsRejected(String query) {
        refused("Kept");
        settle();
        HttpResponse<String> answer = operator.get("/api/dead-letters?" + query);
        assertProblem(answer, 400, "BAD_REQUEST");
        assertThat(answer.body()).doesNotContain("OR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "%27%20OR%20%271%27=%271", "00000000-0000-0000-0000-000000000000", "replay", "%00", "..%2f"})
    void anInvalidIdFindsNothing(String id) {
        refused("Kept");
        settle();
        assertThat(operator.get("/api/dead-letters/" + id).statusCode()).isIn(400, 404);
        assertThat(operator.delete("/api/dead-letters/" + id).statusCode()).isIn(400, 404);
        assertThat(deadLetters()).hasSize(1);
    }

    @Test
    void otherPathsAndMethodsAreRejected() {
        assertProblem(operator.get("/api/elsewhere"), 404, "NOT_FOUND");
        assertProblem(operator.delete("/api/dead-letters"), 400, "BAD_REQUEST"); // without a code
        assertProblem(operator.delete("/api/status"), 405, "METHOD_NOT_ALLOWED");
        assertProblem(operator.send(operator.request("/api/dead-letters/replay")
                .POST(HttpRequest.BodyPublishers.ofString("{\"all\":true}"))), 415, "UNSUPPORTED_MEDIA_TYPE");
        assertProblem(operator.get("/api/dead-letters/" + UUID.randomUUID() + "?reveal=yes"), 400, "BAD_REQUEST");
    }

    private static List<String> identities(JsonNode page) {
        return StreamSupport.stream(page.path("items").spliterator(), false)
                .map(item -> item.path("identity").asText()).toList();
    }

    private static HashSet<String> names(JsonNode node) {
        HashSet<String> names = new HashSet<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
