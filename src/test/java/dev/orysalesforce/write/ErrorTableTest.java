package dev.orysalesforce.write;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.orysalesforce.GeneratedDocument;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The table in docs matches application.yaml. To write it again: mvn test -Dtest=ErrorTableTest -Drewrite=true */
class ErrorTableTest {

    @Test
    void theTableOfErrorCodesIsUpToDate() throws IOException {
        new GeneratedDocument(Path.of("docs", "salesforce-errors.md")).assertUpToDate(table());
    }

    private static String table() throws IOException {
        JsonNode errors = new ObjectMapper(new YAMLFactory()).readTree(new File("application.yaml"))
                .path("sync").path("errors");
        StringBuilder table = new StringBuilder("""
                # Actions for Salesforce's error codes

                Generated from `sync.errors` in application.yaml; change it there. The comments there explain the actions. The
                action for a code that is not listed: `%s`. A code may have several lines: the first one that fits the message
                wins. The conditions are regular expressions, found anywhere in the message.

                | Code | Action | What a person can do |
                |---|---|---|
                """.formatted(errors.path("default").path("action").asText()));
        for (Map.Entry<String, JsonNode> code : errors.path("codes").properties()) {
            for (JsonNode exception : code.getValue().path("when")) {
                table.append("| `%s`%s%s | %s | %s |%n".formatted(code.getKey(),
                        exception.has("in") ? " of a " + exception.path("in").asText().replace("row", "record") : "",
                        exception.has("message") ? " with `" + exception.path("message").asText().replace("|", "\\|") + "`" : "",
                        exception.path("action").asText(), exception.path("remedy").asText()));
            }
            table.append("| `%s`%s | %s | %s |%n".formatted(code.getKey(), code.getValue().has("when") ? ", else" : "",
                    code.getValue().path("action").asText(), code.getValue().path("remedy").asText()));
        }
        assertThat(errors.path("codes").size()).isGreaterThanOrEqualTo(20);
        return table.toString();
    }
}
