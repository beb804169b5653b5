package dev.orysalesforce.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The Salesforce of a run: a process of its own. */
final class Sandbox implements AutoCloseable {

    /** A row that the sandbox has written. */
    record Written(String identity, long call, long at) {
    }

    static final String CLIENT_ID = "sandbox-client";
    static final String CLIENT_SECRET = "sandbox-secret";

    private final int port = Server.freePort();
    private final int control = Server.freePort();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Server process;

    Sandbox(Path folder) throws Exception {
        process = new Server("sandbox", List.of(Jdk.own().java(), "-Xmx6g", "-cp", System.getProperty("java.class.path"),
                SandboxMain.class.getName(), String.valueOf(port), String.valueOf(control)), folder, Map.of(),
                "http://127.0.0.1:" + control + "/calls");
        process.start();
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    void reset() throws Exception {
        ask("reset");
    }

    /** Up, and as slow as this. */
    void latency(int millis) throws Exception {
        ask("latency/" + millis);
    }

    /** 503 to everything, until a latency is set. */
    void down() throws Exception {
        ask("down");
    }

    long calls() throws Exception {
        return Long.parseLong(ask("calls"));
    }

    /** How many rows were ever written. */
    long rows() throws Exception {
        return Long.parseLong(ask("rows"));
    }

    long leads() throws Exception {
        return Long.parseLong(ask("leads"));
    }

    /** The rows that were written after the first so many. */
    List<Written> writesAfter(long rows) throws Exception {
        return ask("writes/" + rows).lines().map(line -> line.split(" "))
                .map(part -> new Written(part[0], Long.parseLong(part[1]), Long.parseLong(part[2]))).toList();
    }

    /** Waits until so many rows were written. */
    boolean awaitRows(long rows, Duration patience) throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        while (rows() < rows) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(100);
        }
        return true;
    }

    @Override
    public void close() {
        process.close();
    }

    private String ask(String what) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + control + "/" + what)).build(),
                BodyHandlers.ofString()).body();
    }
}
