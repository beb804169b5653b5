package dev.orysalesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.faults.FaultReport;
import dev.orysalesforce.operator.Operator;
import java.lang.management.ManagementFactory;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/**
 * Whatever a sender who knows the secret sends, the app works: no 5xx, nothing lost without an answer, no growth of memory,
 * and other events arrive. {@code -Dfuzz.bodies=100000} for a long run, {@code -Dfuzz.seed} for other bodies.
 */
@Tag("any-ledger")
@Tag("nightly")
@Tag("faults")
@TestPropertySource(properties = {"test.context=fuzz", "sync.dead-letters.health-threshold=1000000"})
class FuzzTest extends AppTest {

    private static final int BODIES = Integer.getInteger("fuzz.bodies", 400);
    /** With fewer bodies, memory that the process needs for other reasons hides a leak. */
    private static final int ENOUGH_TO_MEASURE = 4_000;
    private static final long SEED = Long.getLong("fuzz.seed", 20261124);
    private static final int ROUNDS = 4;
    private static final int SENDERS = 8;
    private static final int CLEAN_EVERY = 50;

    /** The statuses of webhook and gateway by the contract, and whether each makes a dead letter. */
    private static final Map<Integer, Boolean> CONTRACT = Map.of(204, false, 201, false, 200, false, 400, true, 422, true,
            413, false);

    private final Random ids = new Random(SEED);
    private final Mutations webhooks = new Mutations(SEED, Ory.webhooks());
    private final Mutations records = new Mutations(SEED, List.of(Ory.webhook("salesforce-shaped-lead"))).withoutNewFields();

    @Test
    void noBodyDoesAnyHarm() throws Exception {
        List<Long> memory = new ArrayList<>();
        Map<Integer, Integer> answers = new TreeMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            throwBodies(answers);
            aQuietStart(); // memory of the tests themselves
            memory.add(usedMemory());
        }
        System.out.printf("%d bodies, answered %s; heap after each round in KiB: %s%n", BODIES, answers, memory);
        assertThat(answers).as("bodies of both kinds").containsKeys(204, 201, 400);
        if (BODIES >= ENOUGH_TO_MEASURE) {
            // A body has some 6 KB. If one is kept, or half of it, each round grows by it. Other apps in this process add some MB to
            // some rounds, so only the round that grows least is compared.
            long perBody =
                    IntStream.range(1, ROUNDS).mapToLong(round -> (memory.get(round) - memory.get(round - 1)) * 1024 * ROUNDS / BODIES)
                            .min().orElseThrow();
            assertThat(perBody).as("bytes that each body leaves behind").isLessThan(2_500);
        }
        FaultReport.section("0-bodies", """
                ## %,d bodies

                %d at a time, most with something wrong in them; one in %d is whole, and its record was looked for. Answers and how
                often: %s. No other, and the counters balance. Heap after each quarter, in KiB: %s.
                """.formatted(BODIES, SENDERS, CLEAN_EVERY, answers, memory));
    }

    private void throwBodies(Map<Integer, Integer> answers) throws Exception {
        JsonNode before = status();
        List<String> clean = new ArrayList<>();
        List<Future<HttpResponse<String>>> sent = new ArrayList<>();
        ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
        try {
            for (int i = 0; i < BODIES / ROUNDS; i++) {
                String identity = new UUID(ids.nextLong(), ids.nextLong()).toString();
                boolean isRecord = i % 5 == 4;
                String path = isRecord ? "/services/data/v62.0/sobjects/Lead" : "/webhooks/ory/settings";
                byte[] body = (isRecord ? records : webhooks).next(identity);
                sent.add(senders.submit(() -> ory.send(ory.request(path).header("X-Webhook-Secret", SECRET)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build())));
                if (i % CLEAN_EVERY == 0) {
                    clean.add(identity(senders, sent));
                }
            }
            int accepted = 0;
            int kept = 0;
            for (Future<HttpResponse<String>> one : sent) {
                HttpResponse<String> answer = one.get();
                assertThat(CONTRACT).as(answer.body()).containsKey(answer.statusCode());
                answers.merge(answer.statusCode(), 1, Integer::sum);
                accepted += answer.statusCode() < 300 ? 1 : 0;
                kept += CONTRACT.get(answer.statusCode()) ? 1 : 0;
            }
            assertThat(clean).allSatisfy(id -> await()
                    .untilAsserted(() -> assertThat(record(id).text("LastName")).isEqualTo("Clean")));
            settle();
            JsonNode after = status();
            assertThat(moved(before, after, "accepted")).isEqualTo(accepted);
            assertThat(after.path("quarantined").asLong() - before.path("quarantined").asLong()).isEqualTo(kept);
            assertThat(after.path("deadLetters").asLong()).isEqualTo(kept + moved(before, after, "deadLettered"));
            assertThat(Stream.of("synced", "unchanged", "superseded", "skipped", "deadLettered")
                    .mapToLong(outcome -> moved(before, after, outcome)).sum()).isEqualTo(accepted);
            assertThat(health().path("status").asText()).isEqualTo("UP");
        } finally {
            senders.shutdownNow();
        }
    }

    private String identity(ExecutorService senders, List<Future<HttpResponse<String>>> sent) {
        String id = UUID.randomUUID().toString();
        sent.add(senders.submit(() -> ory.sends("registration", Ory.identity(id, Instant.now(), "Clean"))));
        return id;
    }

    private JsonNode status() {
        return read(new Operator(port, OPERATOR_TOKEN).get("/api/status").body());
    }

    private static long moved(JsonNode before, JsonNode after, String name) {
        return after.path("balance").path(name).asLong() - before.path("balance").path(name).asLong();
    }

    /** In KiB; the minimum of several, because other threads work in the same process. */
    private static long usedMemory() {
        return Stream.generate(() -> {
            System.gc();
            return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024;
        }).limit(5).min(Long::compare).orElseThrow();
    }
}
