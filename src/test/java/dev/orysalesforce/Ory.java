package dev.orysalesforce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** Sends webhooks as Ory Kratos does: same headers, once. */
public final class Ory {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path WEBHOOKS = Path.of("src/test/resources/webhooks");

    static {
        // Shorter than the server's own, so that no request goes out on a connection that is just being closed.
        System.setProperty("jdk.httpclient.keepalive.timeout", "5");
    }

    private final String app;
    private final String secret;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** @param app the app's address, e.g. {@code http://127.0.0.1:8080} */
    public Ory(String app, String secret) {
        this.app = app;
        this.secret = secret;
    }

    /** A webhook body that was captured from a running Kratos, or written after a published recipe. */
    public static String webhook(String name) {
        try {
            return Files.readString(WEBHOOKS.resolve(name + ".json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All of them. */
    public static List<String> webhooks() {
        try (Stream<Path> files = Files.list(WEBHOOKS)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".json")).sorted()
                    .map(name -> webhook(name.replace(".json", ""))).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A body for an identity, in the shape of {@code {"identity": ctx.identity}}. */
    public static ObjectNode identity(String id, Instant updatedAt, String lastName) {
        ObjectNode body = JSON.createObjectNode();
        ObjectNode identity = body.putObject("identity").put("id", id).put("schema_id", "customer")
                .put("created_at", updatedAt.toString()).put("updated_at", updatedAt.toString());
        identity.putObject("traits").put("email", "p-" + id + "@example.org")
                .putObject("name").put("first", "Pat").put("last", lastName);
        return body;
    }

    public HttpResponse<String> sends(String event, JsonNode body) {
        return sends(event, body.toString());
    }

    public HttpResponse<String> sends(String event, String body) {
        return send(request("/webhooks/ory/" + event).header("X-Webhook-Secret", secret)
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8)).build());
    }

    /** Sends a record that an Action has built to a path of Salesforce. */
    public HttpResponse<String> gives(String method, String path, String body) {
        return send(request(path).header("X-Webhook-Secret", secret)
                .method(method, HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8)).build());
    }

    /** A request with Ory's headers, but without a secret. */
    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(app + path))
                .header("User-Agent", "Go-http-client/1.1")
                .header("Content-Type", "application/json")
                .header("Ory-Webhook-Request-Id", UUID.randomUUID().toString())
                .header("Ory-Webhook-Trigger-Id", UUID.randomUUID().toString())
                .header("Accept-Encoding", "gzip");
    }

    public HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
