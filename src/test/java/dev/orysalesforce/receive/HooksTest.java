package dev.orysalesforce.receive;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.SandboxRecord;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Webhooks as people who run Ory have written them, one in each file of {@code src/test/resources/hooks}: what is there before
 * ({@code seed}), what is sent ({@code sends}), and what becomes of it ({@code want}). To add one, copy the nearest.
 */
@Tag("any-ledger")
class HooksTest extends AppTest {

    private static final Path HOOKS = Path.of("src/test/resources/hooks");

    static Stream<Arguments> hooks() throws IOException {
        try (Stream<Path> files = Files.list(HOOKS)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream().map(Arguments::of);
        }
    }

    @ParameterizedTest
    @MethodSource("hooks")
    void becomesTheRecordThatIsWanted(String file) throws IOException {
        JsonNode hook = read(Files.readString(HOOKS.resolve(file)));
        for (JsonNode seed : hook.path("seed")) {
            Map<String, Object> fields = new HashMap<>();
            seed.path("values").properties().forEach(value -> fields.put(value.getKey(), value.getValue().asText()));
            SALESFORCE.org().insert(seed.path("object").asText(), fields);
        }
        JsonNode want = hook.path("want");
        for (JsonNode sends : hook.path("sends")) {
            HttpResponse<String> answer = send(sends);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(want.path("status").asInt());
            settle();
        }
        want.path("noOther").forEach(other -> assertThat(SALESFORCE.org().byIdentity(other.asText())).as("record of " + other).isEmpty());
        want.path("says").forEach(text -> assertThat(deadLetters().get(0).path("message").asText()).contains(text.asText()));
        want.path("letterHolds").forEach(text -> assertThat(deadLetters().get(0).toString()).contains(text.asText()));
        want.path("letterLacks").forEach(text -> assertThat(deadLetters().get(0).toString()).doesNotContain(text.asText()));
        if (want.has("skipped")) {
            assertThat(sql.queryForObject("select code from identities where identity = ?", String.class,
                    hook.path("identity").asText())).isEqualTo(want.path("skipped").asText());
        }
        if (want.path("record").isObject()) {
            SandboxRecord record = record(hook.path("identity").asText());
            want.path("record").properties().forEach(field -> assertThat(allowed(field.getValue())).as(field.getKey())
                    .contains(record.text(field.getKey())));
            if (want.has("phone")) {
                assertThat(want.path("phone").asText()).isIn(record.text("Phone"), record.text("MobilePhone"));
            }
            assertThat(deadLetters()).isEmpty();
        } else {
            assertThat(SALESFORCE.org().records("Lead")).as("none beside what was there").hasSize(hook.path("seed").size());
        }
        if (want.has("records")) {
            assertThat(SALESFORCE.org().records("Lead")).hasSize(want.path("records").asInt());
        }
    }

    /** One value, or any of several. */
    private static List<String> allowed(JsonNode value) {
        return value.isArray() ? Stream.iterate(0, i -> i + 1).limit(value.size()).map(i -> value.get(i).asText()).toList()
                : List.of(value.asText());
    }

    private HttpResponse<String> send(JsonNode sends) {
        String path = sends.path("path").asText("/webhooks/ory/" + sends.path("event").asText());
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Content-Type", "application/json")
                .method(sends.path("method").asText("POST"), HttpRequest.BodyPublishers.ofString(sends.path("body").toString()));
        sends.path("headers").properties()
                .forEach(header -> request.header(header.getKey(), header.getValue().asText().replace("$SECRET", SECRET)));
        if (!sends.path("noSecret").asBoolean()) {
            request.header("X-Webhook-Secret", SECRET);
        }
        return ory.send(request.build());
    }
}
