package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar's {@code check}, as CI runs it on edited files. */
class CheckIT {

    @Test
    void everythingThatIsBrokenIsToldAtOnce(@TempDir Path folder) throws IOException {
        Path routes = copy(Path.of("routes"), folder.resolve("routes"));
        Path mappings = copy(Path.of("mappings"), folder.resolve("mappings"));
        Path erase = routes.resolve("erase.camel.yaml");
        Path receive = routes.resolve("receive.camel.yaml");
        Path contact = mappings.resolve("contact.ds");
        Path expected = mappings.resolve("examples/lead/complete.expected.json");
        try (SalesforceSandbox salesforce = SalesforceSandbox.start(); AppProcess app = new AppProcess(folder, salesforce)
                .with("CAMEL_MAIN_ROUTES_INCLUDE_PATTERN", "file:" + routes + "/*.camel.yaml")
                .with("SYNC_MAPPING_DIR", mappings.toString())
                .with("SYNC_MAPPINGS_DEFAULT", mappings.resolve("lead.ds").toString())) {
            String[] good = {Files.readString(erase), Files.readString(receive), Files.readString(contact),
                    Files.readString(expected)};
            Files.writeString(erase, good[0].replaceFirst("      steps:", "     steps:"));
            Files.writeString(receive, good[1].replace("uri: direct:receive.event", "uri: drect:receive.event"));
            Files.writeString(contact, good[2] + "}");
            Files.writeString(expected, good[3].replace("\"Lovelace\"", "\"Byron\""));
            salesforce.org().schema("Lead").hide("Phone");

            assertThat(app.runToItsEnd("check", "--json")).isEqualTo(1);
            JsonNode report = new ObjectMapper().readTree(app.log());
            assertThat(report.path("findings")).extracting(finding -> finding.path("place").asText()
                            .replaceFirst(".*/(.*:)\\d+$", "$1")) // a file and a line
                    .containsExactlyInAnyOrder("erase.camel.yaml:", "receive.camel.yaml:", "contact.ds:",
                            "complete.expected.json:", "Lead.Phone");
            assertThat(report.toString()).contains("LastName differs").contains("drect:receive.event")
                    .doesNotContain("Lovelace").doesNotContain("Byron");

            Files.writeString(erase, good[0]);
            Files.writeString(receive, good[1]);
            Files.writeString(contact, good[2]);
            Files.writeString(expected, good[3]);
            app.without("SALESFORCE_CLIENT_SECRET");
            assertThat(app.runToItsEnd("check")).as(app.log()).isZero();
            assertThat(app.log()).contains("The org was not asked").containsPattern("Nothing wrong; \\d+ examples run");
        }
    }

    private static Path copy(Path folder, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(folder.relativize(file).toString()));
            }
        }
        return to;
    }
}
