package dev.orysalesforce.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.salesforce.ErrorPolicy;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.Action;
import dev.orysalesforce.settings.SyncSettings.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.FileSystemResource;

/** Answers of real orgs, and what the shipped table makes of them. */
class ErrorSamplesTest {

    private static final Path SAMPLES = Path.of("src/test/resources/error-samples.csv");
    private static ErrorPolicy policy;

    @BeforeAll
    static void readTheTable() throws IOException {
        StandardEnvironment environment = new StandardEnvironment();
        new YamlPropertySourceLoader().load("app", new FileSystemResource("application.yaml"))
                .forEach(environment.getPropertySources()::addLast);
        policy = new ErrorPolicy(Binder.get(environment).bind("sync", SyncSettings.class).get(), environment);
    }

    static Stream<String> samples() throws IOException {
        return Files.readAllLines(SAMPLES).stream().filter(line -> !line.startsWith("#"));
    }

    @Test
    void thereAreSixtyOfThem() throws IOException {
        assertThat(samples()).hasSizeGreaterThanOrEqualTo(60);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void anAnswerHasItsAction(String sample) {
        String[] cells = sample.split(" +\\| ");
        SyncSettings.Rule rule =
                policy.rule(RecordError.of(cells[1].strip(), cells[2]), Level.valueOf(cells[0].strip().toUpperCase(Locale.ROOT)));
        assertThat(rule.action()).isEqualTo(Action.valueOf(cells[3].strip().toUpperCase(Locale.ROOT).replace('-', '_')));
        if (!cells[1].contains("CIRCULAR")) {
            assertThat(rule.remedy()).isNotBlank();
        }
    }
}
