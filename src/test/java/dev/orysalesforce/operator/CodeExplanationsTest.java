package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.salesforce.ErrorPolicy;
import dev.orysalesforce.settings.SyncSettings;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

/** No group of dead letters is without words. */
@SpringJUnitConfig(classes = CodeExplanationsTest.Config.class, initializers = ConfigDataApplicationContextInitializer.class)
class CodeExplanationsTest {

    /** What becomes a dead letter in the app's own classes. */
    private static final Pattern DEAD_LETTER = Pattern.compile("deadLetter\\(RecordError\\.of\\(\"([A-Z_]+)\"");

    @EnableConfigurationProperties(SyncSettings.class)
    @org.springframework.context.annotation.Import({ErrorPolicy.class, CodeExplanations.class})
    static class Config {}

    @Autowired
    private CodeExplanations explanations;

    @Autowired
    private ErrorPolicy policy;

    @Test
    void eachCodeHasAMeaningAndARemedy() throws IOException {
        Set<String> codes = new TreeSet<>(policy.codes());
        assertThat(codes).hasSizeGreaterThan(20);
        codes.addAll(Set.of("UNREADABLE_BODY", "NO_IDENTITY", "IDENTITY_NOT_STORED", "MAPPING_FAILED", "OBJECT_NOT_ALLOWED",
                "TRAITS_TOO_LARGE", "FAILED_IN_APP", JmsSelectors.UNREADABLE_LETTER));
        codes.addAll(ofClasses());
        CodeExplanations.Explanation unlisted = explanations.of("NOT_LISTED");
        assertThat(codes).allSatisfy(code -> {
            assertThat(explanations.of(code).meaning()).isNotEqualTo(unlisted.meaning()).endsWith(".");
            assertThat(explanations.of(code).remedy()).isNotEqualTo(unlisted.remedy()).endsWith(".");
        });
    }

    @Test
    void theRemedyIsThatOfARecord() {
        assertThat(explanations.of("QUERY_TIMEOUT").remedy()).contains("for this record");
    }

    private static Set<String> ofClasses() throws IOException {
        Set<String> codes = new TreeSet<>();
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            sources.map(Path::toFile).filter(File::isFile).forEach(file -> {
                try {
                    DEAD_LETTER.matcher(Files.readString(file.toPath())).results().forEach(found -> codes.add(found.group(1)));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
        }
        return codes;
    }
}
