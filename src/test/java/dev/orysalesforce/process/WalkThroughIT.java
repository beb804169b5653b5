package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.Tool;
import dev.orysalesforce.sandbox.FieldRule;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of docs/walk-throughs.md have the documented results. */
@Tag("nightly")
class WalkThroughIT {

    private static final Path PAGE = Path.of("docs/walk-throughs.md");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```$");
    private static final Pattern IDENTITY = Pattern.compile("\"identity\":\\{\"id\":\"([^\"]+)\"");
    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void everyCommandWorksAsDocumented(@TempDir Path folder) throws Exception {
        Tool.require(Tool.BASH, Tool.CURL, Tool.PATCH, Tool.PERL);
        Path project = project(folder.resolve("project"));
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce)
                        .in(project).with("SYNC_RELOAD_POLL_INTERVAL", "200ms").with("SYNC_LINGER", "200ms")) {
            salesforce.org().schema("Lead").put(FieldRule.text("UTM_Source__c", 255));
            app.start();
            Set<String> withoutRecord = new HashSet<>();
            String identity = null;
            String printed = "";
            int seen = 0; // part of the app's log before the last command
            int promises = 0;
            Matcher block = BLOCK.matcher(Files.readString(PAGE));
            while (block.find()) {
                String content = block.group(2);
                switch (block.group(1)) {
                    case "sh" -> {
                        seen = app.log().length();
                        printed = run(app, content);
                        Matcher hook = IDENTITY.matcher(content);
                        if (hook.find()) {
                            identity = hook.group(1);
                            withoutRecord.add(identity);
                        }
                    }
                    case "text" -> {
                        for (String line : content.lines().toList()) {
                            String commands = printed;
                            int since = seen;
                            await(line).atMost(SOON).untilAsserted(() -> assertThat(commands + app.log().substring(since)).contains(line));
                            promises++;
                        }
                    }
                    case "json" -> {
                        JsonNode record = new ObjectMapper().readTree(content);
                        String whose = identity;
                        await(content).atMost(SOON).untilAsserted(() -> isInSalesforce(salesforce, whose, record));
                        withoutRecord.remove(whose);
                        promises++;
                    }
                    default -> throw new AssertionError("Neither command nor promise: " + block.group());
                }
            }
            assertThat(promises).isEqualTo(14);
            assertThat(withoutRecord).as("whom the page promises no record").hasSize(1)
                    .allSatisfy(id -> assertThat(salesforce.org().byIdentity(id)).isEmpty());
            assertThat(app.log()).doesNotContain("Rejected configuration change", "Dead letter", "test.example.com");
        }
    }

    private static void isInSalesforce(SalesforceSandbox salesforce, String identity, JsonNode expected) {
        assertThat(salesforce.org().byIdentity(identity)).singleElement().satisfies(record -> {
            assertThat(record.object()).isEqualTo(expected.at("/attributes/type").asText());
            expected.fields().forEachRemaining(field -> {
                if (!field.getKey().equals("attributes")) {
                    assertThat(record.text(field.getKey())).as(field.getKey()).isEqualTo(field.getValue().asText());
                }
            });
        });
    }

    private static String run(AppProcess app, String commands) throws IOException, InterruptedException {
        ProcessBuilder bash = app.shell(commands.replace("127.0.0.1:8080", "127.0.0.1:" + app.port()));
        bash.environment().merge("PATH", Path.of(System.getProperty("java.home"), "bin") + ":", (path, java) -> java + path);
        Process process = bash.redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(commands + printed).isZero();
        assertThat(printed).as("the patch's line numbers are those of the shipped file").doesNotContain("offset", "fuzz");
        return printed;
    }

    /** A reader's files before the first command: those that are changed, and the jar where the build puts it. */
    private static Path project(Path to) throws IOException {
        for (String what : new String[] {"routes", "mappings", "application.yaml"}) {
            try (Stream<Path> files = Files.walk(Path.of(what))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Path copy = to.resolve(file.toString());
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy);
                }
            }
        }
        Files.createSymbolicLink(to.resolve("target"), Path.of("target").toAbsolutePath());
        return to;
    }
}
