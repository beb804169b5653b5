package dev.orysalesforce.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Sends webhooks as Ory does. */
final class Load {

    private static final int RETRIES = 2;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(Load::daemon);

    static {
        System.setProperty("jdk.httpclient.keepalive.timeout", "5"); // shorter than any server's
    }

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .executor((Executor) Executors.newFixedThreadPool(2, Load::daemon)).build();

    /** Answers a second, and how long they took, in microseconds. */
    record Saturated(long accepted, double perSecond, long refused, long failed, long p50, long p99, long p999) {
    }

    /** What was sent at a steady pace: from when each was due until its answer was there, in microseconds. */
    record Offered(Map<String, Long> due, Map<String, Long> accepted, Histogram latency, int failed) {
    }

    /** As many as it takes, over connections that are always busy. */
    static Saturated saturate(String url, int connections, Duration time) throws Exception {
        String prefix = UUID.randomUUID().toString().substring(0, 23);
        Process wrk = new ProcessBuilder("wrk", "-t1", "-c" + connections, "-d" + time.toSeconds() + "s", "--timeout", "30s",
                "-s", "bench/webhook.lua", url, "--", prefix, Candidate.SECRET).redirectErrorStream(true).start();
        String said = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        JsonNode result = JSON.readTree(said.lines().filter(line -> line.startsWith("RESULT ")).findFirst()
                .orElseThrow(() -> new IllegalStateException(said)).substring("RESULT ".length()));
        long good = result.path("requests").asLong() - result.path("refused").asLong();
        return new Saturated(good, good * 1e6 / result.path("micros").asLong(), result.path("refused").asLong(),
                result.path("failed").asLong(), result.path("p50").asLong(), result.path("p99").asLong(),
                result.path("p999").asLong());
    }

    /**
     * One after the other at its time, whether the ones before were answered or not. Where there is no 2xx, it is tried
     * twice more, as Ory does: after 1 s and after 2 s more.
     */
    Offered offer(String url, double perSecond, Duration time) throws InterruptedException {
        Map<String, Long> due = new ConcurrentHashMap<>();
        Map<String, Long> accepted = new ConcurrentHashMap<>();
        Histogram latency = new ConcurrentHistogram(TimeUnit.MINUTES.toMicros(5), 3);
        AtomicInteger failed = new AtomicInteger();
        int count = (int) (perSecond * time.toMillis() / 1000);
        long start = System.nanoTime();
        long startMillis = System.currentTimeMillis();
        List<CompletableFuture<Void>> answers = new java.util.ArrayList<>();
        for (int i = 0; i < count; i++) {
            long dueAfter = (long) (i * 1e9 / perSecond);
            long wait = start + dueAfter - System.nanoTime();
            if (wait > 0) {
                TimeUnit.NANOSECONDS.sleep(wait);
            }
            String id = UUID.randomUUID().toString();
            due.put(id, startMillis + dueAfter / 1_000_000);
            answers.add(send(url, id, Instant.now(), "Bench", RETRIES).thenAccept(good -> {
                if (good) {
                    latency.recordValue((System.nanoTime() - start - dueAfter) / 1000);
                    accepted.put(id, System.currentTimeMillis());
                } else {
                    failed.incrementAndGet();
                }
            }));
        }
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
        return new Offered(due, accepted, latency, failed.get());
    }

    /** Tells a state of each of them, as fast as it is taken. */
    void tell(String url, List<String> identities, Instant updatedAt, String lastName) throws InterruptedException {
        Semaphore room = new Semaphore(64);
        AtomicInteger failed = new AtomicInteger();
        for (String id : identities) {
            room.acquire();
            send(url, id, updatedAt, lastName, RETRIES).thenAccept(good -> {
                room.release();
                if (!good) {
                    failed.incrementAndGet();
                }
            });
        }
        room.acquire(64);
        if (failed.get() > 0) {
            throw new IllegalStateException(failed + " of " + identities.size() + " were not accepted");
        }
    }

    static List<String> people(int count) {
        return Stream.generate(() -> UUID.randomUUID().toString()).limit(count).toList();
    }

    private CompletableFuture<Boolean> send(String url, String id, Instant updatedAt, String lastName, int retries) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json").header("X-Webhook-Secret", Candidate.SECRET)
                .POST(BodyPublishers.ofString(body(id, updatedAt, lastName))).build();
        return http.sendAsync(request, BodyHandlers.discarding())
                .handle((answer, failure) -> failure == null ? answer.statusCode() : 0)
                .thenCompose(status -> {
                    boolean good = status / 100 == 2;
                    boolean again = status == 0 || status == 429 || status >= 500 && status != 501;
                    return good || !again || retries == 0 ? CompletableFuture.completedFuture(good)
                            : later(Duration.ofSeconds(1 + RETRIES - retries))
                                    .thenCompose(now -> send(url, id, updatedAt, lastName, retries - 1));
                });
    }

    private static CompletableFuture<Void> later(Duration pause) {
        CompletableFuture<Void> now = new CompletableFuture<>();
        CLOCK.schedule(() -> now.complete(null), pause.toMillis(), TimeUnit.MILLISECONDS);
        return now;
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "load");
        thread.setDaemon(true);
        return thread;
    }

    private static String body(String id, Instant updatedAt, String lastName) {
        return """
                {"identity":{"id":"%1$s","schema_id":"customer","created_at":"%2$s","updated_at":"%2$s",\
                "traits":{"email":"p-%1$s@example.org","name":{"first":"Pat","last":"%3$s"}}}}"""
                .formatted(id, updatedAt, lastName);
    }
}
