package dev.orysalesforce.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sync.Mappings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** The Lead mapping is the same in every mapping language. */
@Tag("any-ledger")
class LanguagesTest extends AppTest {

    private static final Path LANGUAGES = Path.of("mappings/languages");
    private static final Path EXAMPLES = Path.of("mappings/examples/lead");

    @Autowired
    private ProducerTemplate camel;

    @Autowired
    private Mappings mappings;

    static List<Path> leads() throws IOException {
        try (Stream<Path> files = Files.list(LANGUAGES)) {
            return files.filter(file -> file.getFileName().toString().startsWith("lead.")).sorted().toList();
        }
    }

    static List<Path> leadsAndTheShippedOne() throws IOException {
        return Stream.concat(Stream.of(Path.of("mappings/lead.jslt")), leads().stream()).toList();
    }

    static List<Path> inputs() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.filter(file -> file.toString().endsWith(".input.json")).sorted().toList();
        }
    }

    @Test
    void everyOtherLanguageHasALeadMapping() throws IOException {
        assertThat(leads()).extracting(file -> Mapping.ending(file.toString())).containsExactly("ds", "jq", "jsonata");
    }

    @ParameterizedTest
    @MethodSource("leads")
    void answersWhatTheExamplesExpect(Path lead) throws IOException {
        for (Path input : inputs()) {
            String expected = Files.readString(Path.of(input.toString().replace(".input.json", ".expected.json")));
            assertThat(json.readTree(answer(lead, Files.readString(input)))).as("%s for %s", lead, input)
                    .isEqualTo(json.readTree(expected));
        }
    }

    /** The app's wrapper of a template is in memory only. */
    @ParameterizedTest
    @ValueSource(strings = {"registration", "reconcile"})
    void aTemplateForOryIsAMapping(String example) throws IOException {
        Path folder = LANGUAGES.resolve("from-ory");
        Mapping template = mappings.all().stream().filter(mapping -> mapping.name().endsWith(".jsonnet"))
                .findFirst().orElseThrow();
        assertThat(template.object()).isEqualTo("Lead");
        assertThat(json.readTree(answer(template, Files.readString(folder.resolve(example + ".input.json")))))
                .isEqualTo(json.readTree(Files.readString(folder.resolve(example + ".expected.json"))));
    }

    @Test
    void aTemplateForOryWritesTheRecord() {
        String id = UUID.randomUUID().toString();
        ObjectNode person = Ory.identity(id, Instant.now(), "Lovelace");
        ((ObjectNode) person.path("identity")).put("schema_id", "template");
        ((ObjectNode) person.path("identity").path("traits")).putObject("name").put("last", "Lovelace");
        ory.sends("registration", person);
        settle();
        assertThat(record(id).object()).isEqualTo("Lead");
        assertThat(record(id).text("Company")).isEqualTo("Unknown");
    }

    /** Within a webhook's 64 KiB: no stack overflow, and no quadratic time. */
    @ParameterizedTest
    @MethodSource("leadsAndTheShippedOne")
    void handlesVeryLongTraits(Path lead) throws IOException {
        String input = json.writeValueAsString(Map.of("event", "registration", "identity", Map.of(
                "id", "9f425a8d-7efc-4768-8f23-7647a74fdf13", "traits", Map.of(
                        "full_name", "ab \t".repeat(4_000), "company", "😀".repeat(4_000),
                        "email", "x".repeat(16_000) + "@example.org"))));
        answer(lead, input); // compiled, and warm
        Instant begin = Instant.now();
        assertThat(json.readTree(answer(lead, input)).path("Company").asText()).hasSize(254);
        assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(2));
    }

    private String answer(Path lead, String input) {
        return answer(Mapping.of(lead.toString()).after(Mapping.of("mappings/person.jslt")), input);
    }

    private String answer(Mapping mapping, String input) {
        Exchange asked = camel.request("direct:mapping.record", exchange -> {
            exchange.setProperty("recordMapping", mapping);
            exchange.getMessage().setBody(input);
        });
        assertThat(asked.getException()).as(mapping.name()).isNull();
        return asked.getMessage().getBody(String.class);
    }
}
