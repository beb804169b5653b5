package dev.orysalesforce.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.check.HookCheck;
import dev.orysalesforce.receive.BadRequestException;
import dev.orysalesforce.reconcile.RunFailedException;
import dev.orysalesforce.settings.CommandLineOnly;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.MalformedInputException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.mock.env.MockEnvironment;
import org.yaml.snakeyaml.error.YAMLException;
import picocli.CommandLine;

/** A command ends with an exit code and a message, whatever fails; wrong usage and help do not start the app. */
@ExtendWith(OutputCaptureExtension.class)
class CommandsTest {

    private static final SpringApplication NOT_STARTED = null;

    @Test
    void aServerHasNoBeanOfACommand() {
        ClassPathScanningCandidateComponentProvider beans = new ClassPathScanningCandidateComponentProvider(true);
        assertThat(beans.findCandidateComponents("dev.orysalesforce.command")).isEmpty();
        MockEnvironment ofCommands = new MockEnvironment();
        ofCommands.addActiveProfile(CommandLineOnly.PROFILE);
        beans.setEnvironment(ofCommands);
        assertThat(beans.findCandidateComponents("dev.orysalesforce.command")).hasSize(5);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "fly                             | 'fly'",
        "backfill --dry                  | '--dry'",
        "backfill now                    | 'now'",
        "check --hook                    | '--hook'",
        "check hook.jsonnet              | 'hook.jsonnet'",
        "diff bodies                     | '--mappings=NEW_DIR'",
        "diff --mappings new one two     | 'two'",
        "doctor --kratos                 | '--kratos'",
        "doctor --fast                   | '--fast'",
        "doctor --jsno                   | '--jsno'",
        "preview                         | 'FILE'",
        "preview --json body.json        | '--json'"})
    void wrongUsageIsNamedAndEndsWithTwo(String words, String what, CapturedOutput output) {
        assertThat(Commands.run(NOT_STARTED, words.split(" "))).isEqualTo(2);
        assertThat(output.getErr()).contains(what).doesNotContain("\tat ");
        assertThat(output.getOut()).isEmpty();
    }

    @Test
    void anUnknownCommandListsTheKnownOnes(CapturedOutput output) {
        assertThat(Commands.run(NOT_STARTED, "fly")).isEqualTo(2);
        assertThat(output.getErr()).contains("Without a command, the app serves.")
                .containsSubsequence("backfill", "check", "diff", "doctor", "preview");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "--help          | backfill, check, diff, doctor, preview",
        "-h              | backfill, check, diff, doctor, preview",
        "help            | backfill, check, diff, doctor, preview",
        "help check      | check, --hook, FILE, --json",
        "--sync.linger=2s --help | backfill, check, diff, doctor, preview",
        "backfill --help | backfill, --dry-run",
        "check -h        | check, --hook, FILE, --json",
        "diff --help     | diff, --mappings, NEW_DIR, BODIES, --examples, --json",
        "doctor --help   | doctor, --kratos, FILE, --url, URL, --json",
        "preview --help  | preview, FILE"})
    void helpNamesTheOptionsAndTheExitCodes(String words, String told, CapturedOutput output) {
        assertThat(Commands.run(NOT_STARTED, words.split(" "))).isZero();
        assertThat(output.getOut()).startsWith("Usage: java -jar ory-salesforce-sync.jar").contains(told.split(", "))
                .contains("0 ", "1 ", "2   wrong usage");
        assertThat(output.getErr()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-V", "--version"})
    void theVersionIsTold(String word, CapturedOutput output) {
        assertThat(Commands.isMeant(word)).isTrue();
        assertThat(Commands.run(NOT_STARTED, word)).isZero();
        assertThat(output.getOut()).isNotBlank();
    }

    @Test
    void settingsAloneStartTheServer() {
        assertThat(Commands.isMeant()).isFalse();
        assertThat(Commands.isMeant("--sync.linger=2s")).isFalse();
        assertThat(Commands.isMeant("--sync.linger=2s", "--help")).isTrue();
        assertThat(Commands.isMeant("check", "--sync.linger=2s")).isTrue();
    }

    @Test
    void theJsonOfAReportHoldsItsPartsOnly() {
        ObjectMapper json = new ObjectMapper();
        assertThat(json.valueToTree(new CheckCommand.FilesReport(List.of(), 0, List.of())).toString())
                .isEqualTo("{\"findings\":[],\"examples\":0,\"notes\":[]}");
        assertThat(json.valueToTree(new CheckCommand.HookReport(new HookCheck.Result(Map.of(), List.of()))).toString())
                .isEqualTo("{\"records\":{},\"findings\":[]}");
        assertThat(json.valueToTree(new DiffCommand.DiffReport(Map.of(), Map.of(), 0)).toString())
                .isEqualTo("{\"identities\":{},\"fields\":{},\"calls\":0}");
        assertThat(json.valueToTree(new DoctorCommand.DoctorReport(List.of(), List.of(), List.of())).toString())
                .isEqualTo("{\"seen\":[],\"findings\":[],\"notes\":[]}");
    }

    static List<Throwable> failures() {
        return List.of(new CamelExecutionException("ada@example.org", null, new IllegalStateException("ada@example.org")),
                new NullPointerException(), new StackOverflowError());
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aCommandThatFailsSaysSo(Throwable failure) {
        StringWriter words = new StringWriter();
        assertThat(failing(failure, words)).isEqualTo(1);
        assertThat(words.toString()).contains("failing").contains(CommandsTest.class.getSimpleName())
                .doesNotContain("ada@example.org"); // a message may quote a trait
    }

    static List<Throwable> failuresForPeople() {
        return List.of(new RunFailedException("told"),
                new CamelExecutionException("ada@example.org", null, new BadRequestException("told")));
    }

    @ParameterizedTest
    @MethodSource("failuresForPeople")
    void aMessageForPeopleIsShown(Throwable failure) {
        StringWriter words = new StringWriter();
        assertThat(failing(failure, words)).isEqualTo(1);
        assertThat(words).hasToString("told" + System.lineSeparator());
    }

    static List<Throwable> mistakes() {
        return List.of(new WrongUsageException("gone.json is missing"), new NoSuchFileException("gone.json"),
                new MalformedInputException(1), new YAMLException("ada@example.org"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aFileThatCannotBeReadIsNamedAndEndsWithTwo(Throwable failure) {
        StringWriter words = new StringWriter();
        assertThat(failing(failure, words)).isEqualTo(2);
        assertThat(words.toString()).containsAnyOf("gone.json", "MalformedInputException", "YAMLException")
                .doesNotContain("failed").doesNotContain("ada@example.org");
    }

    private static int failing(Throwable failure, StringWriter words) {
        CommandLine line = Commands.line(NOT_STARTED, List.of());
        line.addSubcommand("test", new Failing(failure));
        return line.setErr(new PrintWriter(words, true)).execute("test", "failing");
    }

    @CommandLine.Command
    private record Failing(Throwable failure) {

        @CommandLine.Command
        int failing() {
            throw CommandsTest.<RuntimeException>unchecked(failure);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T unchecked(Throwable failure) throws T {
        throw (T) failure;
    }
}
