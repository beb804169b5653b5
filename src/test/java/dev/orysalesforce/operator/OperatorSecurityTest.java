package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("any-ledger")
class OperatorSecurityTest extends OperatorTest {

    @ParameterizedTest
    @ValueSource(strings = {"/api/status", "/api/dead-letters", "/api/identities/x", "/api/openapi.json", "/api", "/api/elsewhere"})
    void withoutATokenThereIsNoAccess(String path) {
        HttpResponse<String> answer = new Operator(port, null).get(path);
        assertProblem(answer, 401, "UNAUTHORIZED");
        assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer wrong", "Bearer ", "Bearer first-operator-token2", "Bearer first-operator-toke",
        "Basic b3BlcmF0b3I6Zmlyc3Qtb3BlcmF0b3ItdG9rZW4=",
        "first-operator-token", "Bearer first-webhook-secret", "Bearer first-operator-token, first-operator-token"})
    void aWrongTokenIsRefused(String authorization) {
        HttpResponse<String> answer = new Operator(port, null).send(new Operator(port, null).request("/api/status")
                .header("Authorization", authorization).DELETE());
        assertProblem(answer, 401, "UNAUTHORIZED");
        assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        assertThat(answer.headers().map()).doesNotContainKey("authorization").doesNotContainKey("set-cookie");
    }

    @Test
    void theWebhookSecretOpensNothingHereNorTheTokenThere() {
        assertThat(new Operator(port, null).send(new Operator(port, null).request("/api/status")
                .header("X-Webhook-Secret", SECRET).GET()).statusCode()).isEqualTo(401);
        assertThat(operator.post("/webhooks/ory/login", "{}").statusCode()).isEqualTo(401);
    }

    /** CVE-2026-49099 and CVE-2026-85254, as for webhooks. */
    @Test
    void aCallerCanNotRedirectACallNorIsEchoed() {
        String id = UUID.randomUUID().toString();
        ory.sends("registration", dev.orysalesforce.Ory.identity(id, START, "Safe"));
        settle();
        HttpResponse<String> answer = operator.send(operator.request("/api/identities/" + id
                + "?reveal=true&sObjectName=Account&rawPath=/evil&rawMethod=DELETE&apexUrl=/evil&id=" + UUID.randomUUID()
                + "&object=Account&salesforceId=evil")
                .header("sObjectName", "Account").header("rawPath", "/evil").header("rawMethod", "DELETE")
                .header("rawHttpHeaders", "x-sfdc-evil").header("Sforce-Auto-Assign", "TRUE").header("x-sfdc-evil", "1")
                .header("CamelSalesforceRawPath", "/evil").header("CamelHttpUri", "http://127.0.0.1:1/")
                .header("CAmElJmsDestinationName", "elsewhere").header("id", UUID.randomUUID().toString())
                .header("CamelBeanMethodName", "toString").header("X-Evil", "evil-value").GET());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(read(answer.body()).path("identity").asText()).isEqualTo(id);
        assertThat(read(answer.body()).path("values").path("content").path("LastName").asText()).isEqualTo("Safe");
        assertThat(answer.headers().map().toString()).doesNotContain("evil", OPERATOR_TOKEN);
        assertThat(answer.headers().map()).doesNotContainKeys("authorization", "user-agent", "reveal", "rawpath");
        SALESFORCE.calls().all().forEach(call -> {
            assertThat(call.path()).doesNotContain("evil").doesNotContain("Account");
            assertThat(call.method()).isNotEqualTo("DELETE");
            assertThat(call.header("x-sfdc-evil")).isNull();
        });
    }

    @Test
    void errorsEchoNoHeaderEither() {
        for (String path : List.of("/api/dead-letters?limit=x", "/api/dead-letters/x", "/api/openapi.json", "/api/elsewhere")) {
            HttpResponse<String> answer = operator.send(operator.request(path).header("X-Evil", "evil-value").GET());
            assertThat(answer.headers().map().toString()).doesNotContain("evil-value", OPERATOR_TOKEN);
        }
    }

    @Test
    void aLargeBodyIsRejected() {
        HttpResponse<String> answer = operator.send(operator.request("/api/dead-letters/replay")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[1024 * 1024 + 1])));
        assertProblem(answer, 413, "BODY_TOO_LARGE");
    }

    /** A code with a replaced character would find the wrong dead letters. */
    @ParameterizedTest
    @ValueSource(strings = {"/api/preview", "/api/dead-letters/replay"})
    void aBodyThatIsNotUtf8IsRejected(String path) {
        for (byte[] body : List.of("{\"code\":\"\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1),
                "{\"code\":\"x\"}".getBytes(StandardCharsets.UTF_16), "{\"code\":\"\\ud83d\"}".getBytes())) {
            HttpResponse<String> answer = operator.send(operator.request(path).header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
            assertProblem(answer, 400, "BAD_REQUEST");
            assertThat(answer.body()).contains("UTF-8");
        }
    }
}
