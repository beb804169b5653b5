package dev.orysalesforce.ledger;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Which dead letters are meant: those that match each part that is given.
 *
 * @param code why they are dead letters; null for any reason, like the other parts
 * @param identity ID of the identity, in lower case
 * @param event kind of the event
 * @param object object of the record
 */
public record DeadLetterFilter(String code, String identity, String event, String object) {

    /** All of them. */
    public static final DeadLetterFilter ALL = new DeadLetterFilter(null, null, null, null);

    /** The parts that are given, by name. */
    public Map<String, String> parts() {
        Map<String, String> parts = new TreeMap<>();
        parts.put("code", code);
        parts.put("event", event);
        parts.put("identity", identity);
        parts.put("object", object);
        parts.values().removeIf(Objects::isNull);
        return parts;
    }

    public static DeadLetterFilter ofCode(String code) {
        return new DeadLetterFilter(code, null, null, null);
    }
}
