package dev.orysalesforce.child;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.settings.SyncSettings.ForwardOnly;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** Remembers for some minutes what children refer to, and which values their fields can have: mostly the same few campaigns. */
@Component
class ChildReferences {

    private static final Duration GOOD_FOR = Duration.ofMinutes(5);

    /** A person who creates what was missing expects to see the effect soon. */
    private static final Duration MISSING_FOR = Duration.ofMinutes(1);
    private static final int MOST = 10_000;

    private final Map<Reference, Answer<List<String>>> records = new ConcurrentHashMap<>();
    private final Map<Values, Answer<Map<String, Long>>> values = new ConcurrentHashMap<>();
    private final Map<Reference, Instant> suspects = new ConcurrentHashMap<>();
    private final Clock monotonicClock;

    ChildReferences(Clock monotonicClock) {
        this.monotonicClock = monotonicClock;
    }

    /**
     * A record that a child refers to, by the value of one of its fields. Salesforce compares without regard to case, but for IDs,
     * of which the last three of 18 characters may be missing.
     */
    record Reference(String object, String field, String value) {

        private static final String ID = "Id";

        boolean is(JsonNode record) {
            String held = record.path(field).asText();
            return field.equals(ID) ? held.startsWith(value) : value.equalsIgnoreCase(held);
        }

        Reference folded() {
            return field.equals(ID) ? this : new Reference(object, field, ChildReferences.folded(value));
        }
    }

    private record Values(ForwardOnly rule, String parent) {}

    private record Answer<T>(T known, Instant until) {}

    /** The IDs of the records that have the value; null if they have to be looked up. */
    List<String> idsOf(Reference reference) {
        return fresh(records.get(reference.folded()));
    }

    /** @param asked for these */
    void learn(Collection<Reference> asked, List<JsonNode> found) {
        room(records);
        asked.forEach(reference -> {
            List<String> ids = found.stream().filter(reference::is).map(record -> record.path("Id").asText()).distinct().toList();
            records.put(reference.folded(), answer(ids, ids.size() == 1 ? GOOD_FOR : MISSING_FOR));
        });
    }

    /** Salesforce can't read the value of one of these: each is asked for alone. A single one counts as not found. */
    void suspect(List<Reference> asked) {
        if (asked.size() == 1) {
            learn(asked, List.of());
        } else {
            room(suspects);
            asked.forEach(reference -> suspects.put(reference.folded(), monotonicClock.instant()));
        }
    }

    boolean isSuspect(Reference reference) {
        return suspects.containsKey(reference.folded());
    }

    /** What was found has changed meanwhile. */
    void forget() {
        records.clear();
        values.clear();
    }

    /** @return value in lower case to its place in the order; null if they have to be looked up */
    Map<String, Long> valuesOf(ForwardOnly rule, String parent) {
        return fresh(values.get(new Values(rule, parent)));
    }

    void learn(ForwardOnly rule, Collection<String> parents, List<JsonNode> found) {
        room(values);
        parents.forEach(parent -> {
            Map<String, Long> places = new HashMap<>();
            found.stream().filter(value -> value.path(rule.parent()).asText().equals(parent))
                    .forEach(value -> places.put(folded(value.path(rule.value()).asText()), value.path(rule.order()).asLong()));
            values.put(new Values(rule, parent), answer(places, places.isEmpty() ? MISSING_FOR : GOOD_FOR));
        });
    }

    static String folded(String text) {
        return text.strip().toLowerCase(Locale.ROOT);
    }

    private <T> Answer<T> answer(T known, Duration goodFor) {
        return new Answer<>(known, monotonicClock.instant().plus(goodFor));
    }

    private <T> T fresh(Answer<T> answer) {
        return answer == null || answer.until().isBefore(monotonicClock.instant()) ? null : answer.known();
    }

    private static void room(Map<?, ?> answers) {
        if (answers.size() > MOST) {
            answers.clear();
        }
    }
}
