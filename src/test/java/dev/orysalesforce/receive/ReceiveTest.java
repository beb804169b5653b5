package dev.orysalesforce.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.Fault;
import jakarta.jms.TextMessage;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

@Tag("any-ledger")
class ReceiveTest extends AppTest {

    private static final String PAT = "7c5a1b58-9d0f-4f0c-8a5e-1f6a8f4f2c11";

    @Autowired
    private CamelContext camel;

    @ParameterizedTest
    @ValueSource(strings = {"registration", "settings", "login", "verification", "recovery"})
    void eachEventIsAccepted(String event) {
        assertThat(ory.sends(event, Ory.webhook("registration-ctx")).statusCode()).isEqualTo(204);
        settle();
        assertThat(record("284f097b-d550-4a52-aef1-bd8e06a255f8").text("LastName")).isEqualTo("Lovelace");
    }

    @ParameterizedTest
    @CsvSource({
        "X-Webhook-Secret, first-webhook-secret, 204",
        "X-Webhook-Secret, second-webhook-secret, 204",
        "X-Webhook-Secret, third-webhook-secret, 401",
        "X-Webhook-Secret, '', 401",
        "X-Webhook-Secret, 'first-webhook-secret, second-webhook-secret', 401",
        "Authorization, ory:second-webhook-secret, 204",
        "Authorization, ory:wrong, 401",
        "Authorization, someone:first-webhook-secret, 401",
        "X-Other, first-webhook-secret, 401",
    })
    void onlyCallersWithASecretHaveAccess(String header, String value, int status) {
        String sent = header.equals("Authorization")
                ? "Basic " + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)) : value;
        HttpResponse<String> answer = post("login", "{}", request -> request.header(header, sent));
        assertThat(answer.statusCode()).isEqualTo(status == 204 ? 400 : 401); // {} holds no identity
        assertProblem(answer);
        assertThat(deadLetters()).hasSize(status == 204 ? 1 : 0);
    }

    @Test
    void aBodyThatIsNotJsonIsRejectedAndKept() {
        HttpResponse<String> answer = ory.sends("registration", "{\"identity\": {\"id\": ");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(assertProblem(answer).path("code").asText()).isEqualTo("UNREADABLE_BODY");
        JsonNode letter = onlyDeadLetter();
        assertThat(letter.path("code").asText()).isEqualTo("UNREADABLE_BODY");
        assertThat(letter.path("original").asText()).isEqualTo("{\"identity\": {\"id\": ");
        assertThat(letter.path("event").asText()).isEqualTo("registration");
    }

    @Test
    void anUnreadableBodyIsKeptUpTo64KiB() {
        assertThat(ory.sends("registration", "x".repeat(200_000)).statusCode()).isEqualTo(400);
        assertThat(onlyDeadLetter().path("original").asText()).hasSize(64 * 1024);
    }

    static List<Arguments> bodiesThatAreNoText() {
        byte[] whole = withLastName("@").getBytes(StandardCharsets.UTF_8);
        return List.of(
                Arguments.of("Latin-1", withLastName("Renée").getBytes(StandardCharsets.ISO_8859_1)),
                Arguments.of("a letter cut in half", replaced(whole, 0xC3)),
                Arguments.of("a longer form than needed", replaced(whole, 0xC0, 0x80)),
                Arguments.of("half of a pair", replaced(whole, 0xED, 0xA0, 0x80)),
                Arguments.of("above what there is", replaced(whole, 0xF4, 0x90, 0x80, 0x80)),
                Arguments.of("UTF-16", withLastName("Renée").getBytes(StandardCharsets.UTF_16)),
                Arguments.of("UTF-16 without a mark", withLastName("Renée").getBytes(StandardCharsets.UTF_16LE)),
                Arguments.of("UTF-32", withLastName("Renée").getBytes(Charset.forName("UTF-32"))),
                Arguments.of("half of an escaped pair", replaced(whole, "\\ud83d".getBytes())),
                Arguments.of("the other half", replaced(whole, "a\\uDE00b".getBytes())),
                Arguments.of("a pair the wrong way round", replaced(whole, "\\ude00\\ud83d".getBytes())),
                Arguments.of("half of a pair behind a backslash", replaced(whole, "\\\\\\ud83d".getBytes())),
                Arguments.of("half of a pair in a name", withLastName("x").replace("traits", "tr\\ud83dts").getBytes()));
    }

    /** It would reach Salesforce with other characters in it, or prevent a batch from being written. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("bodiesThatAreNoText")
    void aBodyThatIsNotUtf8IsRejectedAndKept(String what, byte[] body) {
        HttpResponse<String> answer = post("registration", body, HttpRequest.BodyPublishers.ofByteArray(body));
        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode problem = assertProblem(answer);
        assertThat(problem.path("code").asText()).isEqualTo("UNREADABLE_BODY");
        assertThat(problem.path("detail").asText()).contains("UTF-8");
        String kept = onlyDeadLetter().path("original").asText();
        assertThat(kept).isEqualTo(new String(body, StandardCharsets.UTF_8));
        assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(kept)).isTrue();
        settle();
        assertThat(SALESFORCE.writes().all()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"Ren\u00e9e|Ren\u00e9e", "Ren\\u00e9e|Ren\u00e9e", "\\ud83d\\uDE00|\ud83d\ude00",
        "\\\\ud83d|\\ud83d", "\ud83d\ude00|\ud83d\ude00", "\ufffd|\ufffd"})
    void validTextArrivesUnchanged(String sent, String arrived) {
        assertThat(ory.sends("registration", withLastName(sent)).statusCode()).isEqualTo(204);
        settle();
        assertThat(record(PAT).text("LastName")).isEqualTo(arrived);
    }

    @Test
    void aByteOrderMarkIsIgnored() {
        assertThat(ory.sends("registration", "\ufeff" + withLastName("Marked")).statusCode()).isEqualTo(204);
        settle();
        assertThat(record(PAT).text("LastName")).isEqualTo("Marked");
    }

    @Test
    void noHalfOfACharacterIsKept() {
        assertThat(ory.sends("registration", "x".repeat(64 * 1024 - 1) + "\ud83d\ude00").statusCode()).isEqualTo(400);
        assertThat(onlyDeadLetter().path("original").asText()).isEqualTo("x".repeat(64 * 1024 - 1));
    }

    private static String withLastName(String lastName) {
        return Ory.identity(PAT, Instant.now(), "@name@").toString().replace("@name@", lastName);
    }

    /** The body with these bytes instead of the @ that is the last name. */
    private static byte[] replaced(byte[] body, byte[] bytes) {
        String latin = new String(body, StandardCharsets.ISO_8859_1);
        return latin.replace("\"last\":\"@\"", "\"last\":\"" + new String(bytes, StandardCharsets.ISO_8859_1) + "\"")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] replaced(byte[] body, int... bytes) {
        byte[] some = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            some[i] = (byte) bytes[i];
        }
        return replaced(body, some);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n"})
    void anEmptyBodyGetsTheReasonWhyOrySendsIt(String body) {
        HttpResponse<String> answer = ory.sends("settings", body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(assertProblem(answer).path("detail").asText()).contains("64 KiB");
        assertThat(onlyDeadLetter().path("code").asText()).isEqualTo("UNREADABLE_BODY");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[]", "null", "42", "\"text\"", "{\"identity\": null}", "{\"identity\": 7}",
        "{\"id\": \"no-uuid\", \"traits\": {}}",
        "{\"identity\": {\"id\": 1, \"traits\": {\"email\": \"a@example.org\"}}}"})
    void withoutAnIdentityThereIsNothingToSync(String body) {
        HttpResponse<String> answer = ory.sends("registration", body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(assertProblem(answer).path("code").asText()).isEqualTo("NO_IDENTITY");
        assertThat(onlyDeadLetter().path("code").asText()).isEqualTo("NO_IDENTITY");
    }

    @Test
    void aHookThatRunsBeforePersistenceGetsARemedy() {
        HttpResponse<String> answer = ory.sends("registration", Ory.webhook("registration-before-persistence"));
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(assertProblem(answer).path("detail").asText()).contains("response.parse");
        JsonNode letter = onlyDeadLetter();
        assertThat(letter.path("code").asText()).isEqualTo("IDENTITY_NOT_STORED");
        assertThat(letter.path("original").path("identity").path("traits").path("email").asText())
                .isEqualTo("edith@example.org");
    }

    @Test
    void aLargeBodyIsRejectedWithAndWithoutContentLength() {
        byte[] large = new byte[1024 * 1024 + 1];
        assertThat(post("login", large, HttpRequest.BodyPublishers.ofByteArray(large)).statusCode()).isEqualTo(413);
        assertThat(post("login", large, HttpRequest.BodyPublishers.ofInputStream(
                () -> new java.io.ByteArrayInputStream(large))).statusCode()).isEqualTo(413);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aBodyJustBelowTheLimitIsAccepted() {
        String id = UUID.randomUUID().toString();
        var body = Ory.identity(id, Instant.now(), "Large");
        body.put("padding", "x".repeat(1024 * 1024 - body.toString().length() - 20));
        assertThat(ory.sends("registration", body).statusCode()).isEqualTo(204);
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Large");
    }

    @Test
    void otherTypesMethodsAndPathsAreRejected() {
        HttpRequest form = HttpRequest.newBuilder(java.net.URI.create("http://127.0.0.1:" + port + "/webhooks/ory/login"))
                .header("X-Webhook-Secret", SECRET).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("a=b")).build();
        assertThat(assertProblem(ory.send(form)).path("status").asInt()).isEqualTo(415);
        HttpRequest get = ory.request("/webhooks/ory/login").header("X-Webhook-Secret", SECRET).GET().build();
        assertThat(assertProblem(ory.send(get)).path("status").asInt()).isEqualTo(405);
        assertThat(assertProblem(ory.sends("deletion", "{}")).path("status").asInt()).isEqualTo(404);
        assertThat(assertProblem(ory.sends("login/extra", "{}")).path("status").asInt()).isEqualTo(404);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void onlyTheDataThatSyncNeedsIsKept() {
        SALESFORCE.faults().start(Fault.unavailable());
        ory.sends("registration", Ory.webhook("registration-browser-ctx"));
        ory.sends("login", Ory.webhook("login-wrapped-ctx"));
        AtomicReference<String> kept = new AtomicReference<>("");
        await().until(() -> {
            kept.set(inJournal());
            return kept.get().contains("sinead@example.org") && kept.get().contains("grace@example.org");
        });
        assertThat(kept.get())
                .doesNotContainIgnoringCase("cookie").doesNotContainIgnoringCase("csrf")
                .doesNotContainIgnoringCase("User-Agent").doesNotContainIgnoringCase("session")
                .doesNotContain("X_HYPHEN_Webhook", "request_headers", "request_url");
    }

    /** Bodies and properties; only while no batch holds them. */
    private String inJournal() {
        return jms.browse("identity-changes", (session, browser) -> {
            StringBuilder all = new StringBuilder();
            for (Object message : Collections.list(browser.getEnumeration())) {
                all.append(((TextMessage) message).getText());
                all.append(Collections.list(((TextMessage) message).getPropertyNames()));
            }
            return all.toString();
        });
    }

    /** CVE-2026-49099: names of Salesforce options, as header or query parameter, would redirect the call. */
    @Test
    void aCallerCanNotRedirectTheSalesforceCall() {
        String id = UUID.randomUUID().toString();
        HttpResponse<String> answer = ory.send(ory.request("/webhooks/ory/registration?sObjectName=Account&rawPath=/x"
                + "&rawMethod=DELETE&sforce-auto-assign=TRUE&event=login&apexUrl=/evil")
                .header("X-Webhook-Secret", SECRET)
                .header("sObjectName", "Account").header("sobjectidname", "Name").header("rawPath", "/evil")
                .header("rawMethod", "DELETE").header("rawQueryParameters", "q").header("Sforce-Auto-Assign", "FALSE")
                .header("x-sfdc-evil", "1").header("CamelSalesforceRawPath", "/evil")
                .header("CamelHttpUri", "http://127.0.0.1:1/").header("cAmElHttpPath", "/evil")
                .header("CamelJmsDestinationName", "elsewhere").header("CAmElJmsDestinationName", "elsewhere")
                .header("JMSDestination", "elsewhere").header("event", "login")
                .POST(HttpRequest.BodyPublishers.ofString(Ory.identity(id, Instant.now(), "Safe").toString())).build());
        assertThat(answer.statusCode()).isEqualTo(204);
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Safe");
        SALESFORCE.calls().all().forEach(call -> {
            assertThat(call.path()).doesNotContain("evil").doesNotContain("Account");
            assertThat(call.method()).isNotEqualTo("DELETE");
            assertThat(call.header("x-sfdc-evil")).isNull();
        });
    }

    /** CVE-2026-85254: this line of Camel echoes request headers in the answer. */
    @ParameterizedTest
    @ValueSource(strings = {"{}", "", "{\"identity\":{\"id\":\"9f425a8d-7efc-4768-8f23-7647a74fdf13\",\"traits\":{}}}"})
    void noHeaderOfTheRequestIsEchoed(String body) {
        HttpResponse<String> answer = post("login", body, request -> request.header("X-Webhook-Secret", SECRET)
                .header("X-Evil", "evil-value").header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        assertThat(answer.headers().map()).doesNotContainKeys("x-evil", "x-webhook-secret", "authorization",
                "traceparent", "ory-webhook-trigger-id", "ory-webhook-request-id", "user-agent");
        assertThat(answer.headers().map().toString()).doesNotContain(SECRET, "evil-value");
    }

    /** A route is safe without knowing the allow-list, which is the default. */
    @Test
    void aRouteWithoutAHeaderFilterAcceptsNoHeader() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/webhooks/added/route").routeId("added.route").setBody(simple("${headers} ", String.class));
                rest("/webhooks/added").get("/rest").routeId("added.rest").to("direct:added");
                from("direct:added").routeId("added.direct").setBody(simple("${headers} ", String.class));
            }
        });
        try {
            for (String path : List.of("/webhooks/added/route", "/webhooks/added/rest")) {
                HttpResponse<String> answer = ory.send(ory.request(path + "?rawPath=/evil-value&event=evil-value&trigger=evil-value")
                        .header("X-Webhook-Secret", SECRET)
                        .header("X-Evil", "evil-value").header("cAmElHttpUri", "evil-value").header("sObjectName", "evil-value")
                        .GET().build());
                assertThat(answer.statusCode()).as(path).isEqualTo(200);
                assertThat(answer.body()).contains("CamelHttpMethod").doesNotContainIgnoringCase("X-Evil")
                        .doesNotContain("sObjectName", " rawPath=", "Ory-Webhook-Request-Id");
                assertThat(answer.headers().map()).doesNotContainKeys("x-evil", "sobjectname", "rawpath", "trigger");
                if (!path.endsWith("rest")) { // which has the parameters of the operator API
                    assertThat(answer.headers().map()).doesNotContainKey("event");
                }
            }
        } finally {
            for (String id : List.of("added.route", "added.rest", "added.direct")) {
                camel.getRouteController().stopRoute(id);
                camel.removeRoute(id);
            }
        }
    }

    /** CVE-2026-40453: a message property that is Camel's header in another spelling would move the message. */
    @Test
    void aMessagePropertyCanNotRedirectADeadLetter() {
        sendToJournal(session -> {
            var message = session.createTextMessage("{\"event\":\"login\",\"receivedAt\":\"2026-01-01T00:00:00Z\"}");
            message.setStringProperty("CAmElJmsDestinationName", "elsewhere");
            message.setStringProperty("rawPath", "/evil");
            return message;
        });
        sendToJournal(session -> {
            var message = session.createMapMessage();
            message.setString("a", "map message");
            return message;
        });
        await().until(() -> deadLetters().size() == 2);
        assertThat(deadLetters()).allSatisfy(letter -> assertThat(letter.path("code").asText()).isEqualTo("UNREADABLE_BODY"));
    }

    @Test
    void noObjectIsReadFromTheJournal() {
        sendToJournal(session -> session.createObjectMessage(new java.util.ArrayList<>(List.of("x"))));
        await().until(() -> deadLetters().size() == 1);
        assertThat(onlyDeadLetter().path("code").asText()).isEqualTo("UNREADABLE_BODY");
    }

    private JsonNode onlyDeadLetter() {
        assertThat(deadLetters()).hasSize(1);
        return deadLetters().get(0);
    }

    private JsonNode assertProblem(HttpResponse<String> answer) {
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        JsonNode problem = read(answer.body());
        assertThat(problem.path("status").asInt()).isEqualTo(answer.statusCode());
        assertThat(problem.path("title").asText()).isNotEmpty();
        assertThat(problem.path("detail").asText()).isNotEmpty();
        return problem;
    }

    private HttpResponse<String> post(String event, String body, UnaryOperator<HttpRequest.Builder> with) {
        return ory.send(with.apply(ory.request("/webhooks/ory/" + event))
                .POST(HttpRequest.BodyPublishers.ofString(body)).build());
    }

    private HttpResponse<String> post(String event, byte[] body, HttpRequest.BodyPublisher publisher) {
        return ory.send(ory.request("/webhooks/ory/" + event).header("X-Webhook-Secret", SECRET)
                .POST(publisher).build());
    }
}
