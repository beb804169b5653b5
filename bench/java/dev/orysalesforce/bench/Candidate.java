package dev.orysalesforce.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What is measured: this app, or one of those in apps/, as its own process with the memory of a 2 GB container. */
final class Candidate implements AutoCloseable {

    static final String SECRET = "bench-secret";

    private final int port = Server.freePort();
    private final Server server;

    private Candidate(String name, Jdk jdk, Path jar, Path folder, Sandbox salesforce, Map<String, String> more,
            int managementPort, String ready) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "ORY_WEBHOOK_SECRET", SECRET, "SALESFORCE_LOGIN_URL", salesforce.url(),
                "SALESFORCE_CLIENT_ID", Sandbox.CLIENT_ID, "SALESFORCE_CLIENT_SECRET", Sandbox.CLIENT_SECRET,
                "SYNC_DOCTOR_AT_START", "false",
                "SERVER_PORT", String.valueOf(port), "MANAGEMENT_SERVER_PORT", String.valueOf(managementPort)));
        environment.putAll(more);
        List<String> command = List.of(jdk.java(), "-XX:MaxRAM=2g", "-XX:MaxRAMPercentage=60", "-jar",
                jar.toAbsolutePath().toString());
        server = new Server(name, command, folder, environment,
                "http://127.0.0.1:" + managementPort + ready);
    }

    /** The packaged jar, in a folder with its own copy of routes and mappings and an empty journal. */
    static Candidate app(Jdk jdk, Path folder, Sandbox salesforce, Map<String, String> settings) throws IOException {
        for (String part : List.of("routes", "mappings", "application.yaml", "bench/routes")) {
            copy(Path.of(part), folder.resolve(part.replace("bench/", "")));
        }
        return new Candidate("app", jdk, Path.of("target/ory-salesforce-sync.jar"), folder, salesforce, settings,
                Server.freePort(), "/observe/health/readiness");
    }

    static Candidate web(Jdk jdk, Path folder, Sandbox salesforce) throws IOException {
        return other("web", jdk, folder, salesforce);
    }

    static Candidate forwarder(Jdk jdk, Path folder, Sandbox salesforce) throws IOException {
        return other("forwarder", jdk, folder, salesforce);
    }

    static Candidate camel(Jdk jdk, Path folder, Sandbox salesforce) throws IOException {
        return other("camel", jdk, folder, salesforce);
    }

    private static Candidate other(String name, Jdk jdk, Path folder, Sandbox salesforce) throws IOException {
        Files.createDirectories(folder);
        return new Candidate(name, jdk, Path.of("bench/apps/" + name + "/target/" + name + ".jar"), folder, salesforce,
                Map.of(), Server.freePort(), "/actuator/health");
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
