package dev.orysalesforce.process;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/** A real Prometheus with the rules in ops/, accelerated: it scrapes every second, and hours become seconds. */
final class Prometheus implements AutoCloseable {

    private static final Path SHIPPED = Path.of("ops/prometheus");

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port;
    private final Process process;

    private Prometheus(int port, Process process) {
        this.port = port;
        this.process = process;
    }

    /** @param diskAlarm bytes that have to be free */
    static Prometheus watching(int managementPort, Path folder, long diskAlarm) throws IOException {
        Files.writeString(folder.resolve("rules.yaml"), Files.readString(SHIPPED.resolve("rules.yaml"))
                .replaceAll("\\bfor: \\w+", "for: 0s")
                .replaceAll("\\[1h]", "[15s]").replace("offset 1h", "offset 15s")
                .replaceAll("or \\(disk_free.*", "")
                .replace("< 1e9", "< " + diskAlarm)
                .replace("seconds > 900", "seconds > 3"));
        Path config = Files.writeString(folder.resolve("prometheus.yaml"), Files.readString(SHIPPED.resolve("prometheus.yaml"))
                .replaceAll("_interval: 15s", "_interval: 1s")
                .replace("9876", String.valueOf(managementPort)));
        int port = FreePort.next();
        Process process = new ProcessBuilder("prometheus", "--config.file=" + config, "--web.listen-address=127.0.0.1:" + port,
                "--storage.tsdb.path=" + folder.resolve("prometheus"))
                .redirectErrorStream(true).redirectOutput(folder.resolve("prometheus.log").toFile()).start();
        return new Prometheus(port, process);
    }

    void awaitAlert(String name) {
        await(name + " fires").until(() -> firing().contains(name));
    }

    void awaitNoAlert(String name) {
        await(name + " clears").atMost(Duration.ofSeconds(150)).until(() -> !firing().contains(name));
    }

    Set<String> firing() {
        Set<String> names = new TreeSet<>();
        for (JsonNode alert : get("/api/v1/alerts").path("data").path("alerts")) {
            if (alert.path("state").asText().equals("firing")) {
                names.add(alert.path("labels").path("alertname").asText());
            }
        }
        return names;
    }

    /** The names of all alerts. */
    Set<String> known() {
        Set<String> names = new TreeSet<>();
        get("/api/v1/rules").findPath("rules").forEach(rule -> names.add(rule.path("name").asText()));
        return names;
    }

    private JsonNode get(String path) {
        try {
            return new ObjectMapper().readTree(http.send(HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + port + path)).build(), HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException e) {
            return new ObjectMapper().missingNode(); // not up yet
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
