package dev.orysalesforce.check;

import dev.orysalesforce.mapping.Mapping;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A mapping and the sample that it is tried on.
 *
 * @param files all mappings of the trial by name: those in use, or with a candidate in the place of one of them
 * @param mapping the name of the one that is tried
 * @param sample JSON text
 * @param isBody whether the sample is a body that {@code event.*} still has to read, and not an event
 * @param event the kind of event; null if the sample tells it
 */
public record TriedMapping(Map<String, Mapping> files, String mapping, String sample, boolean isBody, String event) {

    /** The endpoint that reads a webhook's body. */
    public String eventMapping() {
        return named("event").findFirst().orElseThrow().endpoint();
    }

    /**
     * The mapping that makes the record: the one that is tried, or what reads the traits is tried with the one of the schema.
     *
     * @param ofSchema the mapping in use for the identity's schema
     */
    Mapping recordMapping(Mapping ofSchema) {
        Mapping tried = files.get(mapping);
        return tried.isOfRecords() ? tried
                : files.getOrDefault(ofSchema.name(), ofSchema.after(named("person").findFirst().orElse(null)));
    }

    private Stream<Mapping> named(String stem) {
        return files.values().stream().filter(file -> Path.of(file.name()).getFileName().toString().startsWith(stem + "."));
    }
}
