package dev.orysalesforce.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.Ory;
import dev.orysalesforce.mapping.Mapping;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Promise 6: no changed file stops the receiver. {@code -Dedits.seconds=300} runs for minutes. */
@Tag("any-ledger")
@Tag("nightly")
@ExtendWith(OutputCaptureExtension.class)
class ReloadUnderTrafficTest extends ReloadAppTest {

    private static final long SECONDS = Long.getLong("edits.seconds", 4);
    private static final List<String> FILES = List.of("receive", "reject", "journal", "problem", "sync", "sync-map",
            "upsert", "mapping", "exceptions", "operator-api");

    private final Queue<String> accepted = new ConcurrentLinkedQueue<>();
    private final Queue<String> refused = new ConcurrentLinkedQueue<>();
    private final Queue<Long> millis = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final Map<String, String> markers = new HashMap<>();
    private final Random random = new Random(20261124);
    private int edits;

    @Test
    void nothingIsRefusedOrLostAndEachEventGetsTheVersionThatItSays(CapturedOutput log) throws Exception {
        markers.put(LEAD + "@" + version(LEAD), null); // the shipped one has no marker
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            senders.add(new Thread(this::send));
        }
        senders.forEach(Thread::start);
        long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
        while (System.nanoTime() < end) {
            edit();
        }
        String last = editMapping();
        over.set(true);
        for (Thread sender : senders) {
            sender.join();
        }
        assertThat(refused).as(() -> log.getAll().lines().filter(line -> line.contains("not accepted") || line.contains("503"))
                .toList().toString()).isEmpty();
        settle();
        assertThat(deadLetters()).isEmpty();
        Map<String, String> versions = new HashMap<>();
        sql.queryForList("select identity, mapping from identities")
                .forEach(row -> versions.put((String) row.get("identity"), (String) row.get("mapping")));
        for (String id : accepted) {
            assertThat(record(id).text("Description")).as(versions.get(id)).isEqualTo(markers.get(versions.get(id)));
        }
        assertThat(last).isEqualTo(markers.get(LEAD + "@" + version(LEAD)));
        long[] waits = millis.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf("%d edits, %d events; half within %d ms, the slowest took %d ms%n", edits, accepted.size(),
                waits[waits.length / 2], waits[waits.length - 1]);
    }

    private void send() {
        while (!over.get()) {
            String id = UUID.randomUUID().toString();
            long begin = System.nanoTime();
            var answer = ory.sends("registration", Ory.identity(id, Instant.now(), "Person"));
            millis.add((System.nanoTime() - begin) / 1_000_000);
            LockSupport.parkNanos(20_000_000);
            if (answer.statusCode() == 204) {
                accepted.add(id);
            } else {
                refused.add(answer.statusCode() + " " + answer.body());
            }
        }
    }

    private void edit() {
        edits++;
        Path file = ConfigWorkspace.ROUTES.resolve(FILES.get(random.nextInt(FILES.size())) + ".camel.yaml");
        String text = ConfigWorkspace.read(file);
        switch (random.nextInt(6)) {
            case 0 -> takenAtOnce();
            case 1, 2 -> {
                ConfigWorkspace.write(file, text.replaceFirst("(description: )(\"?)", "$1$2Edited. "));
                if (!file.endsWith("exceptions.camel.yaml")) { // no route of its own that would say so
                    awaitTaken(file);
                }
            }
            case 3 -> {
                ConfigWorkspace.overwrite(file, random.nextBoolean() ? "" : text.replaceFirst("\\n( +)- ", "\n $1- "));
                awaitRefused(file);
                ConfigWorkspace.overwrite(file, text);
            }
            case 4 -> {
                Path renamed = file.resolveSibling("renamed-" + edits + ".camel.yaml");
                ConfigWorkspace.move(file, renamed);
                await().until(() -> edits().path("status").asText().equals("UP"));
                ConfigWorkspace.move(renamed, file);
            }
            default -> {
                ConfigWorkspace.delete(file);
                await().until(() -> edits().path("status").asText().equals("DEGRADED"));
                ConfigWorkspace.write(file, text);
            }
        }
        await().until(() -> edits().path("status").asText().equals("UP"));
    }

    private void takenAtOnce() {
        String marker = editMapping();
        String id = UUID.randomUUID().toString();
        assertThat(ory.sends("registration", Ory.identity(id, Instant.now(), "Person")).statusCode()).isEqualTo(204);
        await().untilAsserted(() -> assertThat(record(id).text("Description")).isEqualTo(marker));
        accepted.add(id);
    }

    /** An event that arrives after this gets this version. */
    private String editMapping() {
        String marker = "edit " + edits;
        String text = lead(marker);
        markers.put(LEAD + "@" + Mapping.hash(text.getBytes(StandardCharsets.UTF_8)), marker);
        ConfigWorkspace.write(LEAD, text);
        awaitTaken(LEAD);
        return marker;
    }
}
