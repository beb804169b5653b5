package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.settings.SyncSettings;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * How much of an identity a mapping takes. Mapping languages need a time for an object that grows with the square of its
 * keys, if those were chosen for it; and anybody who signs up can send a large payload with the form.
 */
public final class TraitsLimit {

    static final String CODE = "TRAITS_TOO_LARGE";

    private final long bytes;
    private final int keys;

    public TraitsLimit(SyncSettings settings) {
        bytes = settings.maxTraitsSize().toBytes();
        keys = settings.maxTraitsKeys();
    }

    /** What is larger becomes a dead letter, and is not mapped. */
    public void apply(SyncItem item) {
        if (isExceededBy(item.getChange())) {
            item.deadLetter(RecordError.of(CODE, "The traits, another part of the identity, the transient payload"
                    + " or the record has more bytes than sync.max-traits-size or more keys than sync.max-traits-keys, so it"
                    + " was not mapped. Keep it small at Ory: limit it in the identity schema. Or raise the limit and replay"
                    + " the dead letter."));
        }
    }

    /** Each part counts by itself: traits, what else the identity has, transient payload, a record that came in finished. */
    boolean isExceededBy(IdentityChange change) {
        JsonNode identity = change.identity();
        JsonNode traits = identity.path("traits");
        return new Count().isExceededBy(traits)
                || new Count().isExceededByAllBut("traits", identity)
                || new Count().isExceededBy(change.flow())
                || new Count().isExceededBy(change.transientPayload())
                || change.record() != null && new Count().isExceededBy(change.record().fields());
    }

    /** Ends as soon as there is too much. */
    private final class Count {

        private long bytesLeft = bytes;
        private int keysLeft = keys;

        boolean isExceededBy(JsonNode node) {
            if (node == null) {
                return false;
            }
            bytesLeft -= 2; // brackets, quotes, or a comma and a digit
            if (node.isObject()) {
                for (Map.Entry<String, JsonNode> field : node.properties()) {
                    if (isExceededBy(field.getKey(), field.getValue())) {
                        return true;
                    }
                }
            } else if (node.isArray()) {
                for (JsonNode element : node) {
                    if (isExceededBy(element)) {
                        return true;
                    }
                }
            } else {
                take(node.asText());
            }
            return isOver();
        }

        boolean isExceededByAllBut(String left, JsonNode object) {
            return object instanceof ObjectNode && object.properties().stream()
                    .anyMatch(field -> !field.getKey().equals(left) && isExceededBy(field.getKey(), field.getValue()));
        }

        private boolean isExceededBy(String key, JsonNode value) {
            keysLeft--;
            bytesLeft -= 4; // quotes, colon, comma
            take(key);
            return isOver() || isExceededBy(value);
        }

        private void take(String text) {
            bytesLeft -= text.length() > bytesLeft ? text.length() : text.getBytes(StandardCharsets.UTF_8).length;
        }

        private boolean isOver() {
            return bytesLeft < 0 || keysLeft < 0;
        }
    }
}
