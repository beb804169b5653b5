package dev.orysalesforce.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.env.ConfigTreePropertySource;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.web.context.support.GenericWebApplicationContext;

/** A missing, blank or short setting ends the start with a message; the app itself is not started for that. */
class RequiredSettingsTest {

    private static final String SHORT = "fifteen-letters";
    private static final String LONG = "sixteen-letters.";

    @TempDir
    private Path folder;

    private final Map<String, Object> variables = new HashMap<>(Map.of("ORY_WEBHOOK_SECRET", LONG,
            "SALESFORCE_LOGIN_URL", "https://example.my.salesforce.com", "SALESFORCE_CLIENT_ID", "id",
            "SALESFORCE_CLIENT_SECRET", "c"));

    @Test
    void withAllSetItStarts() {
        assertThatCode(this::start).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"62.0", "v62.0", "V62.0", "62", " v62 "})
    void theVersionOfTheApiMayBeWrittenAsInAddresses(String written) {
        variables.put("SALESFORCE_API_VERSION", written);
        assertThat(start().getProperty("salesforce.api-version")).isEqualTo("62.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"latest", "62.5", "/services/data/v62.0", "Winter '25", "6"})
    void whatIsNoVersionOfTheApiIsNamed(String written) {
        variables.put("SALESFORCE_API_VERSION", written);
        assertThatThrownBy(this::start).isInstanceOf(CannotStartException.class).hasMessageContaining("SALESFORCE_API_VERSION");
    }

    @ParameterizedTest
    @CsvSource({"ORY_WEBHOOK_SECRET, ''", "ORY_WEBHOOK_SECRET, ' '", "ORY_WEBHOOK_SECRET, ','", "ORY_WEBHOOK_SECRET, ' , ,'",
        "SALESFORCE_LOGIN_URL, ' '", "SALESFORCE_CLIENT_ID, ' '", "SALESFORCE_CLIENT_SECRET, ' '"})
    void aBlankSettingIsNamedWhereverItIsSet(String name, String blank) throws Exception {
        variables.put(name, blank);
        assertThatThrownBy(this::start).isInstanceOf(CannotStartException.class).hasMessageContaining(name + " is ");

        variables.remove(name);
        variables.put("config-tree", Files.createDirectories(folder.resolve("tree")).toString());
        Files.writeString(folder.resolve("tree").resolve(name), blank + "\n");
        assertThatThrownBy(this::start).isInstanceOf(CannotStartException.class).hasMessageContaining(name + " is ");

        if (!name.equals("SALESFORCE_LOGIN_URL")) { // is no secret
            Files.delete(folder.resolve("tree").resolve(name));
            variables.put(name + "_FILE", Files.writeString(folder.resolve("secret"), blank + "\n").toString());
            assertThatThrownBy(this::start).isInstanceOf(CannotStartException.class).hasMessageContaining(name + " is ");
        }
    }

    @Test
    void allMistakesAreNamedAtOnce() {
        variables.putAll(Map.of("ORY_WEBHOOK_SECRET", SHORT, "SALESFORCE_CLIENT_ID", "", "OPERATOR_TOKEN", SHORT));
        assertThatThrownBy(this::start).hasMessageContaining("ORY_WEBHOOK_SECRET").hasMessageContaining("SALESFORCE_CLIENT_ID")
                .hasMessageContaining("OPERATOR_TOKEN").hasMessageNotContaining(SHORT);
    }

    @ParameterizedTest
    @CsvSource({"ORY_WEBHOOK_SECRET, fifteen-letters", "ORY_WEBHOOK_SECRET, 'sixteen-letters., fifteen-letters'",
        "OPERATOR_TOKEN, ' fifteen-letters '", "ALERTS_WEBHOOK_SECRET, fifteen-letters", "TOKEN_CLIENTS, billing:fifteen-letters",
        "TOKEN_CLIENTS, 'a-client-with-a-long-name:x, billing:sixteen-letters.'"})
    void aShortSecretIsNamedUnlessItIsAllowed(String name, String secret) {
        variables.put(name, secret);
        assertThatThrownBy(this::start).isInstanceOf(CannotStartException.class).hasMessageContaining(name)
                .hasMessageNotContaining(SHORT)
                .satisfies(e -> assertThat(((CannotStartException) e).remedy()).contains("SYNC_ALLOW_SHORT_SECRETS=true"));
        assertThatCode(() -> initialize(new GenericApplicationContext())).as("a command opens nothing").doesNotThrowAnyException();

        variables.put("SYNC_ALLOW_SHORT_SECRETS", "true");
        var health = new ShortSecrets(start()).health();
        assertThat(health.getStatus()).isEqualTo(Degraded.STATUS);
        assertThat(health.getDetails().toString()).contains(name).doesNotContain(SHORT);
    }

    @Test
    void longSecretsAreHealthy() {
        variables.putAll(Map.of("OPERATOR_TOKEN", LONG, "TOKEN_CLIENTS", "a:" + LONG + ", b:" + LONG,
                "SYNC_ALLOW_SHORT_SECRETS", "true"));
        assertThat(new ShortSecrets(start()).health().getStatus()).isEqualTo(Status.UP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPERATOR_TOKEN", "TOKEN_CLIENTS", "ORY_ADMIN_URL", "ORY_ADMIN_TOKEN", "SYNC_LEDGER_KEY", "SYNC_DATA_DIR",
        "SALESFORCE_API_VERSION", "SALESFORCE_JWT_KEY_FILE", "SALESFORCE_SESSION_LIFETIME", "SECRETS_DIR", "OPERATOR_TOKEN_FILE",
        "ALERTS_SLACK_URL", "CONSOLE_URL"})
    void aBlankVariableThatMayBeMissingCountsAsMissing(String name) {
        variables.put(name, " ");
        assertThat(start().containsProperty(name)).isFalse();
    }

    @Test
    void aBlankVariableOfAnotherProgramStays() {
        variables.put("SPRING_PROFILES_ACTIVE", "");
        assertThat(start().getProperty("SPRING_PROFILES_ACTIVE")).isEmpty();
    }

    private ConfigurableEnvironment start() {
        return initialize(new GenericWebApplicationContext());
    }

    /** As Spring Boot does before it makes any bean. */
    private ConfigurableEnvironment initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().remove(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
        String systemEnvironment = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        Map<String, Object> set = new LinkedHashMap<>(variables);
        Object tree = set.remove("config-tree");
        environment.getPropertySources().replace(systemEnvironment, new SystemEnvironmentPropertySource(systemEnvironment, set));
        if (tree != null) {
            environment.getPropertySources().addLast(new ConfigTreePropertySource("tree", Path.of(tree.toString())));
        }
        environment.getPropertySources().addLast(new MapPropertySource("application.yaml",
                Map.of("sync.mappings.default", "mappings/lead.jslt", "sync.allow-short-secrets", "false",
                        "salesforce.api-version", "${SALESFORCE_API_VERSION:62.0}")));
        SpringFactoriesLoader.forDefaultResourceLocation().load(EnvironmentPostProcessor.class,
                SpringFactoriesLoader.FailureHandler.handleMessage((message, failure) -> {})).stream()
                .filter(ours -> ours.getClass().getPackage().equals(RequiredSettings.class.getPackage()))
                .forEach(ours -> ours.postProcessEnvironment(environment, null));
        context.setEnvironment(environment);
        for (ApplicationContextInitializer<ConfigurableApplicationContext> one : List.of(new SecretFiles(), new RequiredSettings(),
                new ApiVersion())) {
            one.initialize(context);
        }
        return environment;
    }
}
