package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.ledger.Audit;
import dev.orysalesforce.ledger.StuckDatabase;
import dev.orysalesforce.sandbox.Fault;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What operators did is told afterwards, and what can't be told is not done. */
class AuditTest extends OperatorTest {

    @Autowired
    private Audit audit;

    @BeforeEach
    void nothingDoneYet() {
        sql.update("delete from audit");
    }

    @Test
    void eachActIsToldWithItsOutcome() {
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, START, "Kowalczykowa"));
        String letter = letterOf(refused("Kowalczykowa"));
        settle();
        Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        operator.get("/api/identities/" + id.toUpperCase() + "?reveal=true");
        operator.get("/api/dead-letters/" + letter + "?reveal=true");
        replay("{\"ids\":[\"" + letter + "\"]}");
        operator.post("/api/dead-letters/replay", "no JSON");
        operator.post("/api/resume", "");
        operator.post("/api/reconcile", "");
        operator.post("/api/identities/" + id + "/sync", "");
        operator.delete("/api/dead-letters/" + UUID.randomUUID());
        operator.delete("/api/dead-letters?code=NO_SUCH_CODE");
        operator.delete("/api/events/" + UUID.randomUUID());

        await().untilAsserted(() -> assertThat(acts()).containsExactly(
                "discard event refused", "discard the dead letters with code NO_SUCH_CODE done", "discard dead letter refused",
                "sync identity refused", "compare a comparison refused", "resume delivery refused", "replay nothing refused",
                "replay dead letter " + letter + " done", "reveal dead letter " + letter + " done", "reveal identity done"));
        JsonNode reveal = get("/api/audit?identity=" + id.toUpperCase() + "&offset=1").path("items").get(0);
        assertThat(reveal.path("identity").asText()).isEqualTo(id);
        assertThat(reveal.path("actor").asText()).isEqualTo("127.0.0.1");
        assertThat(Instant.parse(reveal.path("at").asText())).isBetween(before, Instant.now());
        assertThat(Instant.parse(reveal.path("endedAt").asText())).isAfterOrEqualTo(Instant.parse(reveal.path("at").asText()));
        assertThat(get("/api/audit").toString()).doesNotContainIgnoringCase("kowalczykowa").doesNotContain("@example.org");
        assertThat(get("/api/audit?limit=3").path("items")).hasSize(3);
        assertThat(get("/api/audit?limit=3").path("total").asInt()).isEqualTo(10);
    }

    @Test
    void anActOnALetterTellsItsIdentityAndNumbers() {
        String id = refused("Kowalczykowa");
        settle();
        String letter = letterOf(id);
        operator.get("/api/dead-letters/" + letter.toUpperCase() + "?reveal=true");
        assertThat(replay("{\"ids\":[\"" + letter.toUpperCase() + "\"]}").path("replayed").asInt()).isEqualTo(1);
        settle();
        String again = letterOf(id);
        assertThat(operator.delete("/api/dead-letters/" + again).statusCode()).isEqualTo(204);
        operator.delete("/api/dead-letters/" + again);

        await().untilAsserted(() -> assertThat(results("/api/audit?identity=" + id)).containsExactly(
                "discard dead letter " + again + " done 1 discarded", "replay dead letter " + letter + " done 1 replayed, 0 left",
                "reveal dead letter " + letter + " done null"));
        assertThat(results("/api/audit?limit=1")).containsExactly("discard dead letter " + again + " refused null");
    }

    @Test
    void theNumbersOfSeveralLettersAreTold() {
        ory.sends("login", "{}");
        refused("Kowalczykowa");
        refused("Kowalczykowa");
        settle();
        HttpResponse<String> answer = operator.post("/api/dead-letters/replay", "{\"all\":true}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().map().toString()).doesNotContainIgnoringCase("audit");
        settle();
        await().until(() -> get("/api/dead-letters?code=INVALID_EMAIL_ADDRESS").path("total").asInt() == 2);
        operator.delete("/api/dead-letters?code=INVALID_EMAIL_ADDRESS");
        operator.delete("/api/dead-letters?code=NO_SUCH_CODE");
        operator.post("/api/resume", "");
        await().untilAsserted(() -> assertThat(results("/api/audit")).containsExactly("resume delivery refused null",
                "discard the dead letters with code NO_SUCH_CODE done 0 discarded",
                "discard the dead letters with code INVALID_EMAIL_ADDRESS done 2 discarded",
                "replay all dead letters done 2 replayed, 1 left"));
    }

    private List<String> results(String path) {
        return get(path).path("items").findParents("act").stream().map(entry -> entry.path("act").asText() + " "
                + entry.path("target").asText() + " " + entry.path("outcome").asText() + " " + entry.path("result").asText()).toList();
    }

    @Test
    void theIdOfAnErasedIdentityIsNotKeptWithItsLetters() {
        String id = refused("Kowalczykowa");
        settle();
        String letter = letterOf(id);
        operator.get("/api/dead-letters/" + letter + "?reveal=true");
        replay("{\"ids\":[\"" + letter + "\"]}");
        settle();
        operator.delete("/api/dead-letters/" + letterOf(id));
        assertThat(operator.delete("/api/identities/" + id).statusCode()).isEqualTo(202);
        settle();
        await().untilAsserted(() -> assertThat(sql.queryForList("select * from audit").toString()).doesNotContain(id));
        assertThat(get("/api/audit?identity=" + id).path("items")).hasSize(4)
                .allSatisfy(entry -> assertThat(entry.path("identity").isNull()).isTrue());
    }

    @Test
    void whatOnlyLooksIsNotAnAct() {
        List.of("/api/status", "/api/audit", "/api/events", "/api/dead-letters", "/api/identities/" + UUID.randomUUID())
                .forEach(operator::get);
        new Operator(port, "wrong-operator-token").post("/api/reconcile", "");
        assertThat(get("/api/audit").path("total").asInt()).isZero();
    }

    @Test
    void theIdOfAnErasedIdentityIsNotKept() {
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, START, "Kowalczykowa"));
        settle();
        operator.get("/api/identities/" + id + "?reveal=true");
        assertThat(operator.delete("/api/identities/" + id).statusCode()).isEqualTo(202);
        settle();
        operator.get("/api/identities/" + id + "?reveal=true");
        await().untilAsserted(() -> assertThat(get("/api/audit?identity=" + id).path("total").asInt())
                .as("a caller who has the ID can still ask").isEqualTo(3));
        assertThat(get("/api/audit?identity=" + id).path("items"))
                .allSatisfy(entry -> assertThat(entry.path("identity").isNull()).isTrue());
        assertThat(sql.queryForList("select * from audit").toString()).doesNotContain(id);
    }

    @Test
    void whatCanNotBeToldIsNotDone() throws Exception {
        SALESFORCE.faults().start(Fault.unavailable());
        String letter = letterOfKept();
        try (StuckDatabase stuck = new StuckDatabase(sql.getDataSource())) {
            assertProblem(operator.delete("/api/dead-letters/" + letter), 503, "AUDIT_UNAVAILABLE");
        }
        assertThat(operator.get("/api/dead-letters/" + letter).statusCode()).isEqualTo(200);
        SALESFORCE.faults().clear();
        assertThat(operator.delete("/api/dead-letters/" + letter).statusCode()).isEqualTo(204);
    }

    /** A body that names no identity is a dead letter at once, without Salesforce. */
    private String letterOfKept() {
        ory.sends("registration", "{\"identity\": {\"traits\": \"none\"}}");
        return get("/api/dead-letters?code=NO_IDENTITY").path("items").get(0).path("id").asText();
    }

    @Test
    void oldActsAreForgotten() {
        audit.note("files", new Audit.Act(Audit.Kind.RELOAD, "routes/old.camel.yaml", null), Audit.Outcome.DONE, null);
        sql.update("update audit set at = '2025-01-01T00:00:00.000000000Z'");
        operator.post("/api/resume", "");
        await().untilAsserted(() -> assertThat(acts()).containsExactly("resume delivery refused"));
    }

    /** The ID of an event or dead letter that does not exist is left out. */
    private List<String> acts() {
        return get("/api/audit").path("items").findParents("act").stream().map(entry -> entry.path("act").asText() + " "
                + (entry.path("outcome").asText().equals("refused") ? entry.path("target").asText()
                        .replaceFirst(" \\p{XDigit}{8}-.*", "") : entry.path("target").asText())
                + " " + entry.path("outcome").asText()).toList();
    }
}
