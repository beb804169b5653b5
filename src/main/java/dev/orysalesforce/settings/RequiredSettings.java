package dev.orysalesforce.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;
import org.springframework.web.context.WebApplicationContext;

/**
 * Refuses to start if a required setting is missing or blank, or if a secret is short enough to be guessed. Names all of
 * them at once.
 */
public class RequiredSettings implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    /** Names the key file of a login by JWT bearer flow; without it, the login uses a client secret. */
    private static final String KEY_FILE = "SALESFORCE_JWT_KEY_FILE";
    private static final Setting CLIENT_SECRET = new Setting("SALESFORCE_CLIENT_SECRET",
            "the consumer secret of the External Client App",
            "Salesforce Setup > External Client App Manager > your app > Settings > OAuth Settings");
    private static final Setting USERNAME = new Setting("SALESFORCE_USERNAME",
            "the user that calls are made as, for " + KEY_FILE + " is set", "Salesforce Setup > Users");
    private static final List<Setting> REQUIRED = List.of(
            new Setting("ORY_WEBHOOK_SECRET", "the secret that Ory sends with each webhook (several, comma-separated,"
                    + " while you rotate it)",
                    "make one up, e.g. openssl rand -hex 32, and put it into the auth block of the Ory Action"),
            new Setting("SALESFORCE_LOGIN_URL", "the org's My Domain URL, e.g. https://example.my.salesforce.com",
                    "Salesforce Setup > My Domain (login.salesforce.com does not serve this login)"),
            new Setting("SALESFORCE_CLIENT_ID", "the consumer key of the External Client App",
                    "Salesforce Setup > External Client App Manager > your app > Settings > OAuth Settings"));

    /** Where Spring Boot keeps the settings that a command does not need, and where it lists all others a second time. */
    private static final Set<String> NOT_THE_OPERATORS = Set.of("defaultProperties", "configurationProperties");

    /**
     * @param meaning what the setting is
     * @param source where the operator finds its value
     */
    public record Setting(String name, String meaning, String source) {}

    /** The settings that the operator has not set, including those that a command does not need. */
    public static List<Setting> missing(ConfigurableEnvironment environment) {
        return required(environment).stream().filter(setting -> environment.getPropertySources().stream()
                .filter(source -> !NOT_THE_OPERATORS.contains(source.getName()))
                .noneMatch(source -> source.getProperty(setting.name()) instanceof CharSequence value
                        && holdsAny(value.toString())))
                .toList();
    }

    private static List<Setting> required(ConfigurableEnvironment environment) {
        return Stream.concat(REQUIRED.stream(), Stream.of(isByKey(environment) ? USERNAME : CLIENT_SECRET)).toList();
    }

    /** Commas alone are no value: {@code ORY_WEBHOOK_SECRET} is a list. */
    private static boolean holdsAny(String value) {
        return value != null && ShortSecrets.entries(value).findAny().isPresent();
    }

    private static boolean isByKey(ConfigurableEnvironment environment) {
        return StringUtils.hasText(environment.getProperty(KEY_FILE));
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("camelsOwnReload",
                Map.of("camel.main.routes-reload-enabled", "false"))); // takes every route down with one broken file
        if ("native".equalsIgnoreCase(environment.getProperty("spring.artemis.mode"))) {
            environment.getPropertySources().addLast(new MapPropertySource("externalBroker",
                    Map.of("spring.artemis.embedded.enabled", "false"))); // Spring Boot would start one all the same
        }
        if (isByKey(environment)) {
            environment.getPropertySources().addFirst(new MapPropertySource("loginByKey",
                    Map.of("camel.component.salesforce.authentication-type", "JWT")));
        }
        if (!environment.containsProperty("sync.mappings.default")) {
            throw new CannotStartException("application.yaml is not here, or has no sync.mappings.default.",
                    "Start the app in the folder that holds application.yaml, routes/ and mappings/.");
        }
        List<String> wrong = new ArrayList<>();
        for (Setting setting : required(environment)) {
            String value = environment.getProperty(setting.name());
            if (!holdsAny(value)) {
                wrong.add("%s is %s: %s.%n    Where to get it: %s.".formatted(setting.name(),
                        value == null ? "not set" : "blank", setting.meaning(), setting.source()));
            }
        }
        String remedy = "Set it as an environment variable and start again. To try the app without Salesforce and Ory: "
                + "mvn spring-boot:test-run";
        boolean isServing = context instanceof WebApplicationContext; // a command can't be called from outside
        if (isServing && !ShortSecrets.areAllowed(environment)) {
            List<String> tooShort = ShortSecrets.variables(environment);
            tooShort.forEach(variable -> wrong.add("%s holds a secret of fewer than %s characters, which can be guessed.%n"
                    .formatted(variable, ShortSecrets.LEAST) + "    A new one: openssl rand -hex 32."));
            remedy += tooShort.isEmpty() ? "" : System.lineSeparator()
                    + "To use short secrets until all senders have new ones: SYNC_ALLOW_SHORT_SECRETS=true; health is DEGRADED meanwhile.";
        }
        if (!wrong.isEmpty()) {
            throw new CannotStartException(String.join(System.lineSeparator(), wrong), remedy);
        }
    }
}
