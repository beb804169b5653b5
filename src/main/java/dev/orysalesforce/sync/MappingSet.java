package dev.orysalesforce.sync;

import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.mapping.SharedHosts;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * All mappings that are used together.
 *
 * @param bySchema identity schema to the mapping that makes its records; {@code default} is that of all other schemas
 * @param erased what an erased identity leaves in its record; null before the first set
 * @param gone what an identity that Ory no longer has leaves in its record; null before the first set
 * @param files name to mapping of every mapping file, whatever it is for
 */
public record MappingSet(Map<String, Mapping> bySchema, Mapping erased, Mapping gone, Map<String, Mapping> files) {

    static final MappingSet EMPTY = new MappingSet(Map.of(), null, null, Map.of());
    private static final String DEFAULT = "default";

    /**
     * @param namesBySchema identity schema to the name of its mapping, a file or a Camel endpoint
     * @param texts name to text of every mapping file
     */
    static MappingSet of(Map<String, String> namesBySchema, String erased, String gone, Map<String, String> texts) {
        Map<String, Mapping> byName = byName(texts);
        return new MappingSet(bySchema(namesBySchema, byName), held(erased, byName).after(null), held(gone, byName).after(null), byName);
    }

    /** The same set with other records: what identities leave in theirs stays. The arguments are those of {@link Mappings#take}. */
    public MappingSet with(Map<String, String> namesBySchema, Map<String, String> texts) {
        Map<String, Mapping> byName = byName(texts);
        return new MappingSet(bySchema(namesBySchema, byName), erased, gone, byName);
    }

    /** @param texts name to text of every mapping file */
    public static Map<String, Mapping> byName(Map<String, String> texts) {
        Map<String, Mapping> byName = new TreeMap<>();
        texts.forEach((name, text) -> {
            if (!SharedHosts.isFile(name)) {
                byName.put(name, Mapping.of(name, text));
            }
        });
        Mapping person = person(byName);
        byName.replaceAll((name, mapping) -> mapping.isOfRecords() ? mapping.after(person) : mapping);
        return byName;
    }

    private static Map<String, Mapping> bySchema(Map<String, String> names, Map<String, Mapping> byName) {
        Map<String, Mapping> bySchema = new TreeMap<>();
        names.forEach((schema, name) -> bySchema.put(schema, held(name, byName).after(person(byName))));
        return bySchema;
    }

    private static Mapping held(String name, Map<String, Mapping> byName) {
        return Optional.ofNullable(byName.get(name)).orElseGet(() -> Mapping.of(name));
    }

    private static Mapping person(Map<String, Mapping> files) {
        return named(files, "person").findFirst().orElse(null);
    }

    private static Stream<Mapping> named(Map<String, Mapping> files, String stem) {
        return files.values().stream()
                .filter(mapping -> Path.of(mapping.name()).getFileName().toString().startsWith(stem + "."));
    }

    /** The files of this name, in any language. */
    public Stream<Mapping> named(String stem) {
        return named(files, stem);
    }

    public Mapping of(IdentityChange change) {
        return change.isErasure() ? erased : change.isGone() ? gone : of(change.schemaId());
    }

    /** The mapping of identities whose schema has none of its own. */
    public Mapping ofDefault() {
        return of(DEFAULT);
    }

    private Mapping of(String schemaId) {
        return bySchema.getOrDefault(schemaId == null ? DEFAULT : schemaId, bySchema.get(DEFAULT));
    }

    /** The endpoint of {@code event.*}, which reads a webhook's body. */
    public String event() {
        return named("event").findFirst().orElseThrow().endpoint();
    }
}
