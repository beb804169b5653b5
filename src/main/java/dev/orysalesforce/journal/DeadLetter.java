package dev.orysalesforce.journal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * An event that needs a person: the original event, and the reason why it was not synced.
 *
 * @param id its own ID, for replay and discard
 * @param identity the identity's ID; null if the body had none
 * @param event kind of the event
 * @param object the object of its record; null if there is none yet
 * @param code the reason, for programs: a code of Salesforce or of this app
 * @param message what happened and what the operator can do; holds no value of the identity
 * @param fields the record's fields that Salesforce named
 * @param attempts how often it was sent
 * @param receivedAt when the event was received
 * @param failedAt when it became a dead letter
 * @param route the route that made it a dead letter
 * @param original the event; the body of a webhook that could not be used is in {@code body}; a text where it is no JSON, or
 *     too long to be kept without a use for it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeadLetter(
        String id,
        String identity,
        String event,
        String object,
        String code,
        String message,
        List<String> fields,
        int attempts,
        Instant receivedAt,
        Instant failedAt,
        String route,
        JsonNode original) {

    /** In the original of a webhook that could not be used: its body, which a replay reads again. */
    public static final String BODY = "body";

    private static final int LONGEST = 64 << 10;

    private static final int MOST_MENTIONS = 100;

    public static DeadLetter of(String identity, String event, String object, String code, String message, List<String> fields,
            int attempts, Instant receivedAt, Instant failedAt, String route, JsonNode original) {
        return new DeadLetter(UUID.randomUUID().toString(), identity, event, object, code, message, fields, attempts,
                receivedAt, failedAt, route, isReplayable(identity, original) ? original : cut(original));
    }

    /** The letter without its original. */
    public DeadLetter bare() {
        return new DeadLetter(id, identity, event, object, code, message, fields, attempts, receivedAt, failedAt, route, null);
    }

    /** The UUIDs in a body that does not tell whose it is, so that an erasure finds it; null if there are none. */
    public String mentions() {
        String found = identity != null || original == null ? "" : IdentityChange.UUID_TEXT.matcher(original.toString()).results()
                .map(uuid -> uuid.group().toLowerCase(Locale.ROOT)).distinct().limit(MOST_MENTIONS).collect(Collectors.joining(" "));
        return found.isEmpty() ? null : found;
    }

    private static boolean isReplayable(String identity, JsonNode original) {
        return identity != null && original != null && original.has("receivedAt") && original.path("identity").has("id");
    }

    /** What can't be replayed is only for the eyes of an operator: its beginning is enough. */
    private static JsonNode cut(JsonNode original) {
        String text = original == null ? "" : original.isTextual() ? original.textValue() : original.toString();
        if (text.length() <= LONGEST) {
            return original;
        }
        return new TextNode(text.substring(0, Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST));
    }
}
