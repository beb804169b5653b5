package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar's {@code check}, as CI runs it on changed files. */
@Tag("nightly")
class CheckIT {

    @TempDir
    private Path folder;

    @Test
    void everythingThatIsBrokenIsReportedAtOnce() throws IOException {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start(); AppProcess app = appOnACopy(salesforce)) {
            Path routes = folder.resolve("routes");
            Path mappings = folder.resolve("mappings");
            edit(routes.resolve("erase.camel.yaml"), "      steps:", "     steps:");
            edit(routes.resolve("receive.camel.yaml"), "uri: direct:receive.event", "uri: drect:receive.event");
            Path contact = mappings.resolve("contact.jslt");
            Files.writeString(contact, Files.readString(contact) + "}");
            edit(mappings.resolve("examples/lead/complete.expected.json"), "\"Lovelace\"", "\"Byron\"");
            salesforce.org().schema("Lead").hide("Phone");

            assertThat(app.runToItsEnd("check", "--json")).isEqualTo(1);
            JsonNode report = new ObjectMapper().readTree(app.log());
            assertThat(report.path("findings")).extracting(finding -> finding.path("place").asText()
                    .replaceFirst(".*/(.*:)\\d+$", "$1")) // a file and a line
                    .containsExactlyInAnyOrder("erase.camel.yaml:", "receive.camel.yaml:", "contact.jslt:",
                            "complete.expected.json:", "Lead.Phone");
            assertThat(report.toString()).contains("LastName differs").contains("drect:receive.event")
                    .doesNotContain("Lovelace").doesNotContain("Byron");
        }
    }

    @Test
    void withoutALoginTheOrgIsLeftOutAndTheFilesAreChecked() throws IOException {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start(); AppProcess app = appOnACopy(salesforce)) {
            salesforce.org().schema("Lead").hide("Phone");
            app.without("SALESFORCE_CLIENT_SECRET");
            assertThat(app.runToItsEnd("check")).as(app::log).isZero();
            assertThat(app.log()).contains("The org was not checked").containsPattern("Nothing wrong; \\d+ examples run");
        }
    }

    /** With routes and mappings that a test can change. */
    private AppProcess appOnACopy(SalesforceSandbox salesforce) throws IOException {
        Path routes = copy(Path.of("routes"), folder.resolve("routes"));
        Path mappings = copy(Path.of("mappings"), folder.resolve("mappings"));
        return new AppProcess(folder, salesforce)
                .with("CAMEL_MAIN_ROUTES_INCLUDE_PATTERN", "file:" + routes + "/*.camel.yaml")
                .with("SYNC_MAPPING_DIR", mappings.toString())
                .with("SYNC_MAPPINGS_DEFAULT", mappings.resolve("lead.jslt").toString());
    }

    private static void edit(Path file, String what, String with) throws IOException {
        String text = Files.readString(file);
        assertThat(text).contains(what);
        Files.writeString(file, text.replaceFirst(Pattern.quote(what), with));
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
