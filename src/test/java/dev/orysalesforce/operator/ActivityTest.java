package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.ledger.Activity;
import dev.orysalesforce.ledger.StuckDatabase;
import dev.orysalesforce.sandbox.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What happened is told afterwards: batches with their events and calls, and pauses. */
@Tag("any-ledger")
@Tag("nightly")
class ActivityTest extends OperatorTest {

    @Autowired
    private Activity activity;

    @BeforeEach
    void nothingHappenedYet() {
        settle();
        activity.save(); // what earlier tests did
        sql.update("delete from activity");
    }

    @Test
    void aBatchIsToldWithItsEventsItsCallsAndItsTime() {
        Instant before = Instant.now();
        List<Runnable> events = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            events.add(() -> ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), START, "Kowalczykowa")));
        }
        String again = UUID.randomUUID().toString();
        events.add(() -> ory.sends("registration", Ory.identity(again, START, "First")));
        events.add(() -> ory.sends("settings", Ory.identity(again, START.plusSeconds(1), "Second")));
        events.add(() -> ory.sends("login", ofSchema("skipped", Ory.identity(UUID.randomUUID().toString(), START, "Skipped"))));
        events.add(() -> refused("Kowalczykowa"));
        long calls = callsToSalesforce();
        inOneBatch(events.toArray(Runnable[]::new));
        calls = callsToSalesforce() - calls;

        await().until(() -> sum("batches", "synced") == 4 && sum("hour", "accepted") == 7);
        assertThat(sum("batches", "superseded")).isEqualTo(1);
        assertThat(sum("batches", "skipped")).isEqualTo(1);
        assertThat(sum("batches", "deadLettered")).isEqualTo(1);
        assertThat(sum("batches", "unchanged")).isZero();
        assertThat(sum("batches", "batches")).isEqualTo(1);
        assertThat(sum("batches", "calls")).isEqualTo(calls).isPositive();
        JsonNode batch = get("/api/activity").path("items").get(0);
        Instant began = Instant.parse(batch.path("at").asText());
        assertThat(began).isBetween(before, Instant.now());
        assertThat(Instant.parse(batch.path("endedAt").asText()).toEpochMilli() - began.toEpochMilli())
                .isCloseTo(batch.path("counts").path("millis").asLong(), within(1L));
        assertThat(sum("hour", "deadLettered")).isEqualTo(1);
        assertThat(sql.queryForList("select * from activity").toString()).doesNotContainIgnoringCase("kowalczykowa")
                .doesNotContain(again);
    }

    @Test
    void roundsWithoutEventsAreNotTold() {
        ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), START, "Only"));
        settle();
        await().until(() -> sum("batches", "batches") == 1);
        await().during(Duration.ofSeconds(2)).until(() -> get("/api/activity").path("total").asInt() == 1);
    }

    @Test
    void aPauseIsToldWithItsReasonUntilItEnds() {
        SALESFORCE.faults().start(Fault.unavailable());
        ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), START, "Waits"));
        await().until(() -> get("/api/activity?kind=pause").path("total").asInt() == 1);
        JsonNode pause = get("/api/activity?kind=pause").path("items").get(0);
        assertThat(pause.path("code").asText()).isEqualTo(get("/api/status").path("breaker").path("code").asText());
        assertThat(pause.path("at").asText()).isNotEmpty();
        assertThat(pause.path("endedAt").isNull()).isTrue();
        SALESFORCE.faults().clear();
        settle();
        await().untilAsserted(() -> assertThat(get("/api/activity?kind=pause").path("items").get(0).path("endedAt").asText())
                .isGreaterThan(pause.path("at").asText()));
        assertThat(get("/api/activity?kind=pause").path("total").asInt()).isEqualTo(1);
    }

    @Test
    void aLedgerThatDoesNotAnswerDelaysNoWebhookAndLosesNoCount() throws Exception {
        SALESFORCE.faults().start(Fault.unavailable());
        try (StuckDatabase stuck = new StuckDatabase(sql.getDataSource())) {
            ory.sends("login", "{}");
            ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), START, "Waits"));
        }
        SALESFORCE.faults().clear();
        settle();
        await().until(() -> sum("hour", "accepted") == 1 && sum("batches", "synced") == 1);
    }

    @Test
    void theListIsFilteredAndPaged() {
        for (int i = 0; i < 3; i++) {
            sql.update("insert into activity (id, kind, at, batches, millis, calls, accepted, synced, unchanged, superseded, skipped,"
                    + " retried, dead_lettered, seen, queued, missing, gone) values (?, ?, ?, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)",
                    "row " + i, i == 1 ? "comparison" : "batches", "2026-11-0" + (i + 1) + "T08:00:00.000000000Z");
        }
        assertThat(get("/api/activity").path("items").findValuesAsText("at")).containsExactly("2026-11-03T08:00:00Z",
                "2026-11-02T08:00:00Z", "2026-11-01T08:00:00Z");
        assertThat(get("/api/activity?kind=comparison").path("items").findValuesAsText("at")).containsExactly("2026-11-02T08:00:00Z");
        assertThat(get("/api/activity?from=2026-11-02T08:00:00Z").path("total").asInt()).isEqualTo(2);
        assertThat(get("/api/activity?limit=1&offset=2").path("items").findValuesAsText("at")).containsExactly("2026-11-01T08:00:00Z");
        assertThat(get("/api/activity?limit=1&offset=2").path("total").asInt()).isEqualTo(3);
        for (String wrong : List.of("kind=Kowalczykowa", "from=yesterday", "limit=0", "offset=-1")) {
            assertProblem(operator.get("/api/activity?" + wrong), 400, "BAD_REQUEST");
        }
    }

    private long callsToSalesforce() {
        return StreamSupport.stream(get("/api/status").path("budget").path("calls").spliterator(), false)
                .mapToLong(JsonNode::asLong).sum();
    }

    private long sum(String kind, String count) {
        return StreamSupport.stream(get("/api/activity?kind=" + kind).path("items").spliterator(), false)
                .mapToLong(entry -> entry.path("counts").path(count).asLong()).sum();
    }
}
