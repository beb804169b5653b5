package dev.orysalesforce.check;

import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.mapping.MappingResourceResolver;
import dev.orysalesforce.mapping.MappingSyntax;
import dev.orysalesforce.reconcile.RunFailedException;
import dev.orysalesforce.sync.MappingSet;
import dev.orysalesforce.sync.Mappings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Puts candidate mappings into the place of those in use: each replaces the mapping of the same name, whatever their languages. */
@Component
public class CandidateMappings {

    private final Mappings mappings;
    private final MappingResourceResolver texts;

    CandidateMappings(Mappings mappings, MappingResourceResolver texts) {
        this.mappings = mappings;
        this.texts = texts;
    }

    /**
     * Two sets of mappings, and name to text of each of their files.
     *
     * @param inUse as they are at this moment
     * @param candidates the same with the candidates
     */
    record Pair(MappingSet inUse, Map<String, String> textsInUse, MappingSet candidates, Map<String, String> texts) {}

    /**
     * The mapping files of a folder, by their paths.
     *
     * @return name to text
     */
    public Map<String, String> read(Path folder) throws IOException {
        Map<String, String> candidates = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(file -> Mapping.isFile(file.toString())).toList()) {
                candidates.put(file.toString(), Files.readString(file));
            }
        }
        return candidates;
    }

    /**
     * @param candidates name to text; a name below {@link Mapping#CANDIDATES} has access to neither files nor settings
     * @throws RunFailedException if one of them can't be used; its message names file, line and reason
     */
    Pair with(Map<String, String> candidates) {
        candidates.forEach(CandidateMappings::check);
        MappingSet inUse = mappings.inUse();
        Map<String, String> before = new TreeMap<>();
        inUse.files().values().forEach(mapping -> before.put(mapping.name(), texts.text(mapping)));
        Map<String, String> after = new TreeMap<>(before);
        Map<String, String> bySchema = inUse.bySchema().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().name()));
        new TreeMap<>(candidates).forEach((name, text) -> {
            after.keySet().removeIf(other -> before.containsKey(other) && isNamesake(other, name));
            after.put(name, text);
            bySchema.replaceAll((schema, other) -> Mapping.isFile(other) && isNamesake(other, name) ? name : other);
        });
        return new Pair(inUse, before, inUse.with(bySchema, after), after);
    }

    private static void check(String name, String text) {
        if (text.isBlank()) {
            throw new RunFailedException(name + ": It is empty.");
        }
        try {
            MappingSyntax.check(name, text);
        } catch (MappingSyntax.InvalidException e) {
            throw new RunFailedException((e.line() > 0 ? name + ":" + e.line() : name) + ": " + e.getMessage());
        }
    }

    private static boolean isNamesake(String name, String other) {
        return stem(name).equals(stem(other));
    }

    /** The name of a mapping's file without its folder and its ending. */
    public static String stem(String name) {
        String file = Path.of(name).getFileName().toString();
        return file.contains(".") ? file.substring(0, file.lastIndexOf('.')) : file;
    }
}
