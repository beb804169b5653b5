package dev.orysalesforce.process;

import static org.awaitility.Awaitility.await;

import dev.orysalesforce.FreePort;
import dev.orysalesforce.Ory;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The packaged jar as a separate process, run with the contract's variables; by default in the project's folder. By default
 * it is unpacked, its classes come from an archive, as in the image, and only the quick compiler is used: a third of the
 * time to start.
 */
public final class AppProcess implements AutoCloseable {

    public static final String SECRET = "process-webhook-secret";

    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final Path JAR = Path.of("target", "ory-salesforce-sync.jar").toAbsolutePath();
    private static final Path UNPACKED = Path.of("target", "unpacked", "ory-salesforce-sync.jar").toAbsolutePath();

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, String> environment = new HashMap<>();
    private final Path log;
    private List<String> command = List.of(JAVA, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
            "-XX:SharedArchiveFile=" + UNPACKED.resolveSibling("classes.jsa"), "-jar", UNPACKED.toString());
    private Path project = Path.of("").toAbsolutePath();
    private final int port = FreePort.next();
    private final int managementPort = FreePort.next();
    private Process process;

    public AppProcess(Path folder, SalesforceSandbox salesforce) {
        log = folder.resolve("app.log");
        environment.put("ORY_WEBHOOK_SECRET", SECRET);
        environment.put("SALESFORCE_LOGIN_URL", salesforce.url());
        environment.put("SALESFORCE_CLIENT_ID", salesforce.clientId());
        environment.put("SALESFORCE_CLIENT_SECRET", salesforce.clientSecret());
        environment.put("SYNC_DATA_DIR", folder.resolve("data").toString());
        environment.put("SYNC_DOCTOR_AT_START", "false"); // tests count calls
        environment.put("SERVER_PORT", String.valueOf(port));
        environment.put("MANAGEMENT_SERVER_PORT", String.valueOf(managementPort));
    }

    public AppProcess with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    public AppProcess without(String variable) {
        environment.remove(variable);
        return this;
    }

    /** Runs another command than the jar. */
    public AppProcess by(List<String> another) {
        command = another;
        return this;
    }

    /** Runs it in a folder with routes, mappings and application.yaml of its own. */
    public AppProcess in(Path folder) {
        project = folder;
        return this;
    }

    /** Runs the jar itself, like a user after the build. */
    public AppProcess asBuilt(String... javaOptions) {
        List<String> java = new ArrayList<>(List.of(JAVA));
        java.addAll(List.of(javaOptions));
        java.addAll(List.of("-jar", JAR.toString()));
        return by(java);
    }

    /** Its folder and variables, for commands that a person would type beside it. */
    public ProcessBuilder shell(String commands) {
        ProcessBuilder bash = new ProcessBuilder("bash", "-e", "-c", commands).directory(project.toFile());
        bash.environment().putAll(environment);
        return bash;
    }

    /** Of the current or last process. */
    public long pid() {
        return process.pid();
    }

    /** The port of webhooks and operator API. */
    public int port() {
        return port;
    }

    /** Starts it and waits until its health says that it is ready. */
    public AppProcess start() {
        launch();
        return untilReady();
    }

    /** Waits until its health says that it is ready. */
    public AppProcess untilReady() {
        await().atMost(Duration.ofMinutes(3)).until(() -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("The app ended:\n" + log());
            }
            return get("/observe/health/readiness").startsWith("{\"status\":\"UP\"");
        });
        return this;
    }

    /** Starts it and does not wait. */
    public AppProcess begin() {
        launch();
        return this;
    }

    /** SIGTERM, without waiting for the end. */
    public void beginToStop() {
        process.destroy();
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Starts it and waits until it ends by itself. */
    public int runToItsEnd(String... arguments) {
        launch(arguments);
        try {
            if (!process.waitFor(300, TimeUnit.SECONDS)) {
                throw new IllegalStateException("The app still runs:\n" + log());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** SIGTERM. */
    public void stop() {
        process.destroy();
        process.onExit().join();
    }

    public Ory ory() {
        return ory(SECRET);
    }

    public Ory ory(String secret) {
        return new Ory(url(), secret);
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public Operator operator(String token) {
        return new Operator(port, token);
    }

    public int managementPort() {
        return managementPort;
    }

    /** The health document, or an empty text while nothing answers. */
    public String health() {
        return get("/observe/health");
    }

    public String get(String managementPath) {
        try {
            return http.send(HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + managementPort + managementPath)).build(),
                    HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** The output of all its runs. */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            kill();
        }
    }

    private void launch(String... arguments) {
        ProcessBuilder app = new ProcessBuilder(new ArrayList<>(command)).directory(project.toFile());
        app.command().addAll(List.of(arguments));
        app.environment().putAll(environment);
        app.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        try {
            process = app.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
