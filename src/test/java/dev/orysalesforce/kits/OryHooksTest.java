package dev.orysalesforce.kits;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.orysalesforce.Tool;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

/** The hooks of ory/, for a self-hosted Kratos and for Ory Network, against Kratos' schema. */
class OryHooksTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path KIT = Path.of("ory");
    private static final String FLOWS = "/selfservice/flows";

    /** The flows that change traits or addresses, and their event for the app. */
    private static final Map<String, String> PLACES = places();

    @TempDir
    private Path work;

    private static Map<String, String> places() {
        Map<String, String> places = new LinkedHashMap<>();
        for (String method : List.of("/password", "/oidc", "/code", "/webauthn", "/passkey", "")) {
            places.put("/registration/after" + method, "registration");
        }
        places.put("/settings/after/profile", "settings");
        places.put("/verification/after", "verification");
        return places;
    }

    @Test
    void theHooksForKratosFitItsSchema() throws IOException {
        assertThat(complaints(kratos())).isEmpty();
        ObjectNode wrong = kratos();
        ((ObjectNode) wrong.at(FLOWS + "/settings/after/profile/hooks/0/config")).put("timeout", "5s");
        assertThat(complaints(wrong)).as("the schema sees mistakes").isNotEmpty();
    }

    @Test
    void everyListOfKratosThatMattersHasTheHook() throws IOException {
        ObjectNode kratos = kratos();
        PLACES.forEach((place, event) -> {
            JsonNode hooks = kratos.at(FLOWS + place + "/hooks");
            assertThat(hooks).as(place).hasSize(1);
            assertHook(hooks.get(0), event);
            assertPassword(hooks.get(0));
        });
        assertThat(kratos.findValues("hook")).as("no others").hasSize(PLACES.size());
    }

    /** The list has every method that the schema knows for a sign-up. */
    @Test
    void noMethodOfRegistrationIsForgotten() throws IOException {
        JsonNode after = schema().at("/definitions/selfServiceAfterRegistration/properties");
        assertThat(after.size()).isGreaterThan(4);
        after.properties().stream().filter(entry -> entry.getValue().path("$ref").asText().contains("Method"))
                .forEach(entry -> assertThat(PLACES).containsKey("/registration/after/" + entry.getKey()));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{}",
        """
        {"selfservice": {"flows": {
          "registration": {"after": {
            "hooks": [],
            "password": {"hooks": [{"hook": "session"}]},
            "oidc": {"hooks": [{"hook": "session"}, {"hook": "web_hook",
              "config": {"url": "https://old.example.com/webhooks/ory/registration", "method": "GET"}}]}}},
          "verification": {"enabled": true, "after": {"hooks": [{"hook": "web_hook",
            "config": {"url": "https://a.example.com/", "method": "POST", "body": "base64://e30="}}]}}}}}
        """
    })
    void theScriptPutsTheHooksIntoAProjectAndLeavesTheRest(String project) throws Exception {
        ObjectNode before = (ObjectNode) JSON.readTree(project);
        ObjectNode after = network(before);
        assertThat(complaints(complete(after))).isEmpty();
        String template = Files.readString(KIT.resolve("identity.jsonnet"));
        PLACES.forEach((place, event) -> {
            List<JsonNode> ours = new ArrayList<>();
            after.at(FLOWS + place + "/hooks").forEach(hook -> {
                if (hook.at("/config/url").asText().endsWith("/webhooks/ory/" + event)) {
                    ours.add(hook);
                }
            });
            assertThat(ours).as(place).hasSize(1);
            assertHook(ours.get(0), event);
            assertKey(ours.get(0));
            assertThat(decoded(ours.get(0))).isEqualTo(template);
        });
        for (JsonNode place : List.of(before.at(FLOWS + "/registration/after/password/hooks"),
                before.at(FLOWS + "/verification/after/hooks"))) {
            place.forEach(hook -> assertThat(after.findValues("hooks").stream().flatMap(list -> stream(list).stream()))
                    .contains(hook));
        }
        assertThat(network(after)).as("once more changes nothing").isEqualTo(after);
    }

    @Test
    void theScriptKeepsToTheEventsItIsTold() throws Exception {
        ObjectNode after = network(JSON.createObjectNode(), "settings");
        assertThat(after.findValues("hook")).hasSize(1);
        assertHook(after.at(FLOWS + "/settings/after/profile/hooks/0"), "settings");
    }

    @Test
    void terraformSetsTheSameAsKratos() throws IOException {
        String terraform = Files.readString(KIT.resolve("main.tf"));
        assertThat(terraform).contains("[\"password\", \"oidc\", \"code\", \"webauthn\", \"passkey\"]",
                "/webhooks/ory/registration\"", "/webhooks/ory/verification\"", "/identity.jsonnet\")");
        assertThat(terraform.split("resource \"ory_action\"")).hasSize(3)
                .allSatisfy(part -> assertThat(part.contains("flow ")).isEqualTo(part.contains("response_ignore = true")));
        assertThat(terraform).doesNotContain("response_parse", "can_interrupt");
    }

    private static void assertHook(JsonNode hook, String event) {
        assertThat(hook.path("hook").asText()).isEqualTo("web_hook");
        JsonNode config = hook.path("config");
        assertThat(config.path("url").asText()).isEqualTo("https://sync.example.com/webhooks/ory/" + event);
        assertThat(config.path("method").asText()).isEqualTo("POST");
        assertThat(config.path("response").toString()).isEqualTo("{\"ignore\":true}");
        assertThat(config.has("can_interrupt")).isFalse();
    }

    /** Kratos conceals a password in its log, but not a key; on Ory Network the log is not accessible. */
    private static void assertPassword(JsonNode hook) {
        assertThat(hook.at("/config/auth/type").asText()).isEqualTo("basic_auth");
        assertThat(hook.at("/config/auth/config/user").asText()).isEqualTo("ory");
        assertThat(hook.at("/config/auth/config/password").asText()).isEqualTo("the-first-of-ORY_WEBHOOK_SECRET");
    }

    private static void assertKey(JsonNode hook) {
        assertThat(hook.at("/config/auth/type").asText()).isEqualTo("api_key");
        assertThat(hook.at("/config/auth/config/in").asText()).isEqualTo("header");
        assertThat(hook.at("/config/auth/config/name").asText()).isEqualTo("X-Webhook-Secret");
        assertThat(hook.at("/config/auth/config/value").asText()).isEqualTo("the-first-of-ORY_WEBHOOK_SECRET");
    }

    /** The file as Kratos reads it, with the required parts of every kratos.yml. */
    private static ObjectNode kratos() throws IOException {
        return complete(JSON.valueToTree(new Yaml().load(Files.readString(KIT.resolve("kratos.yml")))));
    }

    private static ObjectNode complete(ObjectNode config) {
        ObjectNode whole = config.deepCopy();
        whole.put("dsn", "memory").putObject("identity").put("default_schema_id", "default").putArray("schemas")
                .addObject().put("id", "default").put("url", "file://./identity.schema.json");
        whole.putObject("courier").putObject("smtp").put("connection_uri", "smtp://user:password@mail.example.com/");
        ((ObjectNode) whole.path("selfservice")).put("default_browser_return_url", "https://example.com/");
        return whole;
    }

    private static List<String> complaints(JsonNode config) throws IOException {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(schema()).validate(config).stream()
                .map(Object::toString).toList();
    }

    private static JsonNode schema() throws IOException {
        JsonNode schema = JSON.readTree(new File("src/test/resources/ory/kratos-config.schema.json"));
        ((ObjectNode) schema.path("properties")).remove("tracing"); // refers to a file elsewhere
        return schema;
    }

    /** Runs the script with a stand-in for Ory's CLI that knows one project. */
    private ObjectNode network(ObjectNode project, String... events) throws Exception {
        Tool.require(Tool.BASH, Tool.JQ);
        Path config = Files.writeString(work.resolve("config.json"), project.toString());
        Path patch = work.resolve("patch.json");
        Path ory = Files.writeString(work.resolve("ory"), """
                #!/bin/sh
                case "$*" in
                "get identity-config --project my-project --format json") cat '%s' ;;
                "patch project my-project --file "*" --format json") cp "$5" '%s' ;;
                *) echo "not what Ory's CLI takes: $*" >&2; exit 2 ;;
                esac
                """.formatted(config, patch));
        assertThat(ory.toFile().setExecutable(true)).isTrue();
        List<String> command = new ArrayList<>(List.of("bash", KIT.resolve("network.sh").toAbsolutePath().toString(),
                "my-project", "https://sync.example.com/"));
        command.addAll(List.of(events));
        String said = Tools.run(work, command, Map.of("PATH", work + File.pathSeparator + System.getenv("PATH"),
                "ORY_WEBHOOK_SECRET", "the-first-of-ORY_WEBHOOK_SECRET,an-old-one"));
        assertThat(said).contains("settings/after/profile/hooks").doesNotContain("the-first-of");
        return patched(project, JSON.readTree(patch.toFile()));
    }

    private static ObjectNode patched(ObjectNode project, JsonNode patch) {
        ObjectNode whole = JSON.createObjectNode();
        whole.putObject("services").putObject("identity").set("config", project.deepCopy());
        for (JsonNode step : patch) {
            String path = step.path("path").asText();
            String last = path.substring(path.lastIndexOf('/') + 1);
            JsonNode parent = whole.at(path.substring(0, path.lastIndexOf('/')));
            boolean add = step.path("op").asText().equals("add");
            if (parent instanceof ArrayNode list && add) {
                list.insert(Integer.parseInt(last), step.path("value"));
            } else if (parent instanceof ArrayNode list) {
                list.set(Integer.parseInt(last), step.path("value"));
            } else {
                assertThat(parent).as("what " + path + " is added to").isInstanceOf(ObjectNode.class);
                assertThat(parent.has(last)).as("overwritten: " + path).isFalse();
                ((ObjectNode) parent).set(last, step.path("value"));
            }
        }
        return (ObjectNode) whole.at("/services/identity/config");
    }

    private static List<JsonNode> stream(JsonNode list) {
        List<JsonNode> all = new ArrayList<>();
        list.forEach(all::add);
        return all;
    }

    private static String decoded(JsonNode hook) {
        String body = hook.at("/config/body").asText();
        assertThat(body).startsWith("base64://");
        return new String(Base64.getDecoder().decode(body.substring("base64://".length())), StandardCharsets.UTF_8);
    }
}
