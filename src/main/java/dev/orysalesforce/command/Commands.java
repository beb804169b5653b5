package dev.orysalesforce.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.receive.BadRequestException;
import dev.orysalesforce.reconcile.RunFailedException;
import dev.orysalesforce.settings.CommandLineOnly;
import dev.orysalesforce.sync.FailurePlace;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.function.ThrowingFunction;
import org.yaml.snakeyaml.error.YAMLException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/**
 * The command line: each command is a method, which starts the app without its endpoints and calls a bean. Wrong usage and
 * {@code --help} start nothing.
 */
@Command(name = "java -jar ory-salesforce-sync.jar", scope = ScopeType.INHERIT,
        description = "Without a command, the app serves.%nA setting of application.yaml can follow: --sync.linger=2s.%n",
        versionProvider = Commands.Version.class, sortOptions = false, synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:good, perhaps with warnings", "1:findings, or a failure", "2:wrong usage, or an unreadable file"})
public final class Commands {

    /** A setting of Spring Boot: no option of a command has a dot or an underscore in its name. */
    private static final String SETTING = "--[^=]*[._][^=]*=.*";
    private static final Set<String> QUESTIONS = Set.of("-h", "--help", "-V", "--version");
    /** Routes that commands do not start, by their endpoints. */
    static final String FROM_OUTSIDE = "platform-http:*,rest*";
    static final String BY_THEMSELVES = "scheduler:*";
    private static final String NOWHERE = "http://127.0.0.1:9";
    private static final String NOT_SET = "none";
    private static final String JSON = "Answer JSON, for programs.";

    @Option(names = {"-h", "--help"}, usageHelp = true, scope = ScopeType.INHERIT, description = "Show this help.")
    private boolean help;

    @Option(names = {"-V", "--version"}, versionHelp = true, description = "Show the version.")
    private boolean version;

    private final SpringApplication app;
    private final List<String> settings;

    private Commands(SpringApplication app, List<String> settings) {
        this.app = app;
        this.settings = new ArrayList<>(settings);
    }

    /** From the jar's manifest; there is none in a build that is run from its classes. */
    static class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Commands.class.getPackage().getImplementationVersion();
            return new String[] {version == null ? "not built as a jar" : version};
        }
    }

    /** Whether it is a command, or a question about them; else the app serves. */
    public static boolean isMeant(String... args) {
        return args.length > 0 && !args[0].startsWith("-") || Stream.of(args).anyMatch(QUESTIONS::contains);
    }

    /** @return the exit code */
    public static int run(SpringApplication app, String... args) {
        Map<Boolean, List<String>> isSetting = Stream.of(args).collect(Collectors.partitioningBy(arg -> arg.matches(SETTING)));
        List<String> words = new ArrayList<>(isSetting.get(false));
        if (words.get(0).equals("help")) {
            Collections.rotate(words, -1);
            words.set(words.size() - 1, "--help");
        }
        return line(app, isSetting.get(true)).execute(words.toArray(String[]::new));
    }

    static CommandLine line(SpringApplication app, List<String> settings) {
        return new CommandLine(new Commands(app, settings)).setExecutionExceptionHandler(Commands::failed);
    }

    @Command(description = "Reads all identities at Ory and brings them to Salesforce. It continues after an interruption.")
    int backfill(@Option(names = "--dry-run", description = "Write nothing; count what a backfill would do.") boolean dryRun)
            throws Exception {
        return run(!dryRun, context -> context.getBean(BackfillCommand.class).run(dryRun));
    }

    @Command(description = "Checks whether routes, mappings, their examples and the org fit together. Nothing is sent.")
    int check(
            @Option(names = "--hook", paramLabel = "FILE", description = "Check the Jsonnet template of an Ory Action instead.") Path hook,
            @Option(names = "--json", description = JSON) boolean asJson) throws Exception {
        settings.add("--camel.main.routes-collector-enabled=false"); // a broken route would end the start
        return report(asJson, CheckCommand.class, check -> hook == null ? check.report() : check.report(hook));
    }

    @Command(description = "Tells what other mappings would change. Nothing is sent.")
    int diff(
            @Option(names = "--mappings", required = true, paramLabel = "NEW_DIR",
                    description = "The folder of the other mappings.") Path mappings,
            @Parameters(arity = "0..1", paramLabel = "BODIES", description = "A folder of bodies, *.json as webhooks send them."
                    + " Without it, all identities at ORY_ADMIN_URL are compared.") Path bodies,
            @Option(names = "--examples", description = "Show values, which are personal data.") boolean showsValues,
            @Option(names = "--json", description = JSON) boolean asJson) throws Exception {
        return report(asJson, DiffCommand.class, diff -> diff.report(mappings, bodies, showsValues));
    }

    @Command(description = "Checks this app, Salesforce and Ory: what is wrong, why it matters, and the fix. Nothing is sent.")
    int doctor(
            @Option(names = "--kratos", paramLabel = "FILE", description = "A kratos.yml, several if Kratos is started with"
                    + " several, or an exported project.") List<Path> kratos,
            @Option(names = "--url", paramLabel = "URL", description = "What the hooks call, up to /webhooks.") String url,
            @Option(names = "--json", description = JSON) boolean asJson) throws Exception {
        return report(asJson, DoctorCommand.class, doctor -> doctor.report(kratos == null ? List.of() : kratos, url));
    }

    @Command(description = "Shows the record that would be sent for a body, as JSON. Nothing is sent.")
    int preview(@Parameters(paramLabel = "FILE", description = "A file that holds what Ory would send.") Path file)
            throws Exception {
        return run(false, context -> context.getBean(PreviewCommand.class).run(file));
    }

    private <C> int report(boolean asJson, Class<C> type, ThrowingFunction<C, Report> command) throws Exception {
        return run(false, context -> {
            Report report = command.applyWithException(context.getBean(type));
            if (asJson) {
                System.out.println(context.getBean(ObjectMapper.class).writerWithDefaultPrettyPrinter().writeValueAsString(report));
            } else {
                report.print(System.out);
            }
            return report.exitCode();
        });
    }

    /** @param writes if not, the journal is an empty one in memory, so that the command can run beside the app */
    private int run(boolean writes, ThrowingFunction<ConfigurableApplicationContext, Integer> command) throws Exception {
        Map<String, Object> ifNotSet = new HashMap<>(Map.of("ORY_WEBHOOK_SECRET", "not used by commands"));
        settings.add("--sync.doctor-at-start=false");
        settings.add("--logging.level.root=ERROR");
        settings.add("--camel.main.auto-startup-exclude-pattern=" + FROM_OUTSIDE + (writes ? "" : "," + BY_THEMSELVES));
        if (!writes) {
            settings.add("--spring.artemis.embedded.persistent=false");
            ifNotSet.putAll(Map.of("SALESFORCE_LOGIN_URL", NOWHERE, // so that no org is called
                    "SALESFORCE_CLIENT_ID", NOT_SET, "SALESFORCE_CLIENT_SECRET", NOT_SET, "SALESFORCE_USERNAME", NOT_SET));
        }
        app.setWebApplicationType(WebApplicationType.NONE);
        app.setLogStartupInfo(false);
        app.setAdditionalProfiles(CommandLineOnly.PROFILE);
        app.setDefaultProperties(ifNotSet);
        ConfigurableApplicationContext context;
        try {
            context = app.run(settings.toArray(String[]::new));
        } catch (RuntimeException alreadyReported) {
            return ExitCode.SOFTWARE;
        }
        try (context) {
            return command.applyWithException(context);
        }
    }

    /** Prints only messages that are for people: any other one may quote a trait. */
    private static int failed(Exception failure, CommandLine line, ParseResult parsed) {
        if (failure instanceof WrongUsageException) {
            line.getErr().println(failure.getMessage());
            return ExitCode.USAGE;
        }
        if (failure instanceof IOException || failure instanceof YAMLException) {
            String file = failure instanceof FileSystemException named ? named.getFile() : "A file";
            line.getErr().println(failure instanceof NoSuchFileException ? "There is no " + file + "."
                    : file + " can't be read: " + failure.getClass().getSimpleName() + ". Files are text in UTF-8.");
            return ExitCode.USAGE;
        }
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        line.getErr().println(root instanceof RunFailedException || root instanceof BadRequestException
                || root instanceof PauseDeliveryException ? root.getMessage()
                        : "%s failed: %s at %s.".formatted(line.getCommandName(), root.getClass().getSimpleName(), FailurePlace.of(root)));
        return ExitCode.SOFTWARE;
    }
}
