package dev.orysalesforce.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.orysalesforce.ledger.LedgerDatabase;
import dev.orysalesforce.ledger.StuckDatabase;
import dev.orysalesforce.sync.MovedClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** The share of the org's API calls over several days, with a clock that the test moves. */
class CallBudgetTest {

    private final MovedClock clock = new MovedClock();

    @ParameterizedTest
    @ValueSource(ints = {15_000, 50_000})
    void theShareOfCallsIsNeverUsedUp(int limit) {
        CallBudget budget = fresh();
        Deque<Instant> lastDay = new ArrayDeque<>();
        Instant end = clock.instant().plus(Duration.ofDays(2));
        long most = 0;
        Duration longestRest = Duration.ZERO;
        while (clock.instant().isBefore(end)) {
            Instant start = clock.instant();
            for (int call = 0; call < 6; call++) { // a full batch: two look-ups and four writes
                budget.recordCall();
                lastDay.add(clock.instant());
                clock.move(Duration.ofMillis(500));
            }
            budget.recordUsage(lastDay.size(), limit);
            budget.throttle();
            while (budget.isThrottled()) {
                clock.move(Duration.ofSeconds(1));
            }
            while (lastDay.peek().isBefore(clock.instant().minus(Duration.ofHours(24)))) {
                lastDay.remove();
            }
            most = Math.max(most, lastDay.size());
            Duration rest = Duration.between(start, clock.instant());
            longestRest = rest.compareTo(longestRest) > 0 ? rest : longestRest;
        }
        assertThat(most).isBetween((long) (limit * 0.25), (long) (limit * 0.5));
        assertThat(longestRest).isLessThan(Duration.ofSeconds(6 * 61));
    }

    @Test
    void callsOfOtherProgramsAreLeftToThem() {
        CallBudget budget = fresh();
        budget.recordCall();
        budget.recordUsage(80_000, 100_000);
        budget.throttle();
        assertThat(budget.isThrottled()).as("plenty left").isFalse();
        budget.recordCall();
        budget.recordUsage(97_000, 100_000);
        budget.throttle();
        assertThat(budget.isThrottled()).as("others have nearly used it up").isTrue();
    }

    static List<LedgerDatabase> databases() {
        return LedgerDatabase.available();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aRestartForgetsNothing(LedgerDatabase database) {
        database.empty();
        CallBudget budget = budget(database);
        for (int call = 0; call < 40; call++) {
            budget.recordCall();
        }
        budget.throttle();
        CallBudget restarted = budget(database);
        restarted.recordUsage(40, 100);
        assertThat(restarted.report()).containsEntry("own", 40L).containsEntry("share", 50L);
        clock.move(Duration.ofHours(26));
        assertThat(restarted.report()).containsEntry("own", 0L);
    }

    @Test
    void aCallIsCountedWhileTheDatabaseIsStuck() throws Exception {
        JdbcTemplate sql = LedgerDatabase.SQLITE.empty().sql();
        CallBudget budget = budget(LedgerDatabase.SQLITE);
        budget.recordCall();
        CompletableFuture<Void> resting;
        try (StuckDatabase stuck = new StuckDatabase(sql.getDataSource())) {
            resting = CompletableFuture.runAsync(budget::throttle);
            await().until(() -> ((HikariDataSource) sql.getDataSource()).getHikariPoolMXBean()
                    .getThreadsAwaitingConnection() > 0);
            CompletableFuture.runAsync(() -> {
                budget.recordCall();
                budget.isThrottled();
                budget.report();
            }).get(1, TimeUnit.SECONDS);
        }
        resting.handle((done, failure) -> null).join();
    }

    private CallBudget fresh() {
        return budget(LedgerDatabase.SQLITE.empty());
    }

    private CallBudget budget(LedgerDatabase database) {
        return new CallBudget(database.jdbc(), clock, clock, database.settings(), new SimpleMeterRegistry());
    }
}
