package dev.orysalesforce.reload;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.util.FileSystemUtils;

/** An edited mapping runs on its examples before it replaces the running one. */
@Tag("any-ledger")
@Tag("nightly")
class MappingTrialTest extends ReloadAppTest {

    private static final Path EXAMPLES = ConfigWorkspace.MAPPINGS.resolve("examples");
    private static final Path PERSON = ConfigWorkspace.MAPPINGS.resolve("person.jslt");

    @BeforeEach
    void examplesBesideTheMappings() throws IOException {
        for (String mapping : new String[] {"lead", "person", "event"}) {
            ConfigWorkspace.directories(EXAMPLES.resolve(mapping));
            for (Path example : ConfigWorkspace.files(Path.of("mappings/examples").resolve(mapping))) {
                Files.copy(example, EXAMPLES.resolve(mapping).resolve(example.getFileName()));
            }
        }
    }

    @AfterEach
    void noExamplesForOtherTests() throws IOException {
        FileSystemUtils.deleteRecursively(EXAMPLES);
    }

    @Test
    void oneThatFailsForAnExampleIsRejectedWithTheExample() {
        ConfigWorkspace.replace(LEAD, "cut($person.title, 128)", "number($person.email)"); // compiles
        JsonNode refused = awaitRefused(LEAD);
        assertThat(refused.path("reason").asText()).contains("no result", "examples/lead/", ".input.json");
        assertThat(refused.path("reason").asText()).doesNotContain("@example.org");
        assertThat(answer()).isEqualTo(204);
        settle();
        assertThat(SALESFORCE.org().records("Lead")).as("by the running version").hasSize(1);
    }

    @Test
    void oneThatFailsForAllIsRejected() {
        ConfigWorkspace.write(LEAD, "{\"LastName\": error(\"no record today\")}");
        assertThat(awaitRefused(LEAD).path("reason").asText()).contains("examples/lead/");
    }

    @Test
    void whatReadsTheTraitsIsTriedByTheExamplesOfEachMapping() throws IOException {
        FileSystemUtils.deleteRecursively(EXAMPLES.resolve("person"));
        ConfigWorkspace.replace(PERSON, "\"locale\": said($said, $locales)", "\"locale\": number($email)");
        assertThat(awaitRefused(PERSON).path("reason").asText()).containsPattern("examples/(lead|contact|contact-with-account)/");
    }

    @Test
    void oneThatSkipsWhatItMappedIsRejectedUntilAnExampleExpectsIt() throws IOException {
        String skipping = ConfigWorkspace.read(LEAD).replace("else filled({", "else if (not($person.email)) null\nelse filled({");
        ConfigWorkspace.write(LEAD, skipping);
        assertThat(awaitRefused(LEAD).path("reason").asText()).contains("no record").contains("let the example expect null");
        try (Stream<Path> expected = Files.list(EXAMPLES.resolve("lead"))) {
            for (Path example : expected.filter(file -> file.toString().endsWith(".expected.json")).toList()) {
                if (!Files.readString(example).contains("\"Email\"")) {
                    Files.writeString(example, "null");
                }
            }
        }
        ConfigWorkspace.write(LEAD, skipping + "// once more\n");
        awaitTaken(LEAD);
    }

    @Test
    void anotherResultIsNoReasonToRejectIt() {
        ConfigWorkspace.write(LEAD, lead("edited"));
        awaitTaken(LEAD);
    }

    @Test
    void anEventMappingThatFindsNoIdentityIsRejected() {
        Path event = ConfigWorkspace.MAPPINGS.resolve("event.jslt");
        ConfigWorkspace.replace(event, "^(ory|kratos)?identity(id|uuid|guid)?$", "^no-such-name$");
        ConfigWorkspace.replace(event, "let says-nothing = \"^(id|uuid|guid)$\"", "let says-nothing = \"^no-such-name$\"");
        assertThat(awaitRefused(event).path("reason").asText()).contains("examples/event/");
    }
}
