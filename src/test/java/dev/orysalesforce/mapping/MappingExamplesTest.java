package dev.orysalesforce.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.AppTest;
import dev.orysalesforce.check.MappingExamples;
import dev.orysalesforce.check.MappingExamples.Example;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.springframework.beans.factory.annotation.Autowired;

/** Runs every pair in mappings/examples through the mapping that its folder is named after, as {@code check} does. */
@Tag("any-ledger")
class MappingExamplesTest extends AppTest {

    @Autowired
    private MappingExamples mappingExamples;

    @TestFactory
    Stream<DynamicTest> theMappingAnswersWhatTheExampleExpects() {
        return mappingExamples.examples().stream().map(example -> DynamicTest.dynamicTest(example.input().toString(),
                () -> assertThat(mappingExamples.finding(example)).isEmpty()));
    }

    @Test
    void eachShippedMappingHasExamples() throws IOException {
        List<Example> examples = mappingExamples.examples();
        assertThat(examples).hasSizeGreaterThan(70);
        assertThat(mappingExamples.orphans()).isEmpty();
        try (Stream<Path> shipped = Files.list(Path.of("mappings"))) {
            shipped.filter(file -> Files.isRegularFile(file) && Mapping.isFile(file.toString()))
                    .forEach(file -> assertThat(examples).as("examples of " + file)
                            .anyMatch(example -> example.mapping().name().equals(file.toString())));
        }
    }
}
