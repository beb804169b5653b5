package dev.orysalesforce.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What is measured: this app, or one of those in apps/, as its own process. */
final class Candidate implements AutoCloseable {

    static final String SECRET = "bench-webhook-secret";

    private final int port = Server.freePort();
    private final Server server;

    /** This app gets a copy of routes and mappings and an empty journal of its own. */
    Candidate(Launch launch, Path folder, Sandbox salesforce) throws IOException {
        this(launch, folder, salesforce, Map.of());
    }

    /** @param more variables of the environment */
    Candidate(Launch launch, Path folder, Sandbox salesforce, Map<String, String> more) throws IOException {
        boolean isApp = launch.name().equals("app");
        Files.createDirectories(folder);
        for (String part : isApp ? List.of("routes", "mappings", "application.yaml", "bench/routes") : List.<String>of()) {
            copy(Path.of(part), folder.resolve(part.replace("bench/", "")));
        }
        int managementPort = Server.freePort();
        Map<String, String> environment = new HashMap<>(Map.of(
                "ORY_WEBHOOK_SECRET", SECRET, "SALESFORCE_LOGIN_URL", salesforce.url(),
                "SALESFORCE_CLIENT_ID", Sandbox.CLIENT_ID, "SALESFORCE_CLIENT_SECRET", Sandbox.CLIENT_SECRET,
                "SYNC_DOCTOR_AT_START", "false",
                "SYNC_BACKOFF_MAX", "10s", // pauses are not measured
                "SERVER_PORT", String.valueOf(port), "MANAGEMENT_SERVER_PORT", String.valueOf(managementPort)));
        environment.putAll(more);
        server = new Server(launch.name(), launch.command(), folder, environment,
                "http://127.0.0.1:" + managementPort + (isApp ? "/observe/health/readiness" : "/actuator/health"));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = from.equals(file) ? to : to.resolve(from.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.write(copy, Files.readAllBytes(file));
            }
        }
    }

    Server server() {
        return server;
    }

    String url() {
        return url("/webhooks/ory/registration");
    }

    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    @Override
    public void close() {
        server.close();
    }
}
