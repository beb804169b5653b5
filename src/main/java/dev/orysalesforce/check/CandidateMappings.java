package dev.orysalesforce.check;

import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.reconcile.RunFailedException;
import dev.orysalesforce.reload.ConfigSnapshot;
import dev.orysalesforce.reload.EditableFiles;
import dev.orysalesforce.reload.MappingFiles;
import dev.orysalesforce.reload.MappingSettings;
import dev.orysalesforce.reload.ReloadRejectedException;
import dev.orysalesforce.settings.CommandLineOnly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads candidate mappings: each replaces the running mapping of the same name, whatever their languages. */
@CommandLineOnly
public class CandidateMappings {

    private final EditableFiles editable;
    private final MappingSettings settings;
    private final MappingFiles mappingFiles;

    CandidateMappings(EditableFiles editable, MappingSettings settings, MappingFiles mappingFiles) {
        this.editable = editable;
        this.settings = settings;
        this.mappingFiles = mappingFiles;
    }

    /** The whole set with the candidates in it. */
    public record Mappings(Map<String, String> bySchema, Map<String, String> files) {}

    /** @throws RunFailedException if one of them can't be used; its message names file, line and reason */
    public Mappings read(Path folder) throws IOException {
        ConfigSnapshot present = editable.read();
        Map<String, String> files = new TreeMap<>(present.mappings());
        Map<String, String> bySchema = new LinkedHashMap<>(settings.bySchema(present.settings()));
        try (Stream<Path> inFolder = Files.list(folder)) {
            for (Path file : inFolder.filter(file -> Mapping.isFile(file.toString())).sorted().toList()) {
                files.keySet().removeIf(name -> present.mappings().containsKey(name) && isNamesake(name, file));
                files.put(file.toString(), Files.readString(file));
                bySchema.replaceAll((schema, name) -> Mapping.isFile(name) && isNamesake(name, file) ? file.toString() : name);
            }
        }
        try {
            files.forEach(ConfigSnapshot::refuseIfEmpty);
            mappingFiles.check(files, present.mappings(), bySchema);
        } catch (ReloadRejectedException e) {
            throw new RunFailedException(e.place() + ": " + e.getMessage());
        }
        return new Mappings(bySchema, files);
    }

    private static boolean isNamesake(String name, Path file) {
        return stem(Path.of(name)).equals(stem(file));
    }

    private static String stem(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.lastIndexOf('.'));
    }
}
