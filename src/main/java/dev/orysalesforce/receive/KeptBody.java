package dev.orysalesforce.receive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The body of a webhook that could not be used, as a dead letter keeps it: once {@code mappings/event.*} understands it, a
 * replay reads it again. What a name calls a secret, or a session, is left out at any depth.
 */
public final class KeptBody {

    private static final Pattern SECRET =
            Pattern.compile("(?i).*(cookie|authorization|token|csrf|secret|passw|credential|api[-_]?key|session).*");

    private KeptBody() {}

    public static JsonNode of(JsonNode body) {
        JsonNode kept = body.deepCopy();
        withoutSecrets(kept);
        return kept;
    }

    private static void withoutSecrets(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().stream().map(Map.Entry::getKey).filter(name -> SECRET.matcher(name).matches()).toList()
                    .forEach(object::remove);
            object.forEach(KeptBody::withoutSecrets);
        } else if (node instanceof ArrayNode list) {
            list.forEach(KeptBody::withoutSecrets);
        }
    }
}
