package dev.orysalesforce.reload;

import dev.orysalesforce.mapping.Mapping;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.stereotype.Component;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** {@code sync.mappings} of a changed application.yaml. All other settings need a restart. */
@Component
public class MappingSettings {

    private static final Pattern FROM_FILE = Pattern.compile("Config resource 'file \\[(.+?\\.ya?ml)]'.*");

    private final ConfigurableEnvironment environment;
    private Map<String, String> lastSettings = Map.of();
    private Collection<String> lastNamed = List.of();

    MappingSettings(ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    /** Each application.yaml that the app was started with. */
    List<Path> files() {
        return environment.getPropertySources().stream().map(PropertySource::getName).map(FROM_FILE::matcher)
                .filter(Matcher::matches).map(name -> Path.of(name.group(1))).distinct().toList();
    }

    /** The mappings that are named; the previous ones if the settings can't be read now. Unchanged texts are not parsed again. */
    Collection<String> named(Map<String, String> settings) {
        if (!settings.equals(lastSettings)) {
            lastSettings = settings;
            try {
                lastNamed = configured(settings).values();
            } catch (ReloadRejectedException e) {
                // reported when the whole set is checked
            }
        }
        return lastNamed.stream().map(MappingSettings::inAnyLanguage).toList();
    }

    /**
     * The value that the app would have if it started now: environment variables and the command line have precedence.
     *
     * @param settings name to text of each application.yaml
     */
    public Map<String, String> bySchema(Map<String, String> settings) {
        Map<String, String> bySchema = configured(settings);
        bySchema.replaceAll((schema, name) -> inAnyLanguage(name));
        return bySchema;
    }

    private Map<String, String> configured(Map<String, String> settings) {
        MutablePropertySources sources = new MutablePropertySources();
        for (PropertySource<?> source : environment.getPropertySources()) {
            Matcher name = FROM_FILE.matcher(source.getName());
            if (!name.matches()) {
                sources.addLast(source);
            } else if (settings.get(name.group(1)) == null) {
                throw new ReloadRejectedException(name.group(1), 0, "It is gone, or can't be read.");
            } else {
                load(name.group(1), settings.get(name.group(1)), source.getName()).forEach(sources::addLast);
            }
        }
        Map<String, String> bySchema = new LinkedHashMap<>(new Binder(ConfigurationPropertySources.from(sources),
                new PropertySourcesPlaceholdersResolver(sources))
                .bind("sync.mappings", Bindable.mapOf(String.class, String.class)).orElse(Map.of()));
        if (!bySchema.containsKey("default")) {
            throw new ReloadRejectedException(settings.keySet().stream().findFirst().orElse("application.yaml"), 0,
                    "It has no sync.mappings.default.");
        }
        return bySchema;
    }

    /** A mapping that has been written anew in another language is the mapping that is meant: lead.jslt for lead.jslt. */
    private static String inAnyLanguage(String name) {
        if (!Mapping.isFile(name) || Files.exists(Path.of(name))) {
            return name;
        }
        String stem = name.substring(0, name.lastIndexOf('.') + 1);
        return Mapping.LANGUAGES.stream().map(language -> stem + language).filter(other -> Files.exists(Path.of(other)))
                .sorted().findFirst().orElse(name);
    }

    /** A file with several documents is several sources, of which this is one. */
    private static List<PropertySource<?>> load(String file, String text, String source) {
        PropertySourceLoader yaml = new YamlPropertySourceLoader();
        try {
            String name = source.replaceFirst(" \\(document #\\d+\\)$", "");
            return yaml.load(name, new ByteArrayResource(text.getBytes(StandardCharsets.UTF_8))).stream()
                    .filter(document -> document.getName().equals(source)).toList();
        } catch (MarkedYAMLException e) {
            throw new ReloadRejectedException(file, e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1, e.getProblem());
        } catch (IOException | RuntimeException e) {
            throw new ReloadRejectedException(file, 0, "It is not YAML: " + e.getClass().getSimpleName());
        }
    }
}
