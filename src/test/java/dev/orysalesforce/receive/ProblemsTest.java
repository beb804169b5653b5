package dev.orysalesforce.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.orysalesforce.GeneratedDocument;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of problems fits what uses it. To write docs/problems.md again: mvn test -Dtest=ProblemsTest -Drewrite=true */
class ProblemsTest {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    @Test
    void theDocumentIsUpToDate() throws IOException {
        new GeneratedDocument(Path.of("docs", "problems.md")).assertUpToDate(document());
    }

    /** Each key in routes and Java is in the table, with a value exactly if its detail has a place for one, and the other way round. */
    @Test
    void eachKeyThatIsUsedIsInTheTableAndEachOfTheTableIsUsed() throws IOException {
        TreeSet<String> used = used("routes", "\\b(?:problem|error)\\('([\\w.-]+)'(, )?");
        used.addAll(used("src/main/java", "\\b(?:problem\\(|problems\\.answer\\(request, response, )\"([\\w.-]+)\"(, )?"));
        TreeSet<String> inTable = new TreeSet<>();
        table().forEach(area -> area.forEach(status -> status.properties()
                .forEach(entry -> assertThat(inTable.add(entry.getKey() + (entry.getValue().asText().matches(".*\\{[a-z]+}.*")
                        && !entry.getKey().equals("NOT_FOUND.gateway") ? ", " : ""))).as(entry.getKey()).isTrue())));
        assertThat(used).hasSizeGreaterThan(35).containsExactlyElementsOf(inTable);
    }

    private static TreeSet<String> used(String folder, String call) throws IOException {
        TreeSet<String> used = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Pattern.compile(call).matcher(Files.readString(file)).results()
                        .forEach(key -> used.add(key.group(1) + (key.group(2) == null ? "" : key.group(2))));
            }
        }
        return used;
    }

    @Test
    void aValueTakesItsPlaceInTheDetail() throws IOException {
        Problems problems = new Problems(new ObjectMapper());
        assertThat(problems.problem("BODY_TOO_LARGE", 12)).isEqualTo(new Problem("Payload Too Large", 413, "BODY_TOO_LARGE",
                "The body is larger than 12 bytes (sync.max-body-size). Let the Jsonnet template of the Ory Action send the identity"
                        + " and the transient payload only."));
        assertThat(problems.problem("BAD_REQUEST", "$1 \\ {reason}").detail()).isEqualTo("$1 \\ {reason}");
        assertThat(problems.problem("UNKNOWN_IDENTITY.erase").code()).isEqualTo("UNKNOWN_IDENTITY");
        assertThatThrownBy(() -> problems.problem("NO_SUCH")).hasMessageContaining("NO_SUCH");
    }

    /** A message is the beginning of a detail, or of several; those of 400 say what is invalid in this operation. */
    @Test
    void theOpenApiDocumentSaysTheSame() throws IOException {
        JsonNode details = table().path("Operator API");
        TreeSet<String> compared = new TreeSet<>();
        for (File file : new File("routes").listFiles((folder, name) -> name.startsWith("operator-"))) {
            YAML.readTree(file).findValues("responseMessage")
                    .forEach(messages -> messages.forEach(message -> {
                        String status = message.path("code").asText();
                        if (status.compareTo("400") > 0) {
                            assertThat(message.path("message").asText().split(" Or: ")).allSatisfy(
                                    words -> assertThat(details.path(status)).anyMatch(detail -> detail.asText().startsWith(words)));
                            compared.add(status);
                        }
                    }));
        }
        assertThat(compared).containsExactly("401", "404", "409", "429", "503");
    }

    private static JsonNode table() throws IOException {
        return YAML.readTree(new File("src/main/resources/problems.yaml"));
    }

    private static String document() throws IOException {
        StringBuilder document = new StringBuilder("""
                # Problems that the app answers

                Generated from `src/main/resources/problems.yaml`; change it there. An answer is `application/problem+json` with `status`,
                `title`, `code` and `detail`. The `code` is the key up to a dot; the answers that have none before it are without a code.
                Below `/services` an answer has Salesforce's form, below `/oauth2` that of RFC 6749. `{…}` is replaced by a value. Not
                listed are the gateway's `400`, whose message says what is wrong in the record, and the errors of the token endpoint.

                A route of your own makes one of these problems with `ref: problems` and `method: problem('KEY')`, or its own with
                `ref: eventFactory` and `method: problem(409, 'CODE', 'What happened, and what to do.')`; `direct:problem.respond`
                answers it.
                """);
        table().properties().forEach(area -> {
            document.append("%n## %s%n%n| Status | Key | Detail |%n|---|---|---|%n".formatted(area.getKey()));
            area.getValue().properties().forEach(status -> status.getValue().properties().forEach(entry -> document.append(
                    "| `%s` | `%s` | %s |%n".formatted(status.getKey(), entry.getKey(), entry.getValue().asText()))));
        });
        return document.toString();
    }
}
