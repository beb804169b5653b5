package dev.orysalesforce.reload;

import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import com.datasonnet.MapperBuilder;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.Parser;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.Erase;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.thisptr.jackson.jq.JsonQuery;
import net.thisptr.jackson.jq.Versions;
import net.thisptr.jackson.jq.exception.JsonQueryException;
import org.springframework.stereotype.Component;

/** Checks whether mapping files compile. Of a compiler's message, only the part about the file is reported. */
@Component
public class MappingFiles {

    private static final Pattern LINE = Pattern.compile("(?:line |\\(|:)(\\d+)(?::| column|,)");

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
            switch (Mapping.ending(name)) {
                case "ds", "jsonnet" -> new MapperBuilder(Mapping.script(name, text)).withInputNames("body").build();
                case "jslt" -> new Parser(new StringReader(text)).withSource(name).compile();
                case "jsonata" -> Jsonata.jsonata(text);
                default -> JsonQuery.compile(text, Versions.JQ_1_7);
            }
        } catch (JException e) {
            throw new ReloadRejectedException(name, lineOf(text, e.getLocation()), e.getMessage());
        } catch (JsonQueryException | RuntimeException e) {
            Matcher line = LINE.matcher(String.valueOf(e.getMessage()));
            throw new ReloadRejectedException(name, line.find() ? Integer.parseInt(line.group(1)) : 0,
                    e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
        }
    }

    private static int lineOf(String text, int position) {
        return position < 0 ? 0 : (int) text.substring(0, Math.min(position, text.length())).lines().count();
    }
}
