package dev.orysalesforce.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.Parser;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** No word of a name is lost and none is doubled, however an identity schema divides it. */
class PersonNamesTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private final Expression person = person();

    /** @param family at least one word */
    record Name(List<String> given, List<String> family) {

        String whole() {
            return text(given) + " " + text(family);
        }

        List<String> words() {
            return sorted(whole());
        }
    }

    @Property(tries = 500)
    void aWholeName(@ForAll("names") Name name) {
        assertThat(words(Map.of("name", name.whole()))).isEqualTo(name.words());
    }

    @Property(tries = 500)
    void theLastNameFirst(@ForAll("names") Name name) {
        assertThat(words(Map.of("full_name", text(name.family()) + ", " + text(name.given())))).isEqualTo(name.words());
    }

    @Property(tries = 500)
    void aGivenAndAWholeName(@ForAll("names") Name name) {
        assertThat(words(Map.of("first_name", text(name.given()), "display_name", name.whole()))).isEqualTo(name.words());
    }

    @Property(tries = 500)
    void aFamilyAndAWholeName(@ForAll("names") Name name) {
        assertThat(words(Map.of("lastName", text(name.family()), "name", name.whole()))).isEqualTo(name.words());
    }

    @Property(tries = 500)
    void bothParts(@ForAll("names") Name name) {
        ObjectNode parts = read(Map.of("name", Map.of("first", text(name.given()), "last", text(name.family()))));
        assertThat(parts.path("firstName").asText()).isEqualTo(text(name.given()));
        assertThat(parts.path("lastName").asText()).isEqualTo(text(name.family()));
    }

    @Property(tries = 200)
    void oneNameAlone(@ForAll("word") String word) {
        List.of("name", "first_name", "last_name", "displayName").forEach(trait -> {
            ObjectNode alone = read(Map.of(trait, word));
            assertThat(alone.path("lastName").asText()).isEqualTo(word);
            assertThat(alone.path("firstName").isNull()).isTrue();
        });
    }

    @Provide
    Arbitrary<Name> names() {
        return Combinators.combine(word().list().ofMinSize(1).ofMaxSize(3), word().list().ofMinSize(1).ofMaxSize(4)).as(Name::new);
    }

    @Provide
    Arbitrary<String> word() {
        return Arbitraries.frequencyOf(Tuple.of(2, Arbitraries.of("van", "von", "de", "Da", "del", "bin", "y", "Jr.", "III")),
                Tuple.of(3, Arbitraries.of("Ana", "ana", "Li", "李", "Ørsted", "O'Neil", "al-Amin", "Null")),
                Tuple.of(1, Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(8)
                        .filter(word -> !List.of("null", "undefined").contains(word))));
    }

    private List<String> words(Map<String, ?> traits) {
        ObjectNode read = read(traits);
        return sorted(read.path("firstName").asText("") + " " + read.path("lastName").asText(""));
    }

    private ObjectNode read(Map<String, ?> traits) {
        JsonNode identity = JSON.valueToTree(Map.of("identity", Map.of("traits", traits)));
        return (ObjectNode) person.apply(identity);
    }

    private static String text(List<String> words) {
        return String.join(" ", words);
    }

    private static List<String> sorted(String text) {
        List<String> words = new ArrayList<>(Arrays.asList(text.trim().split(" +")));
        words.sort(null);
        return words;
    }

    private static Expression person() {
        try (Reader text = Files.newBufferedReader(Path.of("mappings/person.jslt"))) {
            return new Parser(text).withObjectFilter(value -> true).compile();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
