package dev.orysalesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.orysalesforce.command.Commands;
import dev.orysalesforce.settings.SyncSettings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcClientAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * The messages for an operator when the app refuses to start. Only the part of the app that refuses starts in this process,
 * because a jar would take seconds for each case; {@code StartIT} has one jar that refuses to start, for the exit code.
 */
class RefusedStartTest {

    @TempDir
    private Path data;

    private final Map<String, Object> variables = new HashMap<>(Map.of("SERVER_PORT", "0", "MANAGEMENT_SERVER_PORT", "0",
            "ORY_WEBHOOK_SECRET", "secret", "SALESFORCE_LOGIN_URL", "http://127.0.0.1:1", "SALESFORCE_CLIENT_ID", "id",
            "SALESFORCE_CLIENT_SECRET", "secret", "SYNC_DOCTOR_AT_START", "false"));
    /** The log of this thread; apps of other tests may log at the same time. */
    private final ListAppender<ILoggingEvent> log = new ListAppender<>() {
        private final Thread test = Thread.currentThread();

        @Override
        protected void append(ILoggingEvent event) {
            if (Thread.currentThread() == test) {
                super.append(event);
            }
        }
    };

    /** Once for all tests of this JVM: an app that changed the logging of others could hide the lines they look for. */
    @BeforeAll
    static void initializeLogging() throws IOException {
        LoggingSystem logging = LoggingSystem.get(RefusedStartTest.class.getClassLoader());
        logging.beforeInitialize();
        logging.initialize(new LoggingInitializationContext(new StandardEnvironment()), null, null);
        PropertySource<?> settings = new YamlPropertySourceLoader().load("settings", new FileSystemResource("application.yaml")).get(0);
        new Binder(ConfigurationPropertySource.from(settings)).bind("logging.level", Bindable.mapOf(String.class, LogLevel.class))
                .get().forEach((logger, level) -> logging.setLogLevel(logger, level)); // or apps of other tests log too much
    }

    @BeforeEach
    void listen() {
        variables.put("SYNC_DATA_DIR", data.toString());
        log.start();
        root().addAppender(log);
    }

    @AfterEach
    void stopListening() {
        root().detachAppender(log);
    }

    /** Without this test the others would prove nothing. */
    @Test
    void withCorrectSettingsItStarts() {
        start().close();
        start().close(); // with the ledger and the key of the first
    }

    @ParameterizedTest
    @CsvSource({
        "ORY_WEBHOOK_SECRET, Ory Action",
        "SALESFORCE_LOGIN_URL, My Domain",
        "SALESFORCE_CLIENT_ID, External Client App Manager",
        "SALESFORCE_CLIENT_SECRET, External Client App Manager",
    })
    void aMissingVariableIsNamedWithItsSource(String variable, String source) {
        variables.remove(variable);
        assertThat(refusal()).contains(variable + " is not set").contains(source).doesNotContain("\tat ")
                .doesNotContain("Exception");
    }

    @ParameterizedTest
    @CsvSource({"SYNC_PARALLEL_CALLS, 26, 1 to 25", "SYNC_LINGER, soon, sync.linger"})
    void aSettingOutOfItsRangeIsRejectedByName(String variable, String value, String told) {
        variables.put(variable, value);
        assertThat(refusal()).contains(told);
    }

    @Test
    void aBrokenLedgerIsRejectedAndTheCostOfDeletingItNamed() throws IOException {
        byte[] noise = new byte[20_000];
        new SecureRandom().nextBytes(noise);
        Files.write(data.resolve("ledger.db"), noise);
        assertThat(refusal()).contains("The ledger", "not a database", "delete ledger.db*",
                "loses no event and no record").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anEmptyLedgerBesideAnOldKeyIsReported(boolean deleted) throws IOException {
        start().close();
        assertThat(log()).doesNotContain("The ledger is empty");
        for (String file : List.of("ledger.db", "ledger.db-wal", "ledger.db-shm")) {
            Files.deleteIfExists(data.resolve(file));
        }
        if (!deleted) {
            Files.createFile(data.resolve("ledger.db"));
        }
        start().close();
        assertThat(log()).contains("The ledger is empty, but its key is of an earlier start");
    }

    @Test
    void aMissingDirectoryForTemporaryFilesIsNamed() {
        String before = System.setProperty("java.io.tmpdir", data.resolve("none").toString());
        try {
            assertThat(refusal()).contains("The directory for temporary files, " + data.resolve("none")).doesNotContain("\tat ");
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
    }

    @Test
    void aLedgerThatWasMadeWithAnotherKeyIsRejected() {
        SingleConnectionDataSource ledger = new SingleConnectionDataSource("jdbc:sqlite:" + data.resolve("ledger.db"), true);
        Flyway.configure().dataSource(ledger).load().migrate();
        new JdbcTemplate(ledger).update("insert into belongings (name, value) values ('key', 'fingerprint of another key')");
        ledger.destroy();
        assertThat(refusal()).contains("another key than the one in the data directory");
    }

    @Test
    void aBackfillDoesNotRunBesideTheApp() throws IOException {
        try (FileChannel inUse = FileChannel.open(data.resolve("in-use"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            inUse.lock(); // like a running app
            assertThat(Commands.run(app(), "backfill")).isEqualTo(1);
            assertThat(log()).contains("uses the data directory").contains("POST /api/reconcile").doesNotContain("\tat ");
        }
    }

    @Test
    void aSettingCanFollowACommand() {
        assertThat(Commands.run(app(), "preview", "--sync.parallel-calls=26", "body.json")).isEqualTo(1);
        assertThat(log()).contains("1 to 25");
    }

    /** The part of the app that reads the settings and opens the ledger. */
    @EnableConfigurationProperties(SyncSettings.class)
    @ImportAutoConfiguration({DataSourceAutoConfiguration.class, JdbcTemplateAutoConfiguration.class,
        JdbcClientAutoConfiguration.class, FlywayAutoConfiguration.class, JacksonAutoConfiguration.class})
    @ComponentScan("dev.orysalesforce.ledger")
    private static final class SettingsAndLedger {}

    /** The log of the start on this thread, stack traces included. */
    private String refusal() {
        assertThatThrownBy(() -> start().close()).isInstanceOf(RuntimeException.class);
        return log();
    }

    private String log() {
        return List.copyOf(log.list).stream().map(event -> event.getFormattedMessage() + "\n"
                + (event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy())))
                .collect(Collectors.joining());
    }

    private ConfigurableApplicationContext start() {
        return app().run();
    }

    private SpringApplication app() {
        SpringApplication app = new SpringApplication(SettingsAndLedger.class);
        app.setWebApplicationType(WebApplicationType.NONE);
        app.addInitializers(context -> ((GenericApplicationContext) context).registerBean(Clock.class, Clock::systemUTC));
        app.setListeners(app.getListeners().stream().filter(one -> !(one instanceof LoggingApplicationListener)).toList());
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
        app.setEnvironment(environment);
        return app;
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }
}
