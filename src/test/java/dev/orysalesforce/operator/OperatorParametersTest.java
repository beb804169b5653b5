package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.Ory;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes and audit read the same parameters: those of the query string, in their exact spelling, at most once. */
@Tag("any-ledger")
class OperatorParametersTest extends OperatorTest {

    private static final String NAME = "kowalczykowa";

    private String identity;
    private String letter;

    /** A letter with a code, whose original and whose identity hold a value. */
    @BeforeEach
    void aLetterWithValues() {
        identity = refused("Kowalczykowa");
        settle();
        letter = letterOf(identity);
        sql.update("delete from audit");
    }

    private List<String> revealing() {
        return List.of("/api/dead-letters/" + letter, "/api/identities/" + identity);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reveal", "Reveal", "REVEAL"})
    void aHeaderRevealsNothing(String name) {
        for (String path : revealing()) {
            for (String query : List.of("", "?reveal=false")) {
                HttpResponse<String> answer = operator.send(operator.request(path + query).header(name, "true"));
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).doesNotContainIgnoringCase(NAME);
            }
        }
        assertThat(acts()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Reveal=true", "REVEAL=true", "%52eveal=true", "reveal=false&Reveal=true", "Reveal=false&reveal=true",
        "reveal=false&reveal=true", "reveal=true&reveal=false", "reveal=true&reveal=true"})
    void anotherSpellingOrARepetitionIsRejected(String query) {
        for (String path : revealing()) {
            HttpResponse<String> answer = operator.get(path + "?" + query);
            assertProblem(answer, 400, "BAD_REQUEST");
            assertThat(answer.body()).contains("reveal").doesNotContainIgnoringCase(NAME);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"reveal=TRUE", "reveal=yes", "reveal=", "reveal", "reveal=true%20", "reveal=1"})
    void anyValueButFalseIsInTheAuditBeforeTheRouteJudgesIt(String query) {
        for (String path : revealing()) {
            HttpResponse<String> answer = operator.get(path + "?" + query);
            assertProblem(answer, 400, "BAD_REQUEST");
            assertThat(answer.body()).doesNotContainIgnoringCase(NAME);
        }
        await().untilAsserted(
                () -> assertThat(acts()).containsExactly("reveal identity refused", "reveal dead letter " + letter + " refused"));
    }

    @Test
    void aRevealIsInTheAuditWhateverElseIsSent() {
        for (String path : revealing()) {
            assertThat(operator.send(operator.request(path + "?x=1&%72eveal=true").header("reveal", "false")).body())
                    .containsIgnoringCase(NAME);
        }
        operator.send(
                operator.request("/api/dead-letters/" + letter.toUpperCase() + "?reveal=true").method("HEAD", BodyPublishers.noBody()));
        await().untilAsserted(() -> assertThat(acts()).containsExactly("reveal dead letter " + letter + " done", "reveal identity done",
                "reveal dead letter " + letter + " done"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "DELETE", "POST"})
    void aFormInTheBodyHoldsNoParameters(String method) {
        for (String path : revealing()) {
            String other = path + (method.equals("GET") ? "" : "x");
            HttpResponse<String> answer = operator.send(operator.request(other).header("Content-Type", "application/x-www-form-urlencoded")
                    .method(method, BodyPublishers.ofString("reveal=true")));
            assertThat(answer.body()).doesNotContainIgnoringCase(NAME);
        }
        HttpResponse<String> discarded = operator.send(operator.request("/api/dead-letters")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .method("DELETE", BodyPublishers.ofString("code=INVALID_EMAIL_ADDRESS")));
        assertProblem(discarded, 400, "BAD_REQUEST");
        assertThat(deadLetters()).hasSize(1);
    }

    @Test
    void aFormInTheBodyReplaysNothing() {
        for (String body : List.of("all=true", "{\"all\":true}", "ids=" + letter)) {
            HttpResponse<String> answer = operator.send(operator.request("/api/dead-letters/replay")
                    .header("Content-Type", "application/x-www-form-urlencoded").POST(BodyPublishers.ofString(body)));
            assertThat(answer.statusCode()).isIn(400, 415);
        }
        assertThat(deadLetters()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", value = {"none | code", "none | Code", "?Code=INVALID_EMAIL_ADDRESS | none",
        "?code=OTHER&Code=INVALID_EMAIL_ADDRESS | none", "?code=OTHER&code=INVALID_EMAIL_ADDRESS | none",
        "?code=INVALID_EMAIL_ADDRESS&code=OTHER | none", "?CODE=OTHER | code"})
    void aCodeInAnotherPlaceOrSpellingDiscardsNothing(String query, String header) {
        var request = operator.request("/api/dead-letters" + (query == null ? "" : query)).DELETE();
        assertProblem(operator.send(header == null ? request : request.header(header, "INVALID_EMAIL_ADDRESS")), 400, "BAD_REQUEST");
        assertThat(deadLetters()).hasSize(1);
    }

    @Test
    void anotherPathDiscardsAndRevealsNothing() {
        for (String path : List.of("/api/dead-letters/?code=INVALID_EMAIL_ADDRESS", "/api/dead-letters/" + letter + "/",
                "/api/dead-letters/%" + Integer.toHexString(letter.charAt(0)) + letter.substring(1), "/api/Dead-Letters/" + letter)) {
            assertThat(operator.delete(path).statusCode()).as(path).isEqualTo(404);
            assertThat(operator.get(path.replaceFirst("\\?.*", "") + "?reveal=true").body()).doesNotContainIgnoringCase(NAME);
        }
        assertThat(deadLetters()).hasSize(1);
    }

    @Test
    void theAuditTellsTheCodeThatWasDiscarded() {
        assertThat(operator.send(operator.request("/api/dead-letters?code=OTHER").header("code", "INVALID_EMAIL_ADDRESS").DELETE())
                .statusCode()).isEqualTo(200);
        assertThat(deadLetters()).hasSize(1);
        assertThat(operator.delete("/api/dead-letters?code=INVALID_EMAIL_ADDRESS").statusCode()).isEqualTo(200);
        assertThat(deadLetters()).isEmpty();
        await().untilAsserted(() -> assertThat(acts()).containsExactly("discard the dead letters with code INVALID_EMAIL_ADDRESS done",
                "discard the dead letters with code OTHER done"));
    }

    @ParameterizedTest
    @CsvSource({"/api/dead-letters,code", "/api/dead-letters,identity", "/api/dead-letters,event", "/api/dead-letters,object",
        "/api/dead-letters,offset", "/api/dead-letters,limit", "/api/events,limit", "/api/activity,kind", "/api/activity,from",
        "/api/audit,act", "/api/audit,identity"})
    void noParameterComesFromAHeader(String path, String name) {
        assertThat(operator.get(path + "?" + name + "=%3F").statusCode()).as("the parameter is read").isEqualTo(400);
        assertThat(operator.send(operator.request(path).header(name, "?")).statusCode()).isEqualTo(200);
        assertProblem(operator.get(path + "?" + name.toUpperCase() + "=1"), 400, "BAD_REQUEST");
    }

    @Test
    void otherParametersAreIgnored() {
        assertThat(operator.get("/api/status?x=1&x=2&%01=3").statusCode()).isEqualTo(200);
        assertThat(operator.get("/api/dead-letters?id=x&CamelHttpPath=/x&limit=1").statusCode()).isEqualTo(200);
        assertThat(get("/api/dead-letters/" + letter + "?id=" + UUID.randomUUID()).path("id").asText()).isEqualTo(letter);
        assertThat(operator.send(operator.request("/api/dead-letters/" + letter).header("id", "x")).statusCode()).isEqualTo(200);
    }

    /** Part of the path is what the gateway and the webhooks know of a request. */
    @Test
    void headersAndQueryOfAWebhookChangeNoPartOfItsPath() {
        String id = UUID.randomUUID().toString();
        assertThat(ory.send(ory.request("/webhooks/ory/nothing?event=registration").header("event", "registration")
                .header("X-Webhook-Secret", SECRET).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(Ory.identity(id, START, "Person").toString())).build()).statusCode()).isEqualTo(404);
        assertThat(ory.send(ory.request("/services/data/v62.0/sobjects/Nothing/Ory_Identity_Id__c/" + id + "?object=Lead&value=x")
                .header("object", "Lead").header("X-Webhook-Secret", SECRET).header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString("{\"LastName\":\"P\",\"Company\":\"C\"}")).build()).statusCode())
                .isBetween(400, 499);
    }

    private List<String> acts() {
        return get("/api/audit").path("items").findParents("act").stream().map(entry -> entry.path("act").asText() + " "
                + entry.path("target").asText() + " " + entry.path("outcome").asText()).toList();
    }
}
