package dev.orysalesforce.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.settings.RouteNames;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.AnswerShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** The pairs in {@code examples/} beside the mappings: a mapping's input and its expected result. */
@Component("mappingExamples")
public class MappingExamples {

    private static final String INPUT = ".input.json";
    private static final String EXPECTED = ".expected.json";
    private static final Pattern LINE = Pattern.compile("\\bline:? (\\d+)");
    private static final int MOST_DIFFERENCES = 10;

    private final Path mappings;
    private final ProducerTemplate camel;
    private final ObjectMapper json;

    MappingExamples(SyncSettings settings, @Lazy ProducerTemplate camel, ObjectMapper json) {
        this.mappings = Path.of(settings.mappingDir());
        this.camel = camel;
        this.json = json;
    }

    /** One pair, and the mapping that its folder is named after. */
    public record Example(Mapping mapping, Path input, Path expected) {

        boolean isOf(String name) {
            return input.getParent().getFileName().toString().equals(name);
        }

        /** The name of its folder and its own, such as {@code lead/complete}. */
        String name() {
            return input.getParent().getFileName() + "/" + input.getFileName().toString().replace(INPUT, "");
        }

        /** The expected result; null if it can't be read as JSON. */
        JsonNode record(ObjectMapper json) {
            try {
                return json.readTree(Files.readString(expected));
            } catch (IOException e) {
                return null;
            }
        }
    }

    /** Every pair whose mapping exists. */
    public List<Example> examples() {
        List<Example> examples = new ArrayList<>();
        for (Path input : files(INPUT)) {
            Path expected = Path.of(input.toString().replace(INPUT, EXPECTED));
            mapping(input).filter(mapping -> Files.exists(expected))
                    .ifPresent(mapping -> examples.add(new Example(mapping, input, expected)));
        }
        return examples;
    }

    /** The inputs in the folder that a mapping is named after, by the names of their examples. */
    public Map<String, Path> inputs(String mapping) {
        String file = Path.of(mapping).getFileName().toString();
        String folder = file.substring(0, file.lastIndexOf('.'));
        Map<String, Path> inputs = new TreeMap<>();
        files(INPUT).stream().filter(input -> input.getParent().getFileName().toString().equals(folder))
                .forEach(input -> inputs.put(input.getFileName().toString().replace(INPUT, ""), input));
        return inputs;
    }

    /** The record that an example expects; empty if it is skipped. */
    public Optional<JsonNode> record(Example example) {
        return Optional.ofNullable(example.record(json)).filter(JsonNode::isObject).filter(record -> !record.has("skip"));
    }

    /** Files that belong to no pair, or to no mapping. */
    public List<Finding> orphans() {
        List<Finding> strays = new ArrayList<>();
        for (String ending : List.of(INPUT, EXPECTED)) {
            for (Path file : files(ending)) {
                Path other = Path.of(file.toString().replace(ending, ending.equals(INPUT) ? EXPECTED : INPUT));
                if (Files.notExists(other)) {
                    strays.add(Finding.error(file.toString(), other.getFileName() + " is missing beside it.",
                            "Add it, or delete this one."));
                } else if (ending.equals(INPUT) && mapping(file).isEmpty()) {
                    strays.add(Finding.error(file.toString(), "There is no mapping that its folder is named after.",
                            "Name the folder after a file in " + mappings + ", without the ending."));
                }
            }
        }
        return strays;
    }

    /** The difference between the mapping's result and the example's. */
    public Optional<Finding> finding(Example example) {
        JsonNode expected = example.record(json);
        if (expected == null) {
            return Optional.of(Finding.error(example.expected().toString(), "It is not JSON.", "Fix it."));
        }
        Exchange asked = camel.request(RouteNames.MAP_RECORD, exchange -> {
            exchange.setProperty("recordMapping", example.mapping());
            exchange.getMessage().setBody(Files.readString(example.input()));
        });
        if (asked.getException() != null) {
            Matcher line = LINE.matcher(String.valueOf(asked.getException().getMessage()));
            return Optional.of(Finding.error(example.mapping().name() + (line.find() ? ":" + line.group(1) : ""),
                    "It has no result for " + example.input() + ".", "Fix the mapping, or the example."));
        }
        JsonNode answer = answer(asked);
        Optional<String> wrong = AnswerShape.problem(answer);
        if (wrong.isPresent()) {
            return Optional.of(Finding.error(example.mapping().name(), "Its result has " + wrong.get() + " ("
                    + example.input() + ").", "Fix the mapping; docs/mappings.md shows the shape."));
        }
        Set<String> differences = new LinkedHashSet<>();
        compare("", expected, answer, differences);
        return differences.isEmpty() ? Optional.empty() : Optional.of(Finding.error(place(example, differences),
                example.mapping().name() + " has another result: " + String.join(", ", differences.stream()
                        .limit(MOST_DIFFERENCES).toList()) + ".",
                "Fix the mapping; or the example, if the result is right."));
    }

    private JsonNode answer(Exchange asked) {
        try {
            String text = asked.getMessage().getBody(String.class);
            return json.readTree(text == null ? "null" : text);
        } catch (IOException e) {
            return json.missingNode();
        }
    }

    private static void compare(String path, JsonNode expected, JsonNode answer, Set<String> differences) {
        if (expected.isObject() && answer.isObject()) {
            Set<String> names = new LinkedHashSet<>();
            Stream.of(expected, answer).forEach(one -> one.fieldNames().forEachRemaining(names::add));
            names.forEach(name -> compare(path.isEmpty() ? name : path + "." + name, expected.path(name), answer.path(name),
                    differences));
        } else if (!expected.equals(answer)) {
            String what = path.isEmpty() ? "the whole result" : path;
            differences.add(what + (answer.isMissingNode() ? " is missing" : expected.isMissingNode() ? " is not expected"
                    : " differs"));
        }
    }

    /** The line of the first field that differs, if the expected record has it. */
    private static String place(Example example, Set<String> differences) {
        String path = differences.iterator().next().split(" ", 2)[0];
        String field = '"' + path.substring(path.lastIndexOf('.') + 1) + '"';
        try {
            List<String> lines = Files.readAllLines(example.expected());
            int line = 1 + Stream.iterate(0, i -> i < lines.size(), i -> i + 1).filter(i -> lines.get(i).contains(field))
                    .findFirst().orElse(-1);
            return example.expected() + (line > 0 ? ":" + line : "");
        } catch (IOException e) {
            return example.expected().toString();
        }
    }

    private Optional<Mapping> mapping(Path example) {
        Mapping person = mapping("person").orElse(null);
        return mapping(example.getParent().getFileName().toString())
                .map(mapping -> mapping.isOfRecords() ? mapping.after(person) : mapping);
    }

    private Optional<Mapping> mapping(String stem) {
        try (Stream<Path> files = Files.list(mappings)) {
            return files.filter(file -> file.getFileName().toString().startsWith(stem + ".") && Mapping.isFile(file.toString()))
                    .sorted().findFirst().map(file -> Mapping.of(file.toString()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private List<Path> files(String ending) {
        Path examples = mappings.resolve("examples");
        if (Files.notExists(examples)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(examples)) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        } catch (IOException e) {
            throw new IllegalStateException(examples + " can't be read", e);
        }
    }
}
