package dev.orysalesforce.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.AppTest;
import dev.orysalesforce.sync.Mapping;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Runs every pair in mappings/examples through the mapping that its folder is named after. */
class GoldenFilesTest extends AppTest {

    private static final Path MAPPINGS = Path.of("mappings");

    @Autowired
    private ProducerTemplate camel;

    static List<Path> examples() {
        return files(MAPPINGS.resolve("examples")).stream()
                .filter(file -> file.toString().endsWith(".input.json")).sorted().toList();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void theMappingAnswersWhatTheExampleExpects(Path input) throws Exception {
        String expected = Files.readString(Path.of(input.toString().replace(".input.json", ".expected.json")));
        Mapping mapping = mapping(input.getParent().getFileName().toString());
        Exchange asked = camel.request("direct:mapping.ask", exchange -> {
            exchange.setProperty("mapping", mapping.endpoint());
            exchange.getMessage().setBody(Files.readString(input));
        });
        assertThat(asked.getException()).isNull();
        assertThat(read(asked.getMessage().getBody(String.class))).isEqualTo(read(expected));
    }

    @Test
    void eachShippedMappingHasExamples() {
        assertThat(examples()).hasSizeGreaterThan(70);
        shipped().forEach(file ->
                assertThat(examples()).as("examples of " + file).anyMatch(example ->
                        file.getFileName().toString().startsWith(example.getParent().getFileName() + ".")));
    }

    private static Mapping mapping(String name) {
        return shipped().filter(file -> file.getFileName().toString().startsWith(name + "."))
                .map(file -> Mapping.of(file.toString())).findFirst().orElseThrow();
    }

    private static Stream<Path> shipped() {
        return files(MAPPINGS).stream().filter(file -> file.getParent().equals(MAPPINGS));
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
