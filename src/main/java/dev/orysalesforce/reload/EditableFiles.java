package dev.orysalesforce.reload;

import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.mapping.SharedHosts;
import dev.orysalesforce.settings.SyncSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/**
 * Reads all files that can be reloaded, completely each time: time stamps and notifications of the file system are
 * unreliable for a symbolic link, a network drive, or an editor that replaces the file.
 */
@Component
public class EditableFiles {

    private final String routePatterns;
    private final Path mappingDir;
    private final List<String> ofGone;
    private final MappingSettings settings;

    EditableFiles(@Value("${camel.main.routes-include-pattern}") String routePatterns, SyncSettings settings,
            MappingSettings mappingSettings) {
        this.routePatterns = routePatterns;
        this.mappingDir = Path.of(settings.mappingDir());
        this.ofGone = List.of(settings.erasedMapping(), settings.goneMapping());
        this.settings = mappingSettings;
    }

    public ConfigSnapshot read() throws IOException {
        Map<String, String> settingsNow = new TreeMap<>();
        settings.files().forEach(file -> read(settingsNow, file));
        return new ConfigSnapshot(routes(), mappings(settings.named(settingsNow)), settingsNow);
    }

    private Map<String, String> routes() throws IOException {
        Map<String, String> routes = new TreeMap<>();
        for (String pattern : routePatterns.split(",")) {
            if (pattern.startsWith("file:")) {
                for (Resource file : new PathMatchingResourcePatternResolver().getResources(pattern)) {
                    read(routes, Path.of("").toAbsolutePath().relativize(file.getFile().toPath().toAbsolutePath()));
                }
            }
        }
        return routes;
    }

    private Map<String, String> mappings(Collection<String> named) throws IOException {
        Map<String, String> mappings = new TreeMap<>();
        if (Files.isDirectory(mappingDir)) {
            try (Stream<Path> files = Files.list(mappingDir)) {
                files.filter(file -> !file.getFileName().toString().startsWith(".")
                        && (Mapping.isFile(file.toString()) || SharedHosts.isFile(file.toString())))
                        .forEach(file -> read(mappings, file));
            }
        }
        Stream.concat(named.stream(), ofGone.stream()).filter(Mapping::isFile).map(Path::of).filter(Files::exists)
                .forEach(file -> read(mappings, file));
        return mappings;
    }

    private static void read(Map<String, String> texts, Path file) {
        try {
            texts.put(file.toString(), Files.readString(file));
        } catch (IOException e) {
            texts.put(file.toString(), null);
        }
    }
}
