package dev.orysalesforce.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.Tool;
import dev.orysalesforce.ledger.PostgreSqlServer;
import dev.orysalesforce.process.AppProcess;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever fails around the app: no accepted event is lost, no identity is duplicated, the newest state wins, the counters
 * balance, and nothing accumulates in it. A short run; {@code mvn -Pfaults verify} makes a long one.
 */
@Tag("faults")
@Tag("nightly")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultsIT {

    private static final Duration EACH = Duration.ofMillis(Long.getLong("faults.each", 700));
    private static final Duration HOUR = Duration.ofSeconds(Long.getLong("faults.hour", 12));
    private static final int PER_SECOND = Integer.getInteger("faults.pace", 60);
    private static final long SEED = Long.getLong("faults.seed", 20261125);
    private static final int QUARTERS = 4;
    private static final boolean LONG = EACH.toSeconds() > 2;
    private static final Duration TOKEN_LIFE = LONG ? Duration.ofSeconds(2) : Duration.ofMillis(200);
    /** libfaketime reads the clock's file every second. */
    private static final Duration LEAST_FOR_A_JUMP = Duration.ofSeconds(3);

    /** Caches and pools fill at first, in a short run not completely. A leak per event would be far larger. */
    private static final int MORE_THREADS = LONG ? 12 : 60;
    private static final int MORE_FILES = 60;
    private static final long MORE_HEAP = 12 * 1024;

    @TempDir
    private static Path folder;
    private static PostgreSqlServer database;
    private static SmallDisk disk;
    private static SmallDisk disksHour;
    private static Path ledger;
    private static Optional<ShiftedClock> clock;
    private static Optional<ShiftedClock> clocksHour;
    private static FaultScenario byItself;
    private static FaultScenario allTogether;

    @BeforeAll
    static void start() throws IOException {
        disk = new SmallDisk(folder.resolve("disk"));
        SalesforceSandbox salesforce = SalesforceSandbox.start();
        AppProcess app = accelerated(new AppProcess(Files.createDirectory(folder.resolve("one")), salesforce))
                .with("SPRING_DATASOURCE_URL", "jdbc:sqlite:" + folder.resolve("disk/ledger.db")
                        + "?journal_mode=WAL&synchronous=FULL&busy_timeout=500");
        disk.under(app);
        ledger = folder.resolve("disk/ledger.db");
        clock = Tool.LIBFAKETIME.isAvailable() ? ShiftedClock.of(app, folder.resolve("one")) : Optional.empty();
        byItself = new FaultScenario(app.begin(), salesforce, PER_SECOND, SEED);

        salesforce = SalesforceSandbox.start();
        app = accelerated(new AppProcess(Files.createDirectory(folder.resolve("hour")), salesforce));
        disksHour = new SmallDisk(folder.resolve("disk-of-the-hour"));
        disksHour.under(app);
        clocksHour = ShiftedClock.of(app, folder.resolve("hour"));
        if (Tool.POSTGRESQL.isAvailable()) {
            database = PostgreSqlServer.start();
            app.with("SPRING_DATASOURCE_URL", database.url()).with("SPRING_DATASOURCE_HIKARI_CONNECTIONTIMEOUT", "1000");
        }
        allTogether = new FaultScenario(app.begin(), salesforce, PER_SECOND, SEED + 1000);
        byItself.app().untilReady();
        allTogether.app().untilReady();
    }

    /** All waiting times of the app are a seventh or less. */
    static AppProcess accelerated(AppProcess app) {
        return app.with("OPERATOR_TOKEN", FaultScenario.TOKEN).with("SYNC_MAPPINGS_EMPLOYEE", "mappings/contact.jslt")
                .with("SYNC_LINGER", "100ms").with("SYNC_BACKOFF_INITIAL", "100ms").with("SYNC_BACKOFF_MAX", "1s")
                .with("SYNC_RETRY_INITIAL", "500ms").with("SYNC_RETRY_MAX", "2s")
                .with("CAMEL_COMPONENT_SALESFORCE_HTTPREQUESTTIMEOUT", "3000");
    }

    @AfterAll
    static void end() {
        byItself.close();
        allTogether.close();
        disk.close();
        disksHour.close();
        if (database != null) {
            database.close();
        }
    }

    @Test
    @Order(1)
    void eachByItselfBreaksNothing() throws Exception {
        // First the fault that takes all threads that the server may have, so that later growth is visible.
        List<ScheduledFault> first = FaultSchedule.ofTheReceiver(byItself.app(), byItself.load());
        List<ScheduledFault> faults = new ArrayList<>(first);
        faults.addAll(FaultSchedule.ofSalesforce(byItself.salesforce(), TOKEN_LIFE));
        faults.add(FaultSchedule.lockedLedger(ledger));
        faults.addAll(FaultSchedule.ofTheDisk(disk));
        clock.ifPresent(there -> faults.addAll(FaultSchedule.ofTheClock(there, byItself.salesforce())));
        FaultTable table = new FaultTable();
        boolean green = false;
        byItself.load().resume();
        try {
            FaultScenario.letPass(EACH.multipliedBy(2));
            table.add("nothing, for a start", "", byItself.assertPromises(LONG));
            FaultResult warm = null;
            for (ScheduledFault fault : faults) {
                ScheduledFault.Ending ending = fault.begins().begin();
                FaultScenario.letPass(fault.unit().equals("jumps") && EACH.compareTo(LEAST_FOR_A_JUMP) < 0 ? LEAST_FOR_A_JUMP : EACH);
                long hits = ending.end();
                boolean isWarm = fault == first.get(first.size() - 1);
                FaultResult result = byItself.assertPromises(LONG || isWarm);
                warm = isWarm ? result : warm;
                table.add(fault.name(), hits + " " + fault.unit(), result);
                assertThat(hits).as("how often it hit: %s", fault.name()).isPositive();
            }
            assertNothingPilesUp(byItself, warm);
            green = true;
        } finally {
            FaultReport.section("1-each", "## Each by itself\n\n" + "%.0f s each, %d events a second, ledger in SQLite%s%s.\n\n"
                    .formatted(EACH.toMillis() / 1000.0, PER_SECOND,
                            disk.isOwn() ? "" : "; the disk was filled without being small",
                            clock.isPresent() ? "" : "; no libfaketime here, so no clock jumped")
                    + table.outcome(green));
        }
    }

    /** By schedule, several at a time; kills in the first quarter, so that the others show any growth. */
    @Test
    @Order(2)
    void anHourOfAllTogetherBreaksNothing() throws Exception {
        List<ScheduledFault> faults = new ArrayList<>(FaultSchedule.ofSalesforce(allTogether.salesforce(), TOKEN_LIFE));
        if (database != null) {
            faults.add(FaultSchedule.ledgerGone(database));
        }
        faults.addAll(FaultSchedule.ofTheReceiver(allTogether.app(), allTogether.load()));
        faults.addAll(FaultSchedule.ofTheDisk(disksHour));
        clocksHour.ifPresent(there -> faults.addAll(FaultSchedule.ofTheClock(there, allTogether.salesforce())));
        Random random = new Random(SEED);
        Map<String, Long> thrown = new TreeMap<>();
        FaultTable table = new FaultTable();
        boolean green = false;
        allTogether.load().resume();
        try {
            List<FaultResult> verdicts = new ArrayList<>();
            for (int quarter = 1; quarter <= QUARTERS; quarter++) {
                long before = thrown.values().stream().mapToLong(Long::longValue).sum();
                List<ScheduledFault> these = new ArrayList<>(faults);
                if (quarter == 1) {
                    these.add(FaultSchedule.kill(allTogether));
                } else if (quarter == 2) { // pools and caches are full again before they are measured
                    for (ScheduledFault fault : FaultSchedule.ofTheReceiver(allTogether.app(), allTogether.load())) {
                        ScheduledFault.Ending ending = fault.begins().begin();
                        FaultScenario.letPass(EACH);
                        thrown.merge(fault.name(), ending.end(), Long::sum);
                    }
                }
                play(these, random, HOUR.dividedBy(QUARTERS), thrown);
                verdicts.add(allTogether.assertPromises(true));
                table.add("quarter " + quarter, thrown.values().stream().mapToLong(Long::longValue).sum() - before + " hits",
                        verdicts.get(quarter - 1));
            }
            assertNothingPilesUp(allTogether, verdicts.get(1));
            green = true;
        } finally {
            StringBuilder hits = new StringBuilder("\nHow often each hit: none, if what others did to the same "
                    + "calls kept it from showing for half a minute.\n\n| Thrown | Times |\n|---|---|\n");
            thrown.forEach((name, times) -> hits.append("| ").append(name).append(" | ").append(times).append(" |\n"));
            FaultReport.section("2-hour", ("## An hour of all together\n\nAccelerated: %d s, %d events a second, ledger in %s, "
                    + "two or three at a time.\n\n").formatted(HOUR.toSeconds(), PER_SECOND,
                            database == null ? "SQLite" : "PostgreSQL")
                    + table.outcome(green) + hits);
        }
    }

    private static void play(List<ScheduledFault> faults, Random random, Duration time, Map<String, Long> thrown) throws Exception {
        Instant end = Instant.now().plus(time);
        Duration slot = EACH.multipliedBy(2).dividedBy(3);
        Deque<ScheduledFault> deck = new ArrayDeque<>();
        Deque<ScheduledFault> names = new ArrayDeque<>();
        Deque<ScheduledFault.Ending> active = new ArrayDeque<>();
        while (Instant.now().isBefore(end) || !active.isEmpty()) {
            boolean over = !Instant.now().isBefore(end);
            if (!over) {
                if (deck.isEmpty()) {
                    List<ScheduledFault> shuffled = new ArrayList<>(faults);
                    Collections.shuffle(shuffled, random);
                    deck.addAll(shuffled);
                }
                ScheduledFault next = deck.poll();
                if (names.stream().anyMatch(one -> one.name().equals(next.name()))) {
                    continue;
                }
                names.add(next);
                active.add(next.begins().begin());
                FaultScenario.letPass(slot.multipliedBy(50 + random.nextInt(100)).dividedBy(100));
            }
            if (over || active.size() > 2) {
                thrown.merge(names.poll().name(), active.poll().end(), Long::sum);
            }
        }
    }

    /** Surplus threads of a pool end after a minute without work; busy or blocked threads stay. */
    private static void assertNothingPilesUp(FaultScenario scenario, FaultResult warm) {
        scenario.load().pause();
        try {
            await().atMost(Duration.ofMinutes(2)).pollDelay(Duration.ZERO).pollInterval(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertNothingPilesUp(warm.vitals(), scenario.vitals()));
        } finally {
            scenario.load().resume();
        }
    }

    private static void assertNothingPilesUp(ResourceProbe before, ResourceProbe after) {
        String both = before + "; " + after + "; " + after.more(before);
        System.out.println("Before and after: " + both);
        assertThat(after.more(before).values().stream().mapToInt(Integer::intValue).sum()).as(both)
                .isLessThanOrEqualTo(MORE_THREADS);
        assertThat(after.files()).as(both).isLessThanOrEqualTo(before.files() + MORE_FILES);
        assertThat(after.heap()).as(both).isLessThanOrEqualTo(before.heap() + MORE_HEAP);
    }
}
