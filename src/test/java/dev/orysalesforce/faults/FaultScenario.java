package dev.orysalesforce.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.process.AppProcess;
import dev.orysalesforce.sandbox.Call;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sandbox.SandboxRecord;
import dev.orysalesforce.sandbox.Write;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/** An app under load beside a Salesforce, and the conditions that must hold once all faults are over. */
final class FaultScenario implements AutoCloseable {

    static final String TOKEN = "faults-operator-token";
    /** Also for items that wait for a retry, and a busy machine. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int STARTS = 20;

    private final AppProcess app;
    private final SalesforceSandbox salesforce;
    private final Load load;
    private long acceptedBeforeStart;
    private long discarded;

    FaultScenario(AppProcess app, SalesforceSandbox salesforce, int perSecond, long seed) {
        this.app = app;
        this.salesforce = salesforce;
        this.load = new Load(app, perSecond, seed);
    }

    AppProcess app() {
        return app;
    }

    SalesforceSandbox salesforce() {
        return salesforce;
    }

    Load load() {
        return load;
    }

    /** The machine works meanwhile. */
    static void letPass(Duration time) {
        await().pollDelay(time).atMost(time.plusMinutes(1)).until(() -> true);
    }

    /** SIGKILL, then starts until it stays up: its ledger may be out of reach at that moment. */
    void killAndStart() {
        app.kill();
        acceptedBeforeStart = load.count("accepted") + load.count("mutated, accepted");
        for (int i = 1;; i++) {
            try {
                app.start();
                return;
            } catch (IllegalStateException e) {
                if (i == STARTS) {
                    throw e;
                }
            }
        }
    }

    /**
     * Pauses the load during the check. Throws if a promise is broken.
     *
     * @param thoroughly whether threads and heap are checked, too
     */
    FaultResult assertPromises(boolean thoroughly) {
        long paused = System.nanoTime();
        load.pause();
        try {
            waitUntilNothingIsPending();
            Duration arrived = Duration.ofNanos(System.nanoTime() - paused);
            assertThat(load.surprises()).as("answers that should not be").isEmpty();
            JsonNode status = status();
            assertThat(imbalance(status)).as("what came in and what became of it: %s", status.path("balance")).isZero();
            long promised = load.count("accepted") + load.count("mutated, accepted") - acceptedBeforeStart;
            assertThat(status.at("/balance/accepted").asLong()).as("events in the books; answered 2xx").isGreaterThanOrEqualTo(promised);
            judgeRecords();
            judgeWrites();
            discardDeadLetters();
            return new FaultResult(load.counts(), load.people().size(), salesforce.writes().count(), salesforce.calls().count(),
                    discarded, arrived, thoroughly ? vitals() : null);
        } finally {
            load.resume();
        }
    }

    ResourceProbe vitals() {
        return ResourceProbe.of(app.pid());
    }

    private void judgeRecords() {
        Map<String, List<SandboxRecord>> records = Stream.of("Lead", "Contact")
                .flatMap(object -> salesforce.org().records(object).stream()).filter(record -> record.identity() != null)
                .collect(Collectors.groupingBy(SandboxRecord::identity));
        assertThat(records.values()).as("records of an identity").allMatch(found -> found.size() == 1);
        for (Person person : load.people()) {
            List<SandboxRecord> found = records.getOrDefault(person.id(), List.of());
            if (person.isPromised()) {
                assertThat(found).as("the record of %s", person).hasSize(1);
            }
            found.forEach(record -> assertThat(person.mayBe(Person.state(record.text("LastName"))))
                    .as("%s of %s", record.text("LastName"), person).isTrue());
        }
    }

    private void judgeWrites() {
        assertThat(salesforce.writes().outOfOrder()).as("older after newer").isEmpty();
        assertThat(salesforce.writes().createdTwice()).as("created twice").isEmpty();
        assertThat(salesforce.calls().violations()).as("forbidden calls").isEmpty();
        Map<String, Person> people = new HashMap<>();
        load.people().forEach(person -> people.put(person.id(), person));
        Map<String, Integer> newest = new HashMap<>();
        for (Write write : salesforce.writes().all()) {
            Person person = people.get(write.identity());
            if (person != null && write.fields().containsKey("LastName")) {
                int state = Person.state((String) write.fields().get("LastName"));
                assertThat(state).as("older after newer in %s of %s", write, person)
                        .isGreaterThanOrEqualTo(newest.getOrDefault(person.id(), 0));
                newest.put(person.id(), state);
                assertThat(person.kind() == Person.Kind.GATEWAY || Person.version(state).equals(write.version()))
                        .as("a state under another's version: %s", write).isTrue();
            }
        }
    }

    private void waitUntilNothingIsPending() {
        try {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).ignoreException(UncheckedIOException.class)
                    .until(() -> {
                        JsonNode status = status();
                        return status.at("/balance/pending").asLong() == 0 && imbalance(status) == 0;
                    });
        } catch (ConditionTimeoutException e) {
            List<Call> calls = salesforce.calls().all();
            throw new AssertionError("After " + PATIENCE.toSeconds() + " s: " + status().path("balance") + ", breaker "
                    + status().path("breaker") + "; the last calls were " + calls.subList(Math.max(0, calls.size() - 10),
                            calls.size()),
                    e);
        }
    }

    /** They hold sent events; without them, memory can be compared between two moments. */
    private void discardDeadLetters() {
        for (JsonNode letters = letters(); !letters.isEmpty(); letters = letters()) {
            letters.forEach(letter -> {
                assertThat(load.people()).as("an event without an error is a dead letter: %s", letter)
                        .noneMatch(person -> person.id().equals(letter.path("identity").asText()));
                app.operator(TOKEN).delete("/api/dead-letters/" + letter.path("id").asText());
                discarded++;
            });
        }
    }

    private JsonNode letters() {
        return read(app.operator(TOKEN).get("/api/dead-letters?limit=1000")).path("items");
    }

    private JsonNode status() {
        return read(app.operator(TOKEN).get("/api/status"));
    }

    private static long imbalance(JsonNode status) {
        return sum(status, List.of("pendingAtStart", "accepted", "reconciled", "replayed"))
                - sum(status, List.of("synced", "unchanged", "superseded", "skipped", "deadLettered", "pending"));
    }

    private static long sum(JsonNode status, List<String> names) {
        return names.stream().mapToLong(name -> status.path("balance").path(name).asLong()).sum();
    }

    private static JsonNode read(HttpResponse<String> answer) {
        try {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return new ObjectMapper().readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        load.close();
        app.close();
        salesforce.close();
    }
}
