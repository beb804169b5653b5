package dev.orysalesforce.kits;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The body that ory/identity.jsonnet makes of what Kratos knows. Needs Debian's {@code jsonnet}; without it the tests
 * are skipped, except in CI.
 */
@Tag("any-ledger")
@Tag("nightly")
class OryBodyTest extends AppTest {

    private static final String CANARY = "canary";
    private static final Set<String> KEPT = Set.of("id", "external_id", "organization_id", "schema_id", "state",
            "traits", "metadata_public", "created_at", "updated_at", "verifiable_addresses");

    @TempDir
    private Path work;

    /** Values of {@code ctx} in Kratos, and shapes that are no context at all. */
    static List<String> samples() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src", "test", "resources", "webhooks"))) {
            return files.map(file -> file.getFileName().toString().replace(".json", "")).sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{email: 'ada@acme.example'}", "{email: 'ada@acme.example', email_verified: true, name: 'Ada'}"})
    void anOrganizationsMapperTellsItsNameAndNoAddressThatIsNotVerified(String claims) throws Exception {
        Tool.require(Tool.JSONNET);
        JsonNode identity = json.readTree(Tools.run(work, List.of("jsonnet", "--ext-code", "claims=" + claims,
                "ory/organization-mapper.jsonnet"), Map.of())).path("identity");
        assertThat(identity.at("/metadata_public/organization/name").asText()).isEqualTo("Acme");
        assertThat(identity.at("/metadata_public/organization/domain").asText()).isEqualTo("acme.example");
        assertThat(identity.path("traits").has("email")).isEqualTo(claims.contains("verified"));
        assertThat(identity.path("verified_addresses")).hasSize(claims.contains("verified") ? 1 : 0);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everyIncompleteContextIsRenderedAndAccepted(String sample) throws Exception {
        JsonNode whole = context(sample);
        List<JsonNode> contexts = withoutOneKey(whole);
        contexts.add(whole);
        for (JsonNode body : Set.copyOf(render(contexts))) {
            JsonNode identity = body.path("identity");
            boolean unstored = identity.path("id").asText().startsWith("00000000-");
            assertThat(ory.sends("registration", body).statusCode()).as(body.toPrettyString())
                    .isEqualTo(unstored ? 422 : identity.path("id").isTextual() ? 204 : 400);
        }
        if (sample.endsWith("ctx")) {
            assertThat(contexts).hasSizeGreaterThan(50);
            settle();
            assertThat(record(whole.path("identity").path("id").asText()).text("Email")).isNotEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void nothingElseOfTheContextIsSent(String sample) throws Exception {
        JsonNode context = context(sample);
        if (context.path("identity") instanceof ObjectNode identity) {
            identity.putObject("credentials").put("password", "secret");
            identity.putObject("metadata_admin").put("note", "secret");
        }
        JsonNode body = render(List.of(canaries(context, ""))).get(0);
        assertThat(body.toString()).doesNotContain(CANARY);
        assertThat(keys(body)).containsExactlyInAnyOrder("identity", "transient_payload");
        assertThat(keys(body.path("identity"))).isSubsetOf(KEPT);
        body.path("identity").path("verifiable_addresses")
                .forEach(address -> assertThat(keys(address)).isSubsetOf("value", "via", "verified"));
        assertThat(body.path("identity").path("traits")).isEqualTo(context.path("identity").path("traits"));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void theThinBodyHoldsNoTraitAndIsAccepted(String sample) throws Exception {
        JsonNode whole = context(sample);
        List<JsonNode> contexts = withoutOneKey(whole);
        contexts.add(whole);
        for (JsonNode body : Set.copyOf(render("identity-thin.jsonnet", contexts))) {
            assertThat(keys(body)).containsExactlyInAnyOrder("identity_id", "transient_payload");
            String id = body.path("identity_id").textValue();
            assertThat(ory.sends("registration", body).statusCode()).as(body.toPrettyString())
                    .isEqualTo(id == null ? 400 : id.startsWith("00000000-") ? 422 : 204);
        }
        JsonNode payload = whole.at("/flow/transient_payload");
        JsonNode body = render("identity-thin.jsonnet", List.of(whole)).get(0);
        assertThat(body.path("identity_id").textValue()).isEqualTo(whole.at("/identity/id").textValue());
        assertThat(body.path("transient_payload")).isEqualTo(payload.isObject() ? payload : json.createObjectNode());
    }

    @Test
    void valuesOfAnotherKindAreNoError() throws Exception {
        List<JsonNode> contexts = new ArrayList<>();
        for (String value : List.of("null", "[]", "{}", "7", "\"text\"", "[null]", "[7]")) {
            for (String path : List.of("/identity", "/identity/traits", "/identity/verifiable_addresses", "/flow",
                    "/flow/transient_payload")) {
                JsonNode context = context("registration-ctx");
                int last = path.lastIndexOf('/');
                ((ObjectNode) context.at(path.substring(0, last))).set(path.substring(last + 1), read(value));
                contexts.add(context);
            }
            contexts.add(read(value));
        }
        assertThat(render(contexts)).hasSize(contexts.size());
    }

    private JsonNode context(String sample) {
        JsonNode body = read(Ory.webhook(sample));
        return body.path("ctx").isObject() ? body.path("ctx") : body;
    }

    private static List<String> keys(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }

    /** Copies of the tree, each without one of its keys. */
    private static List<JsonNode> withoutOneKey(JsonNode tree) {
        List<JsonNode> copies = new ArrayList<>();
        if (tree.isObject()) {
            tree.fieldNames().forEachRemaining(key -> {
                copies.add(((ObjectNode) tree.deepCopy()).without(key));
                withoutOneKey(tree.get(key)).forEach(child -> copies.add(((ObjectNode) tree.deepCopy()).set(key, child)));
            });
        } else {
            for (int i = 0; i < tree.size(); i++) {
                for (JsonNode child : withoutOneKey(tree.get(i))) {
                    ArrayNode copy = tree.deepCopy();
                    copy.set(i, child);
                    copies.add(copy);
                }
            }
        }
        return copies;
    }

    /** Another text for each value that must not be in the body. */
    private static JsonNode canaries(JsonNode tree, String path) {
        if (path.equals("/flow/transient_payload") || path.matches("/identity/(?!verifiable_addresses)\\w+")
                && KEPT.contains(path.substring("/identity/".length()))
                || path.matches("/identity/verifiable_addresses/\\d+/(value|via|verified)")) {
            return tree;
        }
        if (tree instanceof ObjectNode object) {
            object.fieldNames().forEachRemaining(key -> object.set(key, canaries(object.get(key), path + "/" + key)));
            return object;
        }
        if (tree instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, canaries(array.get(i), path + "/" + i));
            }
            return array;
        }
        return TextNode.valueOf(CANARY);
    }

    /** All at once, because a process for each would take minutes. */
    private List<JsonNode> render(List<JsonNode> contexts) throws Exception {
        return render("identity.jsonnet", contexts);
    }

    private List<JsonNode> render(String body, List<JsonNode> contexts) throws Exception {
        Tool.require(Tool.JSONNET);
        Path all = Files.writeString(work.resolve("contexts.json"), contexts.toString());
        String template = Path.of("ory", body).toAbsolutePath().toString();
        String bodies = Tools.run(work, List.of("jsonnet", "-e",
                "std.map(import '%s', import '%s')".formatted(template, all)), Map.of());
        List<JsonNode> rendered = new ArrayList<>();
        read(bodies).forEach(rendered::add);
        return rendered;
    }
}
