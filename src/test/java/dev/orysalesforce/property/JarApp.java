package dev.orysalesforce.property;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.Ory;
import dev.orysalesforce.process.AppProcess;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The packaged jar in a process of its own, which can be killed. */
final class JarApp implements App, AutoCloseable {

    private static final String TOKEN = "property-operator";

    private final Path folder;
    private final AppProcess process;
    private Ory ory;

    JarApp(Path folder, SalesforceSandbox salesforce) {
        this.folder = folder;
        process = new AppProcess(folder, salesforce).with("OPERATOR_TOKEN", TOKEN).with("SYNC_LINGER", "30ms")
                .with("SYNC_BACKOFF_INITIAL", "100ms").with("SYNC_BACKOFF_MAX", "200ms")
                .with("SYNC_RETRY_INITIAL", "100ms").with("SYNC_RETRY_MAX", "200ms").with("SYNC_RETRY_ATTEMPTS", "3");
        start();
    }

    @Override
    public Ory ory() {
        return ory;
    }

    @Override
    public long pending() {
        return metric("ory_sync_pending");
    }

    @Override
    public long deadLetters() {
        return metric("ory_sync_dead_letters");
    }

    @Override
    public long accepted() {
        return metric("ory_sync_accepted_total");
    }

    @Override
    public long imbalance() {
        JsonNode balance = status().path("balance");
        return sum(balance, List.of("pendingAtStart", "accepted", "reconciled", "replayed"))
                - sum(balance, List.of("synced", "unchanged", "superseded", "skipped", "deadLettered", "pending"));
    }

    @Override
    public void replay() {
        operate("POST", "/api/dead-letters/replay", "{\"all\":true}");
    }

    @Override
    public void kill() {
        process.kill();
    }

    /** Also the remains after a kill: the write-ahead log belongs to it. */
    @Override
    public void deleteLedger() {
        try {
            for (String file : List.of("ledger.db", "ledger.db-wal", "ledger.db-shm")) {
                Files.deleteIfExists(folder.resolve("data").resolve(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void start() {
        process.start();
        ory = process.ory();
    }

    @Override
    public void close() {
        process.close();
    }

    private JsonNode status() {
        try {
            return new ObjectMapper().readTree(operate("GET", "/api/status", "").body());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> operate(String method, String path, String body) {
        HttpResponse<String> answer = ory.send(ory.request(path).header("Authorization", "Bearer " + TOKEN)
                .method(method, HttpRequest.BodyPublishers.ofString(body)).build());
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        return answer;
    }

    /** The sum of a metric's samples, whatever their labels. */
    private long metric(String name) {
        String metrics = process.get("/observe/metrics");
        if (metrics.isEmpty()) {
            throw new IllegalStateException("no metrics");
        }
        return (long) metrics.lines().filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    private static long sum(JsonNode balance, List<String> names) {
        return names.stream().mapToLong(name -> balance.path(name).asLong()).sum();
    }
}
