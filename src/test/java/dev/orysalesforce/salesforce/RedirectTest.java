package dev.orysalesforce.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;

/** The app follows no redirect, so the client secret, the token and the records reach no other host. */
@TestPropertySource(properties = "test.context=redirects") // no token has been lent yet
@Tag("nightly")
@Tag("any-ledger")
class RedirectTest extends AppTest {

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private HttpServer stranger;

    @BeforeEach
    void open() throws IOException {
        stranger = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        stranger.createContext("/", call -> {
            heard.add(call.getRequestMethod() + " " + call.getRequestHeaders().get("Authorization"));
            call.sendResponseHeaders(204, -1);
            call.close();
        });
        stranger.start();
    }

    @AfterEach
    void close() {
        stranger.stop(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aLoginIsNotSentOn(int status) {
        SALESFORCE.org().expireTokens();
        isNotSentOn(Fault.redirect(status, url()).on(CallKind.LOGIN));
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aCallIsNotSentOn(int status) {
        isNotSentOn(Fault.redirect(status, url()));
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 307, 308})
    void norIsOneForAClientOfTheTokenBroker(int status) throws Exception {
        SALESFORCE.faults().start(Fault.redirect(status, url()));
        assertThat(token()).isBetween(500, 599);
        assertThat(heard).isEmpty();
    }

    private int token() throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(HttpRequest.newBuilder().uri(URI.create("http://127.0.0.1:" + port + "/oauth2/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials&client_id=billing"
                        + "&client_secret=billing-client-secret"))
                .build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    private void isNotSentOn(Fault redirect) {
        String id = UUID.randomUUID().toString();
        SALESFORCE.faults().start(redirect);
        ory.sends("registration", Ory.identity(id, Instant.now(), "Person"));
        await().until(this::isPaused);
        assertThat(heard).isEmpty();
        assertThat(health().at("/components/deliveryPause").toString()).contains("SALESFORCE_LOGIN_URL");
        SALESFORCE.faults().clear();
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Person");
    }

    private String url() {
        return "http://localhost:" + stranger.getAddress().getPort() + "/";
    }
}
