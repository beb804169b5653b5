package dev.orysalesforce.routes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules for route files: Camel's own schema, and an ID and a description where Hawtio shows them. */
class RouteFilesTest {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final JsonSchema YAML_DSL = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4)
            .getSchema(RouteFilesTest.class.getResourceAsStream("/schema/camelYamlDsl.json"));

    private static final Set<String> LANGUAGES = Set.of("constant", "csimple", "datasonnet", "exchangeProperty", "groovy",
            "header", "java", "jq", "js", "jsonpath", "language", "method", "ognl", "ref", "simple", "spel", "tokenize", "variable",
            "xpath", "xtokenize");
    private static final Set<String> WITH_EXPRESSION_ITEMS = Set.of("when", "headers", "variables");
    private static final Set<String> WITH_EXPRESSION = Set.of("when", "headers", "variables", "delay", "dynamicRouter", "enrich",
            "filter", "idempotentConsumer", "loop", "onWhen", "pollEnrich", "recipientList", "resequence", "routingSlip", "script",
            "setBody", "setHeader", "setProperty", "setVariable", "sort", "split", "throttle", "transform", "validate");

    static List<Path> routeFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("routes"))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("routeFiles")
    void fitsTheSchemaOfCamelsYamlDsl(Path file) throws IOException {
        assertThat(YAML_DSL.validate(YAML.readTree(file.toFile()))).isEmpty();
    }

    /** A file tells one story, and its name says which. */
    @ParameterizedTest
    @MethodSource("routeFiles")
    void aFileHasAtMost200Lines(Path file) throws IOException {
        assertThat(Files.readAllLines(file)).hasSizeLessThanOrEqualTo(200);
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

    /**
     * Camel resolves {@code refused} to {@code isRefused}, except for private methods. If a class has both, Camel calls the
     * wrong one or none, depending on the order in which the JVM lists its methods, which varies.
     */
    @Test
    void noGetterThatARouteCallsIsAmbiguous() throws Exception {
        StringBuilder routes = new StringBuilder();
        for (Path file : routeFiles()) {
            routes.append(Files.readString(file));
        }
        Set<String> called = Pattern.compile("\\w+").matcher(routes).results().map(MatchResult::group)
                .collect(Collectors.toSet());
        List<String> namesakes = new ArrayList<>();
        for (Class<?> type : types()) {
            List<Method> methods = Stream.of(type.getDeclaredMethods())
                    .filter(method -> !Modifier.isPrivate(method.getModifiers()) && !method.isSynthetic()).toList();
            for (Method getter : methods) {
                String property = getter.getName().replaceFirst("^(is|get)(?=[A-Z])", "");
                String shorthand = property.substring(0, 1).toLowerCase(Locale.ROOT) + property.substring(1);
                boolean isGetter = getter.getParameterCount() == 0 && !property.equals(getter.getName());
                if (isGetter && (called.contains(getter.getName()) || called.contains(shorthand))
                        && methods.stream().anyMatch(method -> method.getName().equals(shorthand))) {
                    namesakes.add(type.getSimpleName() + ": " + getter.getName() + " and " + shorthand);
                }
            }
        }
        assertThat(namesakes).isEmpty();
    }

    private static List<Class<?>> types() throws Exception {
        Path root = Path.of("target/classes");
        try (Stream<Path> files = Files.walk(root.resolve("dev/orysalesforce"))) {
            List<Class<?>> types = new ArrayList<>();
            for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
                String name = root.relativize(file).toString().replace('/', '.').replaceFirst("\\.class$", "");
                types.add(Class.forName(name, false, RouteFilesTest.class.getClassLoader()));
            }
            return types;
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

    /** Camel 4.23 warns about an expression language in a step without {@code expression:} around it. */
    @ParameterizedTest
    @MethodSource("routeFiles")
    void everyExpressionIsInTheCanonicalNotation(Path file) throws IOException {
        List<String> compact = new ArrayList<>();
        findCompact("", YAML.readTree(file.toFile()), compact);
        assertThat(compact).isEmpty();
    }

    private static void findCompact(String parent, JsonNode node, List<String> compact) {
        if (node.isArray()) {
            node.forEach(item -> findCompact(WITH_EXPRESSION_ITEMS.contains(parent) ? parent : "", item, compact));
        }
        node.properties().forEach(entry -> {
            if (WITH_EXPRESSION.contains(parent) && LANGUAGES.contains(entry.getKey())) {
                compact.add(parent + ": " + entry.getKey() + ": " + entry.getValue());
            }
            findCompact(entry.getKey(), entry.getValue(), compact);
        });
    }
}
