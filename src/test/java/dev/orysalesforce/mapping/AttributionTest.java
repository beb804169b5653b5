package dev.orysalesforce.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.check.MappingExamples;
import dev.orysalesforce.sandbox.FieldRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** The first touch of a Lead stays, and the last one is that of the last event that tells of one. */
@Tag("any-ledger")
class AttributionTest extends AppTest {

    private static final Path FOLDER = Path.of("mappings", "attribution");
    private static final Mapping MAPPING = Mapping.of(FOLDER.resolve("lead-with-attribution.jslt").toString())
            .after(Mapping.of("mappings/person.jslt"));
    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    private final String id = UUID.randomUUID().toString();

    @Autowired
    private MappingExamples examples;

    @Autowired
    private ProducerTemplate camel;

    @BeforeEach
    void theOrgHasTheFields() {
        for (String touch : List.of("First", "Last")) {
            for (String part : List.of("Source", "Medium", "Campaign", "Term", "Content", "Referrer", "Click_Id")) {
                SALESFORCE.org().schema("Lead").put(FieldRule.text(touch + "_Touch_" + part + "__c", 255));
            }
        }
        theOrgIsAskedAgain();
    }

    @AfterEach
    void theOrgIsAskedAgain() {
        askOrgAgain();
    }

    static List<Path> inputs() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER.resolve("examples"))) {
            return files.filter(file -> file.toString().endsWith(".input.json")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void answersWhatTheExamplesExpect(Path input) {
        Path expected = Path.of(input.toString().replace(".input.json", ".expected.json"));
        assertThat(examples.finding(new MappingExamples.Example(MAPPING, input, expected))).isEmpty();
    }

    /** Otherwise a change of the Lead's mapping would be forgotten here. */
    @Test
    void answersWhatTheLeadsMappingAnswersBesideTouches() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("mappings", "examples", "lead"))) {
            for (Path input : files.filter(file -> file.toString().endsWith(".input.json")).toList()) {
                Exchange asked = camel.request("direct:mapping.record", exchange -> {
                    exchange.setProperty("recordMapping", MAPPING);
                    exchange.getMessage().setBody(Files.readString(input));
                });
                JsonNode answer = read(asked.getMessage().getBody(String.class));
                List.of(answer, answer.path("onCreate")).stream().filter(JsonNode::isObject).forEach(part -> ((ObjectNode) part)
                        .properties().removeIf(field -> field.getKey().equals("keep") || field.getKey().contains("_Touch_")));
                assertThat(answer).as(input.toString()).isEqualTo(
                        read(Files.readString(Path.of(input.toString().replace(".input.json", ".expected.json")))));
            }
        }
    }

    @Test
    void theFirstTouchStaysAndTheLastOneIsReplacedAsAWhole() {
        touches("registration", 0, "Lovelace", Map.of("utm_source", "newsletter", "utm_medium", "email"));
        assertThat(record(id).text("First_Touch_Source__c")).isEqualTo("newsletter");
        assertThat(record(id).text("Last_Touch_Medium__c")).isEqualTo("email");

        touches("settings", 1, "King", Map.of());
        assertThat(record(id).text("LastName")).isEqualTo("King");
        assertThat(record(id).text("Last_Touch_Source__c")).as("no touch, so the last one stays").isEqualTo("newsletter");

        touches("login", 1, "King", Map.of("utm_source", "search"));
        assertThat(record(id).text("First_Touch_Source__c")).isEqualTo("newsletter");
        assertThat(record(id).text("First_Touch_Medium__c")).isEqualTo("email");
        assertThat(record(id).text("Last_Touch_Source__c")).isEqualTo("search");
        assertThat(record(id).text("Last_Touch_Medium__c")).as("of an earlier touch").isNull();
        touches("settings", 2, "Byron", Map.of());
        assertThat(record(id).text("Last_Touch_Source__c")).isEqualTo("search");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"City\"", "{\"City\": true}", "[1]", "[\"no field\"]", "[null]"})
    void aKeepThatIsNoListOfFieldsIsTheMappingsMistake(String keep, @TempDir Path folder) throws IOException {
        Path mapping = Files.writeString(folder.resolve("keep.jslt"), "{\"LastName\": \"L\", \"keep\": " + keep + "}");
        Path input = Files.writeString(folder.resolve("keep.input.json"), "{}");
        assertThat(examples.finding(new MappingExamples.Example(Mapping.of(mapping.toString()), input, input)))
                .hasValueSatisfying(finding -> assertThat(finding.message()).contains("a keep that is no list of fields"));
    }

    private void touches(String event, int minute, String lastName, Map<String, String> payload) {
        ObjectNode body = Ory.identity(id, START.plusSeconds(60L * minute), lastName);
        ((ObjectNode) body.path("identity")).put("schema_id", "attributed");
        body.set("transient_payload", json.valueToTree(payload));
        assertThat(ory.sends(event, body).statusCode()).isEqualTo(204);
        settle();
    }
}
