package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.trace.OtlpReceiver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.springframework.util.FileSystemUtils;

/**
 * One running jar for all tests of this JVM that neither stop it nor need settings of their own. It logs in Elastic's
 * format, has routes and mappings that can be changed, and sends traces to a collector. Each test starts with an empty
 * journal, no dead letters and a new org.
 */
final class SharedApp implements Store.CloseableResource {

    static final String OPERATOR_TOKEN = "shared-operator-token";

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Pattern NOTHING_PENDING = Pattern.compile("(?m)^ory_sync_pending(\\{.*})? 0\\.0$");

    private final Path folder = temporary();
    private final Path routes = copy(Path.of("routes"), folder.resolve("routes"));
    private final Path mappings = copy(Path.of("mappings"), folder.resolve("mappings"));
    private final SalesforceSandbox salesforce = SalesforceSandbox.start();
    private final OtlpReceiver collector = new OtlpReceiver();
    private final AppProcess process = new AppProcess(folder, salesforce).with("OPERATOR_TOKEN", OPERATOR_TOKEN)
            .with("LOGGING_STRUCTURED_FORMAT_CONSOLE", "ecs")
            .with("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()).with("OTEL_BSP_SCHEDULE_DELAY", "600000")
            .with("CAMEL_MAIN_ROUTES_INCLUDE_PATTERN", "file:" + routes + "/*.camel.yaml")
            .with("CAMEL_MAIN_ROUTES_RELOAD_ENABLED", "true") // the app must not let Camel reload
            .with("SYNC_MAPPING_DIR", mappings.toString())
            .with("SYNC_MAPPINGS_DEFAULT", mappings.resolve("lead.jslt").toString())
            .with("SYNC_RELOAD_POLL_INTERVAL", "200ms").start();
    private int logged;

    /** Gives the shared app to a test's methods as a parameter. */
    static final class Extension implements BeforeEachCallback, ParameterResolver {

        @Override
        public void beforeEach(ExtensionContext test) {
            shared(test).prepare();
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
            return parameter.getParameter().getType() == SharedApp.class;
        }

        @Override
        public SharedApp resolveParameter(ParameterContext parameter, ExtensionContext test) {
            return shared(test);
        }

        private static SharedApp shared(ExtensionContext test) {
            return test.getRoot().getStore(Namespace.create(SharedApp.class)).getOrComputeIfAbsent(SharedApp.class);
        }
    }

    AppProcess process() {
        return process;
    }

    SalesforceSandbox salesforce() {
        return salesforce;
    }

    Path routes() {
        return routes;
    }

    Path mappings() {
        return mappings;
    }

    /** The whole lines that were logged since the test began. */
    String log() {
        String log = process.log();
        return log.substring(logged, log.lastIndexOf('\n') + 1);
    }

    @Override
    public void close() {
        process.close();
        collector.close();
        salesforce.close();
        FileSystemUtils.deleteRecursively(folder.toFile());
    }

    private void prepare() {
        salesforce.reset();
        await("an empty journal").atMost(PATIENCE).until(() -> NOTHING_PENDING.matcher(process.get("/observe/metrics")).find());
        discardDeadLetters();
        String log = process.log();
        logged = log.lastIndexOf('\n') + 1;
    }

    private void discardDeadLetters() {
        Operator operator = process.operator(OPERATOR_TOKEN);
        try {
            for (JsonNode letter : new ObjectMapper().readTree(operator.get("/api/dead-letters?limit=100").body()).path("items")) {
                assertThat(operator.delete("/api/dead-letters/" + letter.path("id").asText()).statusCode()).isLessThan(300);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("shared-app");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path copy(Path folder, Path to) {
        try (Stream<Path> files = Files.list(folder)) {
            Files.createDirectories(to);
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
