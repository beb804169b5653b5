package dev.orysalesforce.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.sync.Batch;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What candidate mappings would change, counted. */
public final class DiffCounts {

    /** What would happen to an identity. */
    public enum Fate {
        SAME, CHANGED, NOW_SKIPPED, NO_LONGER_SKIPPED, SKIPPED, OTHER_OBJECT, FAILED, UNREADABLE;

        /** As people read it. */
        public String words() {
            return DiffCounts.words(this);
        }
    }

    /** How a field would change in an existing record, or whether it would differ in a new one. */
    public enum Kind {
        APPEARS, DISAPPEARS, CHANGES, IN_NEW_RECORDS;

        /** As people read it. */
        public String words() {
            return DiffCounts.words(this);
        }
    }

    private static String words(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /**
     * @param identity its ID, or the name of an example
     * @param before null unless values are to be shown, or if there is none
     */
    public record Example(String identity, JsonNode before, JsonNode after) {}

    /** @param examples a few of them */
    public record Count(int records, List<Example> examples) {

        private Count plus(Count more) {
            return new Count(records + more.records, Stream.concat(examples.stream(), more.examples.stream()).limit(EXAMPLES).toList());
        }
    }

    private static final int EXAMPLES = 3;

    private final Map<Fate, Count> fates = new TreeMap<>();
    private final Map<String, Map<Kind, Count>> fields = new TreeMap<>();
    private final Map<String, Integer> created = new TreeMap<>();

    void add(Fate fate, String identity) {
        add(fates, fate, count(identity, null, null));
    }

    /** @param before null unless values are to be shown */
    void add(String field, Kind kind, String identity, JsonNode before, JsonNode after) {
        add(fields.computeIfAbsent(field, name -> new TreeMap<>()), kind, count(identity, before, after));
    }

    /** A record that does not exist yet would be written. */
    void addCreated(String object) {
        created.merge(object, 1, Integer::sum);
    }

    void add(DiffCounts more) {
        more.fates.forEach((fate, count) -> add(fates, fate, count));
        more.fields.forEach((field, kinds) -> kinds
                .forEach((kind, count) -> add(fields.computeIfAbsent(field, name -> new TreeMap<>()), kind, count)));
        more.created.forEach((object, records) -> created.merge(object, records, Integer::sum));
    }

    private static Count count(String identity, JsonNode before, JsonNode after) {
        return new Count(1, identity == null ? List.of() : List.of(new Example(identity, before, after)));
    }

    private static <K> void add(Map<K, Count> counts, K what, Count more) {
        counts.merge(what, more, Count::plus);
    }

    /** The number of identities for each outcome. */
    public Map<Fate, Count> fates() {
        return fates;
    }

    /** Object and field to the kinds of change and the number of records. */
    public Map<String, Map<Kind, Count>> fields() {
        return fields;
    }

    /** The identities, or examples, of which values can be shown: those whose fields change, each once. */
    public Set<String> examples() {
        Set<String> identities = new LinkedHashSet<>();
        fields.values().stream().flatMap(kinds -> kinds.values().stream()).map(Count::examples).flatMap(List::stream)
                .map(Example::identity).forEach(identities::add);
        return identities;
    }

    public int of(Fate fate) {
        return fates.containsKey(fate) ? fates.get(fate).records() : 0;
    }

    /** Calls to Salesforce if all of it were written at once, without look-ups. */
    public int calls() {
        return calls(of(Fate.CHANGED)) + created.values().stream().mapToInt(DiffCounts::calls).sum();
    }

    private static int calls(int records) {
        return (records + Batch.CHUNK - 1) / Batch.CHUNK;
    }
}
