package dev.orysalesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.receive.RequestGate;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What an unknown caller costs, what a page in an operator's browser may do, and which traces of it are left. */
@Tag("any-ledger")
@ExtendWith(OutputCaptureExtension.class)
class HttpEdgeTest extends AppTest {

    private static final String LEAD = "/services/data/v62.0/sobjects/Lead";
    private static final String MEMORY = "/observe/jolokia/read/java.lang:type=Memory/HeapMemoryUsage";
    private static final String WEBHOOK = "/webhooks/ory/registration";
    private static final int MEGABYTE = 1024 * 1024;

    @Autowired
    private RequestGate gate;

    private final List<Socket> open = new ArrayList<>();

    @AfterEach
    void closeAll() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
    }

    @Test
    void unfinishedBodiesOfUnknownCallersAreRefusedAtOnceAndCostNoMemory() throws IOException {
        assertThat(signUp(null)).isEqualTo(204);
        long before = liveHeap();
        List<String> heads = List.of("POST /foo", "PUT /foo", "POST " + WEBHOOK, "POST /api/preview", "POST /oauth2/token", "POST " + LEAD);
        for (int i = 0; i < 160; i++) {
            String type = i % 3 == 0 ? "application/x-www-form-urlencoded" : i % 3 == 1 ? "application/json"
                    : "multipart/form-data; boundary=x";
            unfinished(heads.get(i % heads.size()), "Content-Type: " + type);
        }
        assertThat(signUp(null)).as("webhooks go on").isEqualTo(204);
        for (Socket socket : open) {
            String answer = answer(socket);
            assertThat(answer).contains("\r\nConnection: close\r\n");
            assertThat(answer.substring(9, 12)).isIn("401", "404", "413");
        }
        assertThat(liveHeap() - before).as("bytes").isLessThan(15L * MEGABYTE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/foo", "/error", "/index.html", "/favicon.ico", "/observe/health", "/observe/jolokia",
        "/webjars/x", "/actuator", "/services", "/oauth2x"})
    void nothingIsAtAnUnknownPath(String path, CapturedOutput log) {
        for (String accept : List.of("*/*", "text/html", "not a type")) {
            HttpResponse<String> answer = ory.send(HttpRequest.newBuilder(url(path)).header("Accept", accept).build());
            assertThat(answer.statusCode()).as(path).isIn(401, 404);
            assertThat(read(answer.body()).path("status").asInt()).isEqualTo(answer.statusCode());
            if (answer.statusCode() == 404) {
                assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
            }
        }
        assertThat(log.getOut()).doesNotContain(" WARN ", "\tat ");
    }

    /** Held before; each was a way in elsewhere. */
    @ParameterizedTest
    @ValueSource(strings = {"//api/status", "/./api/status", "/x/../api/status", "/%2e/api/status", "/x/%2e%2e/api/status",
        "/api%2fstatus", "/api/status%00", "/api;x/status", "/api/status;jsessionid=1", "/api\\status", "/API/status", "/%61pi/status",
        "/api/status/", "/api//status", "/api/./status", "/webhooks/../api/status", "/webhooks/%2e%2e/api/status"})
    void noSpellingOfAPathLeadsIn(String path) throws IOException {
        for (String secret : List.of("X-Other: x", "X-Webhook-Secret: " + SECRET)) {
            for (String method : List.of("GET", "POST", "HEAD")) {
                assertThat(status(exchange(method + " " + path + " HTTP/1.1\r\nHost: sync\r\nConnection: close\r\n" + secret
                        + "\r\nContent-Length: 0\r\n\r\n"))).as(method + path).isIn(400, 401, 404);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"TRACE,/foo", "FOO17," + WEBHOOK, "CONNECT,/foo", "OPTIONS,/api/status"})
    void otherMethodsAreRefusedAndMakeNoLabels(String method, String path) throws IOException {
        assertThat(status(exchange(method + " " + path + " HTTP/1.1\r\nHost: sync\r\nConnection: close\r\n\r\n")))
                .isIn(400, 401, 404, 405, 501);
        assertThat(metrics()).doesNotContain("FOO17");
    }

    @Test
    void aBodyIsNotUnpacked() {
        HttpResponse<String> answer = ory.send(ory.request(WEBHOOK).header("X-Webhook-Secret", SECRET)
                .header("Content-Encoding", "gzip").POST(BodyPublishers.ofByteArray(new byte[] {31, (byte) 139, 8, 0})).build());
        assertThat(answer.statusCode()).isEqualTo(400);
    }

    /** A route's edit waits until no request is inside. */
    @Test
    void slowAndUnknownRequestsDoNotKeepEditsOut() throws IOException {
        unfinished("POST /foo", "X-Other: x");
        unfinished("POST " + WEBHOOK, "X-Webhook-Secret: " + SECRET);
        unfinished("POST /oauth2/token", "Authorization: " + basic("billing", "billing-client-secret"));
        for (int i = 0; i < 20; i++) {
            Thread wrong = new Thread(() -> new Operator(port, "wrong-operator-token").get("/api/status"));
            wrong.setDaemon(true);
            wrong.start();
        }
        assertThat(signUp(null)).isEqualTo(204); // so that the others have come in, too
        boolean closed = gate.close(Duration.ofMillis(200));
        if (closed) {
            gate.open();
        }
        assertThat(closed).isTrue();
    }

    @Test
    void bodiesThatDoNotFitTheHeapTogetherAreAnswered503() throws IOException {
        long most = Math.max(1, Runtime.getRuntime().maxMemory() / 128 / MEGABYTE);
        assumeThat(most).as("a thread each").isLessThan(150);
        for (int i = 0; i <= most; i++) {
            unfinished("POST " + WEBHOOK, "X-Webhook-Secret: " + SECRET);
        }
        HttpResponse<String> busy = await().until(() -> ory.sends("registration", " ".repeat(MEGABYTE - 10)),
                answer -> answer.statusCode() == 503); // once the app has begun to read all of them
        assertThat(busy.headers().firstValue("Retry-After")).contains("5");
        assertThat(read(busy.body()).path("code").asText()).isEqualTo("BODIES_BUSY");
        closeAll();
        await().until(() -> signUp(null) == 204);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0085\u0090", "\u00e9", "x", "\t", "00000000-0000-0000-0000-00000000000g"})
    void aTriggerIdThatIsNoUuidIsNotKept(String trigger) throws IOException {
        for (String text : List.of(trigger, trigger.repeat(101))) {
            String id = UUID.randomUUID().toString();
            assertThat(raw("POST", WEBHOOK, text, Ory.identity(id, Instant.now(), "Person").toString())).isEqualTo(204);
            String other = UUID.randomUUID().toString();
            assertThat(raw("PATCH", LEAD + "/Ory_Identity_Id__c/" + other, text, "{\"LastName\":\"P\",\"Company\":\"C\"}")).isEqualTo(201);
            settle();
            for (String one : List.of(id, other)) {
                assertThat(read(operator().get("/api/identities/" + one).body()).at("/lastEvent/triggerId").isTextual()).isFalse();
            }
        }
    }

    @Test
    void aParameterWithAControlCharacterMakesNoError() throws IOException {
        assertThat(raw("POST", WEBHOOK + "?%01=x&y=%02", "x",
                Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Person").toString())).isEqualTo(204);
    }

    @Test
    void aTokenClientWritesNoLabels() {
        for (String query : List.of("?token-client=forged", "?Token-Client=forged&client=forged")) {
            HttpResponse<String> answer = ory.send(HttpRequest.newBuilder(url("/oauth2/token" + query))
                    .header("Authorization", basic("billing", "billing-client-secret")).header("Token-Client", "forged")
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString("grant_type=client_credentials")).build());
            assertThat(answer.statusCode()).isEqualTo(200);
        }
        assertThat(metrics()).doesNotContain("forged");
    }

    @Test
    void theLogSaysWhoDidWhat(CapturedOutput log) {
        ory.sends("registration", "{\"identity\": {\"traits\": \"none\"}}");
        String letter = read(operator().get("/api/dead-letters").body()).at("/items/0/id").asText();
        String id = UUID.randomUUID().toString();
        assertThat(signUp(id)).isEqualTo(204);
        settle();
        String before = log.getOut();
        operator().get("/api/dead-letters/" + letter);
        operator().get("/api/identities/" + id);
        operator().post("/api/dead-letters/replay", "no JSON");
        operator().delete("/api/dead-letters/" + UUID.randomUUID());
        assertThat(log.getOut().substring(before.length())).doesNotContain("The operator at");
        operator().get("/api/dead-letters/" + letter + "?reveal=true");
        operator().get("/api/identities/" + id + "?reveal=true");
        operator().post("/api/dead-letters/replay", "{\"ids\":[\"" + letter + "\"]}");
        operator().post("/api/dead-letters/replay", "{\"code\":\"NO_IDENTITY\"}");
        operator().delete("/api/dead-letters/" + letter);
        operator().delete("/api/dead-letters?code=NO_IDENTITY");
        operator().delete("/api/identities/" + id);
        token(basic("billing", "billing-client-secret"));
        await().untilAsserted(() -> assertThat(log.getOut()).contains(
                "The operator at 127.0.0.1 revealed dead letter " + letter,
                "The operator at 127.0.0.1 revealed identity " + id,
                "The operator at 127.0.0.1 replayed dead letter " + letter,
                "The operator at 127.0.0.1 replayed the dead letters with code NO_IDENTITY",
                "The operator at 127.0.0.1 discarded dead letter " + letter,
                "The operator at 127.0.0.1 discarded the dead letters with code NO_IDENTITY",
                "The operator at 127.0.0.1 erased identity " + id,
                "Client billing at 127.0.0.1 got a Salesforce token"));
    }

    @Test
    void refusedLoginsAreCountedAndToldOnceAMinute(CapturedOutput log) {
        double operators = refused("operator");
        double clients = refused("token-client");
        for (int i = 0; i < 5; i++) {
            assertThat(new Operator(port, "wrong-operator-token").get("/api/status").statusCode()).isEqualTo(401);
            assertThat(token(basic("billing", "wrong")).statusCode()).isEqualTo(401);
            assertThat(management(MEMORY, "Authorization", basic("operator", "wrong")).statusCode()).isEqualTo(401);
        }
        assertThat(refused("operator") - operators).isEqualTo(10);
        assertThat(refused("token-client") - clients).isEqualTo(5);
        assertThat(log.getOut().split("An operator token was refused, from ", -1).length).isLessThanOrEqualTo(2);
        assertThat(log.getOut()).doesNotContain("wrong-operator-token");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Origin | http://evil.example", "Origin | null", "Origin | http://127.0.0.1:3000", "Host | evil.example",
        "Host | 127.0.0.1.evil.example", "Host | evil.example:9876", "Sec-Fetch-Site | cross-site", "Sec-Fetch-Site | same-site"})
    void aPageOfAnotherSiteMayNotCallTheManagementPort(String name, String value) throws IOException {
        for (String path : List.of("/observe/health", "/observe/metrics", "/observe/hawtio/login", MEMORY)) {
            String host = name.equals("Host") ? "" : "Host: 127.0.0.1:" + managementPort + "\r\n";
            String answer = exchange(managementPort, "GET " + path + " HTTP/1.1\r\n" + host + name + ": " + value
                    + "\r\nAuthorization: " + basic("operator", OPERATOR_TOKEN) + "\r\nConnection: close\r\n\r\n");
            assertThat(status(answer)).as(path).isEqualTo(403);
            assertThat(answer).doesNotContainIgnoringCase("Access-Control-Allow-Origin");
        }
    }

    @Test
    void programsAndTheOwnPageMayCallTheManagementPort() throws IOException {
        String credentials = "\r\nAuthorization: " + basic("operator", OPERATOR_TOKEN) + "\r\nConnection: close\r\n\r\n";
        String own = "127.0.0.1:" + managementPort;
        for (String headers : List.of("Host: " + own, "Host: localhost:" + managementPort, "Host: [::1]:9876", "Host: 10.1.2.3",
                "Host: " + own + "\r\nOrigin: http://" + own, "Host: " + own + "\r\nSec-Fetch-Site: same-origin",
                "Host: " + own + "\r\nSec-Fetch-Site: none")) {
            String answer = exchange(managementPort, "GET " + MEMORY + " HTTP/1.1\r\n" + headers + credentials);
            assertThat(status(answer)).as(headers).isEqualTo(200);
            assertThat(answer).doesNotContainIgnoringCase("Access-Control-Allow-Origin").contains("\"used\"");
            assertThat(status(exchange(managementPort, "GET /observe/health HTTP/1.1\r\n" + headers + credentials))).isEqualTo(200);
        }
        assertThat(status(exchange(managementPort, "GET /observe/health HTTP/1.0\r\n\r\n"))).as("a probe").isEqualTo(200);
        assertThat(status(exchange(managementPort, "GET /observe/hawtio/login HTTP/1.1\r\nHost: " + own + "\r\nSec-Fetch-Site:"
                + " cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nConnection: close\r\n\r\n")))
                .as("a link to the page").isEqualTo(200);
    }

    /** Cookies know no port: a page of another port of this host can choose those of this one. */
    @Test
    void aChosenCookieIsNoCsrfToken() {
        HttpResponse<String> page = management("/observe/hawtio/login", "Accept", "text/html");
        assertThat(page.headers().allValues("Set-Cookie")).as("no session for an unknown caller").isEmpty();
        HttpResponse<String> login = ory.send(HttpRequest.newBuilder(managementUrl("/observe/hawtio/login"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("username=operator&password=" + OPERATOR_TOKEN)).build());
        String session = cookie(login, "ory-salesforce-sync");
        HttpResponse<String> first = management("/observe/hawtio/user", "Cookie", session);
        String csrf = cookie(first, "XSRF-TOKEN");
        assertThat(first.headers().allValues("Set-Cookie").toString()).contains("Path=/observe", "SameSite=Strict");
        String stop = "/observe/jolokia/exec/java.lang:type=Threading/findDeadlockedThreads()";
        for (String forged : List.of("?_csrf=z", "?_csrf=" + csrf.split("=")[1])) {
            assertThat(management(stop + forged, "Cookie", session + "; XSRF-TOKEN=z").statusCode()).isEqualTo(403);
        }
        assertThat(management(stop, "Cookie", session + "; XSRF-TOKEN=z", "X-XSRF-TOKEN", "z").statusCode()).isEqualTo(403);
        assertThat(management(stop, "Cookie", session + "; " + csrf, "X-XSRF-TOKEN", csrf.split("=")[1]).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/observe/%6aolokia", "/observe/hawtio//proxy/x", "/observe/hawtio/%70roxy/x", "/observe/%68awtio",
        "/error", "/observe/nothing", "/", "/observe/health/nothing", "/observe/metrics/x"})
    void noPathOfTheManagementPortLeavesAStackTrace(String path, CapturedOutput log) throws IOException {
        for (String accept : List.of("*/*", "text/html", "not a type")) {
            String answer = exchange(managementPort, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: " + accept
                    + "\r\nAuthorization: " + basic("operator", OPERATOR_TOKEN) + "\r\nConnection: close\r\n\r\n");
            assertThat(status(answer)).as(answer).isLessThan(500);
            exchange(managementPort, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: " + accept + "\r\nConnection: close\r\n\r\n");
        }
        assertThat(log.getOut()).doesNotContain("\tat ", " WARN ", " ERROR ");
    }

    private void unfinished(String head, String header) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        open.add(socket);
        socket.setSoTimeout(10_000);
        socket.getOutputStream().write((head + " HTTP/1.1\r\nHost: sync\r\n" + (header.startsWith("Content-Type") ? ""
                : "Content-Type: application/json\r\n") + header + "\r\nContent-Length: "
                + (head.endsWith("token") && !header.startsWith("Content-Type") ? 16_000 : MEGABYTE - 5) + "\r\n\r\n"
                + " ".repeat(10_000)).getBytes(StandardCharsets.ISO_8859_1));
    }

    private int raw(String method, String path, String trigger, String body) throws IOException {
        return status(exchange(method + " " + path + " HTTP/1.1\r\nHost: sync\r\nConnection: close\r\nX-Webhook-Secret: " + SECRET
                + "\r\nContent-Type: application/json\r\nX-Odd: \u0085\r\nOry-Webhook-Trigger-Id: " + trigger + "\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body));
    }

    private String exchange(String request) throws IOException {
        return exchange(port, request);
    }

    private String exchange(int to, String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", to)) {
            socket.setSoTimeout(15_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return answer(socket);
        }
    }

    /** Reads until the app closes the connection. The app resets it if it has not read the whole request. */
    private static String answer(Socket socket) throws IOException {
        StringBuilder all = new StringBuilder();
        byte[] buffer = new byte[8192];
        InputStream in = socket.getInputStream();
        try {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                all.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
            }
        } catch (SocketException e) {
            // the connection was reset
        }
        return all.toString();
    }

    private static int status(String answer) {
        return answer.isEmpty() ? 0 : Integer.parseInt(answer.substring(9, 12));
    }

    private int signUp(String id) {
        return ory.sends("registration", Ory.identity(id == null ? UUID.randomUUID().toString() : id, Instant.now(), "Person"))
                .statusCode();
    }

    private HttpResponse<String> token(String credentials) {
        return ory.send(HttpRequest.newBuilder(url("/oauth2/token")).header("Authorization", credentials)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("grant_type=client_credentials")).build());
    }

    private HttpResponse<String> management(String path, String... headers) {
        return ory.send(HttpRequest.newBuilder(managementUrl(path)).headers(headers).build());
    }

    private String metrics() {
        return new Operator(managementPort, null).get("/observe/metrics").body();
    }

    private double refused(String caller) {
        String name = "ory_sync_refused_logins_total{caller=\"" + caller + "\"} ";
        return metrics().lines().filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length()))).findFirst().orElseThrow();
    }

    private Operator operator() {
        return new Operator(port, OPERATOR_TOKEN);
    }

    private URI url(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private URI managementUrl(String path) {
        return URI.create("http://127.0.0.1:" + managementPort + path);
    }

    private static String cookie(HttpResponse<String> answer, String name) {
        return answer.headers().allValues("Set-Cookie").stream().filter(cookie -> cookie.startsWith(name + "="))
                .map(cookie -> cookie.split(";")[0]).findFirst().orElseThrow();
    }

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static long liveHeap() {
        ManagementFactory.getMemoryMXBean().gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
