package dev.orysalesforce.command;

import dev.orysalesforce.settings.CommandLineOnly;
import dev.orysalesforce.sync.FailurePlace;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;

/**
 * Runs the app without its endpoints: no webhook, no operator API. Only a command that writes gets the journal; the others
 * get an empty one in memory, so that they can run beside the app.
 */
public record CommandLine(String name, List<String> arguments) {

    /** Routes that commands do not start, by their endpoints. */
    static final String FROM_OUTSIDE = "platform-http:*,rest*";
    static final String BY_THEMSELVES = "scheduler:*";
    private static final String NOWHERE = "http://127.0.0.1:9";
    private static final String NOT_SET = "none";
    private static final String WRITES = "backfill";
    private static final String CHECKS = "check";
    private static final String DRY_RUN = "--dry-run";

    /** Empty if the app is to serve, i.e. there is no first word, only options. */
    public static Optional<CommandLine> of(String[] args) {
        return args.length == 0 || args[0].startsWith("-") ? Optional.empty()
                : Optional.of(new CommandLine(args[0], Arrays.asList(args).subList(1, args.length)));
    }

    /** @return the arguments for Spring Boot */
    public String[] prepare(SpringApplication app) {
        app.setWebApplicationType(WebApplicationType.NONE);
        app.setLogStartupInfo(false);
        app.setAdditionalProfiles(CommandLineOnly.PROFILE);
        Map<String, Object> ifNotSet = new LinkedHashMap<>(Map.of("ORY_WEBHOOK_SECRET", "not used by commands"));
        List<String> settings = new ArrayList<>(arguments);
        if (name.equals(CHECKS)) {
            settings.add("--camel.main.routes-collector-enabled=false"); // a broken route would end the start
        }
        boolean writes = name.equals(WRITES) && !arguments.contains(DRY_RUN);
        settings.add("--camel.main.auto-startup-exclude-pattern=" + FROM_OUTSIDE + (writes ? "" : "," + BY_THEMSELVES));
        settings.add("--sync.doctor-at-start=false");
        settings.add("--logging.level.root=ERROR");
        if (!writes) {
            settings.add("--spring.artemis.embedded.persistent=false");
            ifNotSet.putAll(Map.of("SALESFORCE_LOGIN_URL", NOWHERE, // so that no org is called
                    "SALESFORCE_CLIENT_ID", NOT_SET, "SALESFORCE_CLIENT_SECRET", NOT_SET, "SALESFORCE_USERNAME", NOT_SET));
        }
        app.setDefaultProperties(ifNotSet);
        return settings.toArray(String[]::new);
    }

    /** @return the exit code */
    public int run(ConfigurableApplicationContext context, PrintStream errors) {
        Map<String, Command> commands = new LinkedHashMap<>();
        context.getBeansOfType(Command.class).values().forEach(command -> commands.put(command.name(), command));
        Command command = commands.get(name);
        if (command == null) {
            errors.println("There is no command " + name + ". There are: " + String.join(", ", commands.keySet())
                    + ". Without one, the app serves.");
            return 2;
        }
        try {
            return command.run(arguments.stream().filter(argument -> !argument.matches("--[\\w.-]+=.*")).toList());
        } catch (RuntimeException | Error e) {
            Throwable root = NestedExceptionUtils.getMostSpecificCause(e);
            errors.println(name + " failed: " + root.getClass().getSimpleName() + " at " + FailurePlace.of(root) + ".");
            return 1;
        }
    }
}
