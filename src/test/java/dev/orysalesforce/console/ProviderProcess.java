package dev.orysalesforce.console;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** mock-oauth2-server, as a process of its own: a provider of OpenID Connect with a page on which people tell who they are. */
final class ProviderProcess implements AutoCloseable {

    private static final String MAIN = "no.nav.security.mock.oauth2.StandaloneMockOAuth2ServerKt";
    private static final Duration PATIENCE = Duration.ofMinutes(3); // on a machine that is busy with other tests

    private final HttpClient http = HttpClient.newHttpClient();
    private final String issuer;
    private final Process process;

    private ProviderProcess(int port, Process process) {
        this.issuer = "http://localhost:" + port + "/staff";
        this.process = process;
    }

    static ProviderProcess start() {
        try {
            int port = FreePort.next();
            ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                    System.getProperty("java.class.path"), "-XX:TieredStopAtLevel=1", MAIN)
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
            builder.environment().put("SERVER_PORT", String.valueOf(port));
            builder.environment().put("JSON_CONFIG", "{\"interactiveLogin\":true}");
            ProviderProcess provider = new ProviderProcess(port, builder.start());
            await().atMost(PATIENCE).until(provider::answers);
            return provider;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers() throws InterruptedException {
        try {
            return http.send(HttpRequest.newBuilder(URI.create(issuer + "/.well-known/openid-configuration")).build(),
                    HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    String issuer() {
        return issuer;
    }

    /**
     * A person fills the form in to which the app has led them.
     *
     * @param page its address, with the query of the app
     * @return where the provider leads the browser then
     */
    URI logIn(String page, String name, Map<String, ?> claims) throws IOException, InterruptedException {
        String form = "username=" + encoded(name) + "&claims=" + encoded(new ObjectMapper().writeValueAsString(claims));
        return URI.create(Browser.location(http.send(HttpRequest.newBuilder(URI.create(page))
                .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(form)).build(),
                HttpResponse.BodyHandlers.ofString())));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
