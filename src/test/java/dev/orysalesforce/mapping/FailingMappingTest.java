package dev.orysalesforce.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.TestPropertySource;

/** A failing mapping is reported by file and line, the identity by its ID, without any trait. */
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(properties = {"test.context=stumbling",
    "sync.mappings.missing=src/test/resources/mappings/stumbling/missing.ds",
    "sync.mappings.computed=src/test/resources/mappings/stumbling/computed.ds",
    "sync.mappings.quoting=src/test/resources/mappings/stumbling/quoting.ds",
    "sync.mappings.headers=src/test/resources/mappings/stumbling/headers.jsonnet",
    "sync.mappings.number=src/test/resources/mappings/stumbling/number.jslt",
    "sync.mappings.said=src/test/resources/mappings/stumbling/said.jslt",
    "sync.mappings.error=src/test/resources/mappings/stumbling/error.jsonata",
    "sync.mappings.mute=src/test/resources/mappings/stumbling/error.jq"})
@Tag("nightly")
@Tag("any-ledger")
class FailingMappingTest extends AppTest {

    @ParameterizedTest
    @CsvSource({"missing, 'missing.ds:2 reads .secret, which is not there'", "computed, 'computed.ds:3 has no result'",
        "quoting, 'quoting.ds:3 has no result'", "headers, 'headers.jsonnet:3 reads .request_headers, which is not there'",
        "number, 'number.jslt:4 has no result'",
        "said, 'said.jslt:1 says: There is no name to use. It has no result'", "error, 'error.jsonata:3 has no result'",
        "mute, 'error.jq has no result'"})
    void theDeadLetterNamesTheLocationAndNoValue(String schema, String told, CapturedOutput log) {
        String id = UUID.randomUUID().toString();
        ObjectNode person = Ory.identity(id, Instant.now(), "Person");
        ObjectNode identity = (ObjectNode) person.path("identity");
        identity.put("schema_id", schema);
        ((ObjectNode) identity.path("traits")).put("email", "Xerxes\n    at line 1 column 1 of the transformation")
                .putObject("name").put("last", "Xerxes");
        ory.sends("registration", person);
        settle();
        JsonNode letter = deadLetters().get(0);
        assertThat(letter.path("code").asText()).isEqualTo("MAPPING_FAILED");
        assertThat(letter.path("identity").asText()).isEqualTo(id);
        assertThat(letter.path("message").asText()).startsWith("src/test/resources/mappings/stumbling/").contains(told);
        assertThat(letter.path("message").asText() + log).doesNotContain("Xerxes");
    }
}
