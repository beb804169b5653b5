package dev.orysalesforce.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.orysalesforce.settings.RouteNames;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The routes that Java calls. */
class RouteNamesTest {

    private static final Pattern LITERAL = Pattern.compile("\"direct:[a-z][^\"]*\"");

    @Test
    void eachIsInTheRouteFiles() throws Exception {
        List<String> there = new ArrayList<>();
        for (Path file : RouteFilesTest.routeFiles()) {
            for (JsonNode entry : new ObjectMapper(new YAMLFactory()).readTree(file.toFile())) {
                there.add(entry.path("route").path("id").asText());
                there.add(entry.path("route").path("from").path("uri").asText());
            }
        }
        assertThat(there).containsAll(names());
    }

    @Test
    void javaCallsNoOthers() throws IOException {
        List<String> others = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java") && !path.endsWith("RouteNames.java")).toList()) {
                LITERAL.matcher(Files.readString(file)).results().map(MatchResult::group)
                        .forEach(name -> others.add(file.getFileName() + ": " + name));
            }
        }
        assertThat(others).isEmpty();
    }

    @Test
    void theTableNamesEach() throws Exception {
        TreeSet<String> documented = new TreeSet<>();
        Pattern.compile("(?m)^\\| `([^`]+)`").matcher(Files.readString(Path.of("docs/routes-that-java-calls.md"))).results()
                .forEach(row -> documented.add(row.group(1)));
        assertThat(documented).containsExactlyElementsOf(new TreeSet<>(names()));
    }

    private static List<String> names() throws IllegalAccessException {
        List<String> names = new ArrayList<>();
        for (Field name : RouteNames.class.getFields()) {
            names.add((String) name.get(null));
        }
        return names;
    }
}
