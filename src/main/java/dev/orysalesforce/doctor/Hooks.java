package dev.orysalesforce.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.receive.WebhookSecrets;
import dev.orysalesforce.settings.CommandLineOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Reads a kratos.yml, or the JSON of a project on Ory Network. */
@CommandLineOnly
public class Hooks {

    private final WebhookSecrets secrets;
    private final ObjectMapper json;

    Hooks(WebhookSecrets secrets, ObjectMapper json) {
        this.secrets = secrets;
        this.json = json;
    }

    /**
     * @param files as Kratos reads them: later ones have precedence, and lists are not joined
     * @return the configuration; each secret of a hook is replaced by whether the app knows it
     * @throws org.yaml.snakeyaml.error.YAMLException if it is not YAML; JSON is
     */
    public JsonNode read(List<Path> files) throws IOException {
        JsonNode hooks = json.missingNode();
        for (Path file : files) {
            hooks = merge(hooks, json.valueToTree(
                    new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file))));
        }
        hooks.findValues("auth").forEach(auth -> {
            if (auth.path("config") instanceof ObjectNode config) {
                for (String secret : new String[] {"value", "password"}) {
                    if (config.has(secret)) {
                        config.put(secret, secrets.knows(config.path(secret).asText()));
                    }
                }
            }
        });
        return hooks;
    }

    private static JsonNode merge(JsonNode earlier, JsonNode later) {
        if (!(earlier instanceof ObjectNode merged) || !later.isObject()) {
            return later;
        }
        later.properties().forEach(entry -> merged.set(entry.getKey(), merge(merged.path(entry.getKey()), entry.getValue())));
        return merged;
    }
}
