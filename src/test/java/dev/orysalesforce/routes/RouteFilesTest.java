package dev.orysalesforce.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What keeps the route files editable: Camel's own schema, and an ID and a description where Hawtio shows them. */
class RouteFilesTest {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    static List<Path> routeFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("routeFiles")
    void fitsTheSchemaOfCamelsYamlDsl(Path file) throws IOException {
        try (InputStream schema = getClass().getResourceAsStream("/schema/camelYamlDsl.json")) {
            JsonSchema yamlDsl = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(schema);
            assertThat(yamlDsl.validate(YAML.readTree(file.toFile()))).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("routeFiles")
    void everyRouteHasAnIdADescriptionAndItsErrorHandling(Path file) throws IOException {
        assertThat(file.toString()).endsWith(".camel.yaml");
        for (JsonNode entry : YAML.readTree(file.toFile())) {
            if (entry.has("restConfiguration")) {
                continue;
            }
            if (entry.has("rest")) {
                assertEveryOperationLeadsToARoute(entry.path("rest"));
                continue;
            }
            JsonNode route = entry.has("route") ? entry.path("route") : entry.path("routeConfiguration");
            assertThat(route.isObject()).as("route or routeConfiguration in " + file).isTrue();
            assertThat(route.path("id").asText()).matches("[a-z]+(-[a-z]+)*(\\.[a-z]+(-[a-z]+)*)?");
            assertThat(route.path("description").asText()).as(route.path("id").asText()).hasSizeBetween(10, 120);
            if (entry.has("route")) {
                assertThat(route.path("routeConfigurationId").asText()).as(route.path("id").asText()).isNotEmpty();
            }
        }
    }

    private static void assertEveryOperationLeadsToARoute(JsonNode rest) {
        assertThat(rest.path("description").asText()).as(rest.path("path").asText()).isNotEmpty();
        for (String verb : List.of("get", "post", "put", "patch", "delete")) {
            for (JsonNode operation : rest.path(verb)) {
                assertThat(operation.path("routeId").asText()).matches("[a-z]+(-[a-z]+)*\\.[a-z]+(-[a-z]+)*");
                assertThat(operation.path("description").asText()).as(operation.path("routeId").asText()).isNotEmpty();
                assertThat(operation.path("to").path("uri").asText()).startsWith("direct:");
            }
        }
    }

    @Test
    void allIdsAreDifferent() throws IOException {
        List<String> ids = new ArrayList<>();
        for (Path file : routeFiles()) {
            YAML.readTree(file.toFile()).findValuesAsText("id", ids);
            YAML.readTree(file.toFile()).findValuesAsText("routeId", ids);
        }
        assertThat(ids).doesNotHaveDuplicates();
    }
}
