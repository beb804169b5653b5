package dev.orysalesforce.reload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.mapping.MappingFailedException;
import dev.orysalesforce.mapping.MappingLoopsException;
import dev.orysalesforce.mapping.MappingResourceResolver;
import dev.orysalesforce.settings.RouteNames;
import dev.orysalesforce.sync.AnswerShape;
import dev.orysalesforce.sync.MappingSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.util.ObjectHelper;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/**
 * Runs changed mappings on their examples, before any event meets them. A mapping that compiles may still fail for every
 * identity: most languages look a function up when they call it.
 */
@Component
class MappingTrial {

    private static final String INPUT = ".input.json";
    private static final Pattern LINE = Pattern.compile(":(\\d+) ");

    private final MappingResourceResolver resources;
    private final ProducerTemplate camel;
    private final ObjectMapper json;

    MappingTrial(MappingResourceResolver resources, @Lazy ProducerTemplate camel, ObjectMapper json) {
        this.resources = resources;
        this.camel = camel;
        this.json = json;
    }

    /**
     * @param running name to text of the mappings in use
     * @param edited the same of those that are to replace them
     * @throws ReloadRejectedException if one of them fails, takes too long or has no record for an example that the running
     *     one has a record for; it names the example
     */
    void run(Map<String, String> running, Map<String, String> edited) {
        resources.publishBeside(edited);
        Map<String, Mapping> before = MappingSet.byName(running);
        MappingSet.byName(edited).forEach((name, mapping) -> {
            Mapping known = before.get(name);
            if (!mapping.equals(known)) {
                inputs(Path.of(name)).forEach(input -> run(known, mapping, input));
            }
        });
    }

    private void run(Mapping known, Mapping edited, Path input) {
        Exchange result = map(edited, input);
        MappingFailedException failure = ObjectHelper.getException(MappingFailedException.class, result.getException());
        boolean fails = failure != null || ObjectHelper.getException(MappingLoopsException.class, result.getException()) != null;
        if (fails && (known == null || hasRecord(known, map(known, input)))) {
            throw rejected(edited, failure, "It has no result for the example " + input + ". The running version has one.");
        }
        boolean isMissed = result.getException() == null && !hasRecord(edited, result) && isRecordExpected(edited, input);
        if (isMissed && known != null && hasRecord(known, map(known, input))) {
            throw rejected(edited, null, "It has no record for the example " + input + ", and the running version has one."
                    + " If that is intended, let the example expect null.");
        }
    }

    /** The failure names the file that failed, which may be {@code person.*}. */
    private static ReloadRejectedException rejected(Mapping mapping, MappingFailedException failure, String reason) {
        Matcher line = LINE.matcher(failure == null ? "" : failure.getMessage());
        boolean isOfPerson = failure != null && mapping.person() != null && failure.getMessage().startsWith(mapping.person().name());
        return new ReloadRejectedException(isOfPerson ? mapping.person().name() : mapping.name(),
                line.find() ? Integer.parseInt(line.group(1)) : 0, reason);
    }

    private Exchange map(Mapping mapping, Path input) {
        return camel.request(RouteNames.MAP_RECORD, exchange -> {
            exchange.setProperty("recordMapping", mapping);
            exchange.getMessage().setBody(Files.readString(input));
        });
    }

    private boolean hasRecord(Mapping mapping, Exchange result) {
        return result.getException() == null && isRecord(mapping, result.getMessage().getBody(String.class));
    }

    private boolean isRecordExpected(Mapping mapping, Path input) {
        try {
            return isRecord(mapping, Files.readString(Path.of(input.toString().replace(INPUT, ".expected.json"))));
        } catch (IOException e) {
            return true; // it is not written yet
        }
    }

    /** What {@code event.*} answers is one if it tells the identity. */
    private boolean isRecord(Mapping mapping, String text) {
        try {
            JsonNode answer = json.readTree(Objects.toString(text, "null"));
            return answer.isObject() && !answer.isEmpty() && !answer.has("skip") && AnswerShape.problem(answer).isEmpty()
                    && (mapping.isOfRecords() || !answer.has("identity") || answer.path("identity").has("id"));
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** The examples beside a mapping: those in the folder that is named after it. */
    private static List<Path> inputs(Path mapping) {
        String file = mapping.getFileName().toString();
        Path folder = mapping.resolveSibling("examples").resolve(file.substring(0, file.lastIndexOf('.')));
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(example -> example.toString().endsWith(INPUT)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
