package dev.orysalesforce.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.Parser;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code person.jslt} reads as a trait may also stand in a body without traits, so {@code event.jslt} has to know the name. */
class KnownNamesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern LIST = Pattern.compile("(?s)let [a-z-]+ = \\[(.*?)]");
    private static final Pattern NAME = Pattern.compile("\"([a-z0-9]+)\"");

    /** Beside an event these often say something else. */
    private static final Set<String> ONLY_AS_TRAITS = Set.of("login", "userid", "alias", "org", "position", "lang");

    static Stream<String> names() throws IOException {
        String text = Files.readString(Path.of("mappings/person.jslt"));
        String lists = text.substring(0, text.indexOf("// Words that begin a last name"));
        return LIST.matcher(lists).results().map((MatchResult list) -> list.group(1)).flatMap(list -> NAME.matcher(list).results())
                .map((MatchResult name) -> name.group(1)).distinct().filter(name -> !ONLY_AS_TRAITS.contains(name));
    }

    /** Something else that tells of a person stands beside it; by itself a job or a city does not. */
    @ParameterizedTest
    @MethodSource("names")
    void isReadFromAFlatBody(String name) throws IOException {
        String other = name.contains("name") || name.equals("handle") ? "phone" : "last_name";
        JsonNode event = mapping("event").apply(JSON.valueToTree(Map.of("identity_id", "9f425a8d-7efc-4768-8f23-7647a74fdf13",
                other, "Silva", name, "Ines")));
        JsonNode asTrait = mapping("person").apply(JSON.valueToTree(Map.of("identity", Map.of("traits",
                Map.of(other, "Silva", name, "Ines")))));
        assertThat(mapping("person").apply(event).toString()).as(event.toString()).isEqualTo(asTrait.toString()).contains("Ines");
    }

    private static Expression mapping(String name) throws IOException {
        try (Reader text = Files.newBufferedReader(Path.of("mappings", name + ".jslt"))) {
            return new Parser(text).withObjectFilter(value -> true).compile();
        }
    }
}
