package dev.orysalesforce.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.GeneratedDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.io.FileSystemResource;

/**
 * Each property of the app has a description and a default, which IDEs show, and is in application.yaml and in the table of
 * docs/configuration.md. To write the table again: mvn test -Dtest=SettingsTableTest -Drewrite=true
 */
class SettingsTableTest {

    private static final Path PAGE = Path.of("docs", "configuration.md");
    private static final Path METADATA = Path.of("target", "classes", "META-INF", "spring-configuration-metadata.json");
    private static final String HEAD = "| Variable | Property | Meaning | Default |\n|---|---|---|---|\n";

    /** Their properties are described in the metadata of the libraries that read them. */
    private static final Set<String> OF_LIBRARIES = Set.of("server", "management", "hawtio", "spring", "otel", "camel", "logging");

    /** What one of the rules below sync.errors.codes may hold, too, and the shipped default does not. */
    private static final Set<String> NOT_SHIPPED = Set.of("sync.errors.default.remedy", "sync.errors.default.when");

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)(?::([^}]*))?}");

    private final List<Property> properties;

    /** Name to value as it is written in application.yaml, in the order of the file. */
    private final Map<String, String> shipped = new LinkedHashMap<>();

    private record Property(String name, String type, String description, String byDefault) {

        boolean isMap() {
            return type.startsWith("java.util.Map") || type.startsWith("java.util.List<dev.orysalesforce"); // no variable binds those
        }

        boolean isOneOf(String key) {
            return key.equals(name) || isMap() && key.startsWith(name + ".") || key.startsWith(name + "[");
        }

        /** The values of an enum, as they are written in application.yaml. */
        String values() {
            try {
                Class<?> values = Class.forName(type.replaceAll("<.*", ""));
                return !values.isEnum() ? "" : Arrays.stream(values.getEnumConstants())
                        .map(value -> "`" + value.toString().toLowerCase(Locale.ROOT).replace('_', '-') + "`")
                        .collect(Collectors.joining(", ", " (", ")"));
            } catch (ClassNotFoundException e) {
                throw new AssertionError(e);
            }
        }
    }

    SettingsTableTest() throws IOException {
        properties = StreamSupport.stream(new ObjectMapper().readTree(METADATA.toFile()).path("properties").spliterator(), false)
                .map(property -> new Property(property.path("name").asText(), property.path("type").asText(),
                        property.path("description").asText(),
                        property.path("defaultValue").asText().replaceAll("[\\[\\]]|(?<=,) ", "")))
                .toList();
        EnumerablePropertySource<?> file = (EnumerablePropertySource<?>) new YamlPropertySourceLoader()
                .load("shipped", new FileSystemResource("application.yaml")).get(0);
        for (String name : file.getPropertyNames()) {
            shipped.put(name, String.valueOf(file.getProperty(name)));
        }
    }

    @Test
    void everyPropertyIsDescribedAndShippedWithItsDefault() {
        assertThat(properties).hasSizeGreaterThan(50).allSatisfy(property -> {
            assertThat(property.description()).as(property.name()).isNotBlank().doesNotContain("{@", "<");
            assertThat(properties).as("with a description of their own").noneMatch(other -> other != property
                    && property.description().endsWith(other.description()));
            if (!NOT_SHIPPED.contains(property.name())) {
                assertThat(shipped.keySet()).as("application.yaml").anyMatch(property::isOneOf);
                if (!property.byDefault().isEmpty()) {
                    assertThat(shippedDefault(property)).as(property.name()).isEqualTo(property.byDefault());
                }
            }
        });
    }

    @Test
    void everyPropertyInTheFileIsDescribed() {
        assertThat(shipped.keySet()).filteredOn(key -> !OF_LIBRARIES.contains(key.split("[.\\[]")[0]))
                .hasSizeGreaterThan(50).allSatisfy(key -> assertThat(properties).as(key).anyMatch(property -> property.isOneOf(key)));
    }

    @Test
    void theTableIsUpToDate() throws IOException {
        String written = Files.readString(PAGE);
        String page = written.substring(0, written.indexOf(HEAD)) + HEAD
                + properties.stream().map(this::line).collect(Collectors.joining());
        new GeneratedDocument(PAGE).assertUpToDate(page);
        assertThat(page).contains(shipped.values().stream()
                .flatMap(value -> VARIABLE.matcher(value).results()).map(variable -> "`" + variable.group(1) + "`").toList());
    }

    private String line(Property property) {
        String byDefault = shippedDefault(property);
        Matcher variable = VARIABLE.matcher(shipped.getOrDefault(property.name(), ""));
        return "| %s | `%s` | %s%s | %s |%n".formatted(
                property.isMap() || NOT_SHIPPED.contains(property.name()) ? "" : "`" + (variable.matches() ? variable.group(1)
                        : property.name().toUpperCase(Locale.ROOT).replaceAll("[.-]", "_")) + "`",
                property.name(), property.description(), property.values(),
                property.isMap() ? "in `application.yaml`" : byDefault.isEmpty() ? "none" : "`" + byDefault + "`");
    }

    private String shippedDefault(Property property) {
        return shipped.entrySet().stream().filter(entry -> property.isOneOf(entry.getKey()))
                .map(entry -> VARIABLE.matcher(entry.getValue()).replaceAll("$2")).collect(Collectors.joining(","));
    }
}
