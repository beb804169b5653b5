package dev.orysalesforce.reload;

import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.mapping.MappingSyntax;
import dev.orysalesforce.mapping.SharedHosts;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.Erase;
import dev.orysalesforce.settings.SyncSettings.OnMissing;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Checks whether mapping files compile. Of a compiler's message, only the part about the file is reported. */
@Component
public class MappingFiles {

    private final SyncSettings settings;

    MappingFiles(SyncSettings settings) {
        this.settings = settings;
    }

    /**
     * @param files name to text
     * @param known the same of those that are in use and need no second check
     * @param namesBySchema {@code sync.mappings}
     */
    public void check(Map<String, String> files, Map<String, String> known, Map<String, String> namesBySchema) {
        files.forEach((name, text) -> {
            if (!text.equals(known.get(name))) {
                compile(name, text);
            }
        });
        if (files.keySet().stream().noneMatch(MappingFiles::isOfEvents)) {
            throw new ReloadRejectedException(known.keySet().stream().filter(MappingFiles::isOfEvents).findFirst().orElse("event.jslt"), 0,
                    "It is not there, but webhooks are read with it.");
        }
        namesBySchema.forEach((schema, name) -> refuseIfMissing(files, name, "sync.mappings." + schema));
        if (settings.erase() == Erase.ANONYMIZE) {
            refuseIfMissing(files, settings.erasedMapping(), "sync.erased-mapping");
        }
        if (settings.erase() == Erase.MARK || settings.onMissing() == OnMissing.MARK) {
            refuseIfMissing(files, settings.goneMapping(), "sync.gone-mapping");
        }
    }

    private static void refuseIfMissing(Map<String, String> files, String name, String property) {
        if (Mapping.isFile(name) && !files.containsKey(name)) {
            throw new ReloadRejectedException(name, 0, "It is not there, but " + property + " names it.");
        }
    }

    private static boolean isOfEvents(String name) {
        return Path.of(name).getFileName().toString().startsWith("event.");
    }

    private static void compile(String name, String text) {
        try {
            if (SharedHosts.isFile(name)) {
                SharedHosts.of(text);
            } else {
                MappingSyntax.check(name, text);
            }
        } catch (SharedHosts.InvalidException e) {
            throw new ReloadRejectedException(name, e.line(), e.getMessage());
        } catch (MappingSyntax.InvalidException e) {
            throw new ReloadRejectedException(name, e.line(), e.getMessage());
        }
    }
}
