package dev.orysalesforce.kits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.orysalesforce.Tool;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Org;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The experiments of {@code salesforce/try-org} in the sandbox, prepared as a person would: the sandbox answers as the app
 * assumes, and where it does not, the experiment says so.
 */
@Tag("nightly")
class TryOrgTest {

    private static final SalesforceSandbox SALESFORCE = SalesforceSandbox.start();
    private static final Pattern LEAD = Pattern.compile("/(00Q\\w+)");

    /** What a person prepares, given the Lead that the script names. */
    private interface Preparation extends BiConsumer<Org, String> {}

    private record Result(int exitCode, String output) {}

    @TempDir
    private Path folder;

    @BeforeEach
    void anOrg() {
        Tool.require(Tool.BASH, Tool.CURL, Tool.JQ);
        SALESFORCE.reset();
        SALESFORCE.org().permit("Lead", Org.Permission.DELETE);
        SALESFORCE.org().permit("Contact", Org.Permission.DELETE);
    }

    @AfterAll
    static void stop() {
        SALESFORCE.close();
    }

    static Stream<Arguments> experiments() {
        return Stream.of(
                arguments("client-app", prepared((org, lead) -> {})),
                arguments("permission", prepared((org, lead) -> org.forbid("Lead", Org.Permission.CREATE))),
                arguments("purged", prepared((org, lead) -> org.purge(lead))),
                arguments("converted", prepared((org, lead) -> org.convertLead(lead, false))),
                arguments("converted", prepared((org, lead) -> {
                    org.letEditConverted(true);
                    org.convertLead(lead, false);
                })),
                arguments("owner", prepared((org, lead) -> {})),
                arguments("automation", prepared((org, lead) -> org.limitAutomation("Lead", 100))),
                arguments("language", prepared((org, lead) -> org.speakGerman(true))));
    }

    @ParameterizedTest
    @MethodSource("experiments")
    void theSandboxAnswersAsTheAppAssumes(String experiment, Preparation preparation) throws Exception {
        Result result = run(experiment, preparation);
        assertThat(result.output()).contains("as assumed: ").doesNotContain("DIFFERS").doesNotContain("sandbox-secret");
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(SALESFORCE.org().records("Lead")).as("deleted again").allMatch(lead -> lead.is("IsConverted"));
    }

    static Stream<Arguments> others() {
        return Stream.of(
                arguments("permission", prepared((org, lead) -> {})),
                arguments("purged", prepared((org, lead) -> org.delete(lead))),
                arguments("converted", prepared((org, lead) -> {})),
                arguments("automation", prepared((org, lead) -> {})));
    }

    /** The preparation is left out, or does something else. */
    @ParameterizedTest
    @MethodSource("others")
    void anOrgThatAnswersOtherwiseIsReported(String experiment, Preparation preparation) throws Exception {
        Result result = run(experiment, preparation);
        assertThat(result.output()).contains("DIFFERS: ");
        assertThat(result.exitCode()).as(result.output()).isEqualTo(1);
    }

    @Test
    void aRefusedLoginIsNoResult() throws Exception {
        SALESFORCE.org().sessions().clientSecret("another");
        Result result = run("client-app", (org, lead) -> {});
        SALESFORCE.org().sessions().clientSecret("sandbox-secret");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.output()).contains("refuses the login").doesNotContain("sandbox-secret");
    }

    @Test
    void withoutANameTheExperimentsAreListed() throws Exception {
        Result list = run("", (org, lead) -> {});
        assertThat(list.exitCode()).isZero();
        experiments().forEach(experiment -> assertThat(list.output()).contains("  " + experiment.get()[0]));
        assertThat(run("other", (org, lead) -> {}).exitCode()).isEqualTo(2);
        assertThat(SALESFORCE.calls().of(CallKind.LOGIN)).isEmpty();
    }

    private static Preparation prepared(Preparation preparation) {
        return preparation;
    }

    private Result run(String experiment, Preparation preparation) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "output", ".txt");
        ProcessBuilder script = new ProcessBuilder("salesforce/try-org", experiment).redirectErrorStream(true)
                .redirectOutput(output.toFile());
        script.environment().putAll(Map.of("SALESFORCE_LOGIN_URL", SALESFORCE.url(), "SALESFORCE_CLIENT_ID", "sandbox-client",
                "SALESFORCE_CLIENT_SECRET", "sandbox-secret", "TRY_ORG_OWNER", "0055e0000000009AAA"));
        Process process = script.start();
        await().until(() -> !process.isAlive() || Files.readString(output).contains("Press Enter"));
        if (process.isAlive()) {
            Matcher lead = LEAD.matcher(Files.readString(output));
            preparation.accept(SALESFORCE.org(), lead.find() ? lead.group(1) : null);
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        }
        return new Result(process.waitFor(), Files.readString(output));
    }
}
