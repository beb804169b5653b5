package dev.orysalesforce.reload;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All files that can be reloaded, as they were at one moment.
 *
 * @param routes name to text of each route file; a text is null if it can't be read
 * @param mappings the same of each mapping file
 * @param settings the same of each application.yaml
 */
public record ConfigSnapshot(Map<String, String> routes, Map<String, String> mappings, Map<String, String> settings) {

    /** The names of files that differ or exist on one side only. */
    Set<String> differentFrom(ConfigSnapshot other) {
        Set<Map.Entry<String, String>> ours = all();
        Set<Map.Entry<String, String>> theirs = other.all();
        return Stream.concat(ours.stream().filter(file -> !theirs.contains(file)),
                theirs.stream().filter(file -> !ours.contains(file))).map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<Map.Entry<String, String>> all() {
        return Stream.of(routes, mappings, settings).flatMap(some -> some.entrySet().stream()).collect(Collectors.toSet());
    }

    /** An empty file may be one that is being written, or was truncated by a full disk; it is never intended. */
    void rejectEmptyFiles() {
        all().forEach(file -> refuseIfEmpty(file.getKey(), file.getValue()));
    }

    public static void refuseIfEmpty(String file, String text) {
        if (text == null) {
            throw new ReloadRejectedException(file, 0, "It can't be read as UTF-8 text.");
        } else if (text.isBlank()) {
            throw new ReloadRejectedException(file, 0, "It is empty.");
        }
    }
}
