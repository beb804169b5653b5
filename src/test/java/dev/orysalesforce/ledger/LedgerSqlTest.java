package dev.orysalesforce.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.orysalesforce.alert.AlertStates;
import dev.orysalesforce.alert.DeadLetterCodes;
import dev.orysalesforce.journal.Version;
import dev.orysalesforce.ledger.OneWayLedger.State;
import dev.orysalesforce.reconcile.ReconcileSnapshot;
import dev.orysalesforce.salesforce.CallBudget;
import dev.orysalesforce.sync.WriterLease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** All queries of the app's ledger, on SQLite and on PostgreSQL. */
class LedgerSqlTest {

    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00.123456789Z");
    private static final String ID = "9f425a8d-7efc-4768-8f23-7647a74fdf13";

    static List<LedgerDatabase> databases() {
        return LedgerDatabase.available();
    }

    private static final History.Step STEP = new History.Step(NOON, "settings", NOON.minusSeconds(1), null, "retry", "CODE\twith\na break",
            "email");

    /** A class that uses the database needs one of the tests that run on both. */
    @Test
    void everyClassWithSqlIsTriedOnBothDatabases() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            List<String> found = sources.filter(Files::isRegularFile).filter(LedgerSqlTest::holdsSql)
                    .map(file -> file.getFileName().toString().replace(".java", "")).sorted().toList();
            assertThat(found).containsExactlyInAnyOrderElementsOf(Stream
                    .of(Ledger.class, Tombstones.class, Audit.class, DeadLetterIndex.class, Activity.class, LedgerOwnership.class,
                            LedgerConfiguration.class, ReconcileSnapshot.class, WriterLease.class, CallBudget.class,
                            AlertStates.class, DeadLetterCodes.class, ParentLedger.class, ChildLedger.class,
                            OneWayLedger.class)
                    .map(Class::getSimpleName)
                    .toList());
        }
    }

    private static boolean holdsSql(Path source) {
        try {
            return Files.readString(source).contains("org.springframework.jdbc.core.");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("databases")
    void savedEntriesAreFoundAgainToTheNanosecond(LedgerDatabase database) {
        Ledger ledger = database.empty().bean(Ledger.class);
        LedgerEntry full = new LedgerEntry(ID, "Contact", "0035e00000abcdeAAA", "email",
                new Version(NOON, 2, NOON.plusNanos(1)), new Version(NOON.plusSeconds(1), 1, Instant.EPOCH),
                Map.of("LastName", "hash/+=", "Ünï__c", "h\"2"),
                Map.of("LastName", NOON, "Ünï__c", NOON.plusSeconds(1)), "settings", NOON, "trigger", "mappings/lead.jslt@01234567",
                "retry",
                "UNABLE_TO_LOCK_ROW", "Locked. — 'Quoted'", 3, NOON.plusSeconds(15), History.NONE.plus(STEP));
        LedgerEntry bare = new LedgerEntry(UUID.randomUUID().toString(), null, null, null, null, null, Map.of(), Map.of(), "registration",
                NOON, null, null, "skipped", null, null, 0, null, History.NONE);
        ledger.save(List.of(full, bare));
        assertThat(ledger.find(ID)).contains(full);
        assertThat(ledger.find(List.of(ID, bare.identity(), "nobody"))).containsOnly(Map.entry(ID, full),
                Map.entry(bare.identity(), bare));
        assertThat(ledger.find(List.of())).isEmpty();
    }

    @Test
    void aHistoryKeepsTheLastEvents() {
        History history = History.NONE;
        assertThat(history.steps()).isEmpty();
        for (int i = 0; i < 21; i++) {
            history = history.plus(new History.Step(NOON.plusSeconds(i), "settings", NOON, "m", "synced", null, null));
        }
        assertThat(history.steps()).hasSize(20).extracting(History.Step::at).startsWith(NOON.plusSeconds(1)).endsWith(NOON.plusSeconds(20));
        History.Step later = new History.Step(NOON.plusSeconds(9), STEP.event(), STEP.receivedAt(), null, "retry", "C".repeat(200), null);
        assertThat(History.NONE.plus(STEP).plus(later).steps()).as("tries of one event").singleElement()
                .satisfies(step -> assertThat(step.code()).hasSize(100));
        assertThat(History.NONE.plus(STEP).steps()).containsExactly(
                new History.Step(NOON, "settings", NOON.minusSeconds(1), null, "retry", "CODE with a break", "email"));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void identitiesAreCountedByTheOutcomeOfTheirLastEvent(LedgerDatabase database) {
        Ledger ledger = database.empty().bean(Ledger.class);
        ledger.save(List.of(entry("synced", NOON), entry("synced", NOON.plusSeconds(1)), entry("skipped", NOON.plusSeconds(2)),
                entry("synced", NOON.minusSeconds(1))));
        assertThat(ledger.outcomesSince(NOON)).containsExactly(Map.entry("skipped", 1L), Map.entry("synced", 2L));
        assertThat(ledger.outcomesSince(NOON.plusSeconds(3))).isEmpty();
    }

    private static LedgerEntry entry(String outcome, Instant receivedAt) {
        return new LedgerEntry(UUID.randomUUID().toString(), null, null, null, null, null, Map.of(), Map.of(), "registration", receivedAt,
                null,
                null, outcome, null, null, 0, null, History.NONE);
    }

    @ParameterizedTest
    @MethodSource("databases")
    void whatIsLongerThanItsColumnIsCut(LedgerDatabase database) {
        Ledger ledger = database.empty().bean(Ledger.class);
        String emoji = "\uD83D\uDE00";
        LedgerEntry longer = new LedgerEntry(ID, "Lead", null, null, null, null, Map.of(), Map.of(), "settings", NOON, "t".repeat(101),
                "m".repeat(301), "skipped", "C".repeat(101), "x".repeat(999) + emoji + "\0", 0, null, History.NONE);
        ledger.save(List.of(longer));
        LedgerEntry found = ledger.find(ID).orElseThrow();
        assertThat(found.triggerId()).isEqualTo("t".repeat(100));
        assertThat(found.mapping()).isEqualTo("m".repeat(300));
        assertThat(found.code()).isEqualTo("C".repeat(100));
        assertThat(found.message()).isEqualTo("x".repeat(999));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aNewerEntryReplacesTheOlderAndKeepsMissingValues(LedgerDatabase database) {
        Ledger ledger = database.empty().bean(Ledger.class);
        ledger.save(List.of(entry(ID, "synced", new Version(NOON, 1, NOON))));
        String written = written(database);
        assertThat(written).isNotNull();
        ledger.save(List.of(entry(ID, "retry", null)));
        LedgerEntry found = ledger.find(ID).orElseThrow();
        assertThat(found.outcome()).isEqualTo("retry");
        assertThat(found.seen()).isEqualTo(new Version(NOON, 1, Instant.EPOCH));
        assertThat(written(database)).isEqualTo(written);
    }

    @ParameterizedTest
    @MethodSource("databases")
    void allEntriesAreSavedOrNone(LedgerDatabase database) {
        Ledger ledger = database.empty().bean(Ledger.class);
        LedgerEntry broken = new LedgerEntry(UUID.randomUUID().toString(), null, null, null, null, null, Map.of(), Map.of(), null, NOON,
                null, null, "synced", null, null, 0, null, History.NONE); // the event's kind is never null
        assertThatThrownBy(() -> ledger.save(List.of(entry(ID, "synced", null), broken))).isInstanceOf(RuntimeException.class);
        assertThat(ledger.find(ID)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void manyAreFoundAndForgottenAtOnce(LedgerDatabase database) {
        Ledger ledger = database.empty().bean(Ledger.class);
        List<LedgerEntry> many = IntStream.range(0, 1_234).mapToObj(i -> entry(UUID.randomUUID().toString(), "synced", null))
                .toList();
        ledger.save(many);
        List<String> ids = many.stream().map(LedgerEntry::identity).toList();
        database.sql().update("insert into sightings (identity) values (?)", ids.get(0));
        assertThat(ledger.find(ids)).hasSize(1_234);
        ledger.forget(ids.subList(0, 1_000));
        assertThat(ledger.find(ids)).containsOnlyKeys(ids.subList(1_000, 1_234));
        assertThat(database.sql().queryForObject("select count(*) from sightings", Long.class)).isZero();
        ledger.forget(List.of());
    }

    @ParameterizedTest
    @MethodSource("databases")
    void theAuditIsListedNewestFirstAndForgetsIds(LedgerDatabase database) {
        Audit audit = database.empty().bean(Audit.class);
        String other = UUID.randomUUID().toString();
        audit.end(audit.begin("10.0.0.7", new Audit.Act(Audit.Kind.REVEAL, "identity", ID)), Audit.Outcome.DONE, "5 replayed, 1 left");
        audit.begin("10.0.0.7", new Audit.Act(Audit.Kind.SYNC, "identity", other));
        audit.note("files", new Audit.Act(Audit.Kind.RELOAD, "x".repeat(3_000), null), Audit.Outcome.REFUSED, "y".repeat(3_000));
        assertThat(audit.list(null, null, 0, 10).total()).isEqualTo(3);
        assertThat(audit.list(null, null, 0, 10).items()).extracting(Audit.Entry::act).containsExactly("reload", "sync", "reveal");
        assertThat(audit.list(null, null, 0, 1).items()).extracting(Audit.Entry::result).containsExactly("y".repeat(1_000));
        assertThat(audit.list(null, null, 1, 1).items()).singleElement().satisfies(entry -> {
            assertThat(entry.identity()).isEqualTo(other);
            assertThat(entry.outcome()).as("it has not ended").isNull();
        });
        audit.forget(ID);
        assertThat(audit.list(ID, null, 0, 10).items()).singleElement().satisfies(entry -> {
            assertThat(entry.identity()).isNull();
            assertThat(entry.outcome()).isEqualTo("done");
            assertThat(entry.result()).isEqualTo("5 replayed, 1 left");
        });
        assertThat(database.sql().queryForList("select * from audit").toString()).doesNotContain(ID).contains(other);
    }

    @ParameterizedTest
    @MethodSource("databases")
    void batchesOfAMinuteShareARowOfTheActivity(LedgerDatabase database) {
        database.empty();
        Activity activity = activity(database, NOON);
        activity.batch(NOON.minusSeconds(2), Map.of(Activity.Count.CALLS, 3L, Activity.Count.SYNCED, 7L));
        activity.accepted();
        activity.save();
        activity.batch(NOON.minusSeconds(1), Map.of(Activity.Count.CALLS, 1L, Activity.Count.DEAD_LETTERED, 1L));
        activity.batch(NOON, Map.of(Activity.Count.RETRIED, 1L));
        activity.save();
        Activity other = activity(database, NOON.plusSeconds(60));
        other.batch(NOON, Map.of(Activity.Count.SYNCED, 1L));
        other.save();

        assertThat(activity.list(Activity.Kind.BATCHES, null, 0, 10).items()).hasSize(2).last().satisfies(entry -> {
            assertThat(entry.at()).isEqualTo(NOON.minusSeconds(2));
            assertThat(entry.endedAt()).isEqualTo(NOON);
            assertThat(entry.counts()).containsEntry("batches", 3L).containsEntry("millis", 3_000L).containsEntry("calls", 4L)
                    .containsEntry("synced", 7L).containsEntry("deadLettered", 1L).containsEntry("retried", 1L)
                    .containsEntry("unchanged", 0L).doesNotContainKeys("accepted", "seen");
        });
        assertThat(activity.list(Activity.Kind.HOUR, null, 0, 10).items()).singleElement().satisfies(entry -> {
            assertThat(entry.at()).isEqualTo(Instant.parse("2026-11-01T12:00:00Z"));
            assertThat(entry.counts()).containsEntry("accepted", 1L).containsEntry("synced", 8L).containsEntry("batches", 4L);
        });
        assertThat(activity.list(null, NOON, 0, 10).items()).as("from then on, and no sums").hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aPauseEndsWithTheNextBatchOfAnyProcess(LedgerDatabase database) {
        database.empty();
        Activity before = activity(database, NOON);
        before.paused("INVALID_SESSION_ID");
        before.save();
        Activity after = activity(database, NOON.plusSeconds(60)); // the process before was killed
        after.paused("INVALID_SESSION_ID");
        after.save();
        assertThat(after.list(Activity.Kind.PAUSE, null, 0, 10).items()).singleElement().satisfies(entry -> {
            assertThat(entry.at()).isEqualTo(NOON);
            assertThat(entry.endedAt()).isNull();
            assertThat(entry.code()).isEqualTo("INVALID_SESSION_ID");
        });
        after.paused("REQUEST_LIMIT_EXCEEDED");
        after.save();
        Activity last = activity(database, NOON.plusSeconds(120));
        last.batch(NOON, Map.of());
        last.save();
        assertThat(last.list(Activity.Kind.PAUSE, null, 0, 10).items()).extracting(Activity.Entry::code, Activity.Entry::endedAt)
                .containsExactly(tuple("REQUEST_LIMIT_EXCEEDED", NOON.plusSeconds(120)),
                        tuple("INVALID_SESSION_ID", NOON.plusSeconds(60)));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void pausesOfAnObjectBeginAndEndByThemselves(LedgerDatabase database) {
        database.empty();
        Activity before = activity(database, NOON);
        before.paused("Lead", "ACCESS");
        before.paused("Lead", "ACCESS");
        before.paused("Contact", "ACCESS");
        before.batch(NOON, Map.of());
        before.save();
        Activity after = activity(database, NOON.plusSeconds(60));
        after.resumed("Lead");
        after.resumed("Account");
        after.save();
        assertThat(after.list(Activity.Kind.PAUSE, null, 0, 10).items())
                .extracting(Activity.Entry::message, Activity.Entry::code, Activity.Entry::endedAt)
                .containsExactlyInAnyOrder(tuple("Lead", "ACCESS", NOON.plusSeconds(60)), tuple("Contact", "ACCESS", null));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void theActivityHasAnAgeAndANumberOfRowsThatItDoesNotExceed(LedgerDatabase database) {
        database.empty();
        Activity old = activity(database, NOON.minus(Duration.ofDays(40)));
        old.batch(NOON.minus(Duration.ofDays(40)), Map.of());
        old.save();
        String counts = "batches, millis, calls, accepted, synced, unchanged, superseded, skipped, retried, dead_lettered, seen,"
                + " queued, missing, gone";
        database.sql().update("insert into activity (id, kind, at, " + counts + ") with recursive rows (n) as"
                + " (select 1 union all select n + 1 from rows where n < " + (Activity.MOST_ROWS + 10) + ")"
                + " select 'batches ' || n, 'batches', '2026-10-31T12:' || n, " + counts.replaceAll("\\w+", "0") + " from rows");
        Activity activity = activity(database, NOON);
        activity.compared(NOON, "failed", "x".repeat(3_000), Map.of(Activity.Count.SEEN, 12L));
        activity.save();
        assertThat(activity.list(null, null, 0, 1).total()).isEqualTo(Activity.MOST_ROWS);
        assertThat(activity.list(null, null, 0, 1).items()).singleElement().satisfies(entry -> {
            assertThat(entry.outcome()).isEqualTo("failed");
            assertThat(entry.message()).hasSize(1_000);
            assertThat(entry.counts()).containsEntry("seen", 12L).containsEntry("goneInSalesforce", 0L).hasSize(4);
        });
        assertThat(activity.list(Activity.Kind.HOUR, null, 0, 10).items()).as("older than sync.activity-retention").isEmpty();
    }

    private static Activity activity(LedgerDatabase database, Instant now) {
        return new Activity(database.sql(), database.transaction(), database.settings(), Clock.fixed(now, ZoneOffset.UTC));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void deadLettersAreGroupedAndPaged(LedgerDatabase database) {
        DeadLetterIndex index = database.empty().bean(DeadLetterIndex.class);
        index.add(IntStream.range(0, 1_200).mapToObj(i -> letter("letter-" + i, i % 3 == 0 ? null : UUID.randomUUID().toString(),
                i < 1_000 ? "STRING_TOO_LONG" : "NO_IDENTITY", i)).toList());
        index.found(List.of(letter("letter-7", ID, "STRING_TOO_LONG", 7)));
        assertThat(index.count()).isEqualTo(1_200);
        assertThat(index.ids()).hasSize(1_200).contains("letter-7");
        assertThat(index.groups(DeadLetterFilter.ALL)).containsExactly(
                new DeadLetterIndex.Group("STRING_TOO_LONG", 1_000, NOON, NOON.plusSeconds(999)),
                new DeadLetterIndex.Group("NO_IDENTITY", 200, NOON.plusSeconds(1_000), NOON.plusSeconds(1_199)));
        assertThat(index.groups(new DeadLetterFilter("STRING_TOO_LONG", ID, "settings", "Lead")))
                .containsExactly(new DeadLetterIndex.Group("STRING_TOO_LONG", 1, NOON.plusSeconds(7), NOON.plusSeconds(7)));
        assertThat(index.groups(new DeadLetterFilter(null, null, null, "Contact"))).isEmpty();
        DeadLetterIndex.Page page = index.page(DeadLetterFilter.ofCode("NO_IDENTITY"), 150, 100);
        assertThat(page.total()).isEqualTo(200);
        assertThat(page.items()).hasSize(50).startsWith(letter("letter-1150", page.items().get(0).identity(), "NO_IDENTITY", 1_150));
        index.remove(page.items().stream().map(DeadLetterIndex.Row::id).toList());
        assertThat(index.count()).isEqualTo(1_150);
        index.forget(List.of(ID));
        assertThat(database.sql().queryForList("select identity from dead_letters", String.class)).hasSize(1_149).doesNotContain(ID);
        index.removeExpired();
        assertThat(index.count()).as("without an end").isEqualTo(1_149);
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aDeadLetterIsFoundUntilItLeavesTheQueueOrExpires(LedgerDatabase database) {
        DeadLetterIndex index = database.empty().bean(DeadLetterIndex.class);
        DeadLetterIndex.Row letter = letter("letter", ID, "STRING_TOO_LONG", 0);
        DeadLetterIndex.Row bare = new DeadLetterIndex.Row("bare", null, null, null, "UNREADABLE_LETTER", null, List.of(), 0, null, null,
                null, Long.MAX_VALUE);
        index.add(List.of(letter, bare,
                new DeadLetterIndex.Row("expired", null, null, null, "EMPTY", "", List.of(), 0, null, null, null, 1)));
        assertThat(index.find("letter")).contains(letter);
        assertThat(index.find("bare")).contains(bare);
        assertThat(index.find("expired")).isEmpty();
        assertThat(index.find("other")).isEmpty();
        index.forgetIncomplete();
        assertThat(index.ids()).containsExactlyInAnyOrder("letter", "expired");
        index.replayed("replay", List.of(letter));
        assertThat(index.find("letter")).isEmpty();
        index.forgetIncomplete();
        assertThat(index.ending("replay")).isPresent();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void theEndOfAReplayIsCounted(LedgerDatabase database) {
        DeadLetterIndex index = database.empty().bean(DeadLetterIndex.class);
        List<DeadLetterIndex.Row> letters = IntStream.range(0, 4)
                .mapToObj(i -> letter(UUID.randomUUID().toString(), UUID.randomUUID().toString(), "STRING_TOO_LONG", i)).toList();
        index.add(letters);
        assertThat(index.hasOpenReplays()).isFalse();
        index.replayed("replay", letters.subList(0, 3));
        assertThat(index.hasOpenReplays()).isTrue();
        assertThat(index.count()).isEqualTo(1);
        index.ended("synced", List.of(letters.get(0).identity(), letters.get(3).identity()));
        index.ended("dead-letter", List.of(letters.get(1).identity()));
        index.ended("synced", List.of(letters.get(1).identity()));
        assertThat(index.ending("replay")).hasValueSatisfying(ending -> {
            assertThat(ending.ended()).containsExactly(Map.entry("dead-letter", 1L), Map.entry("synced", 1L));
            assertThat(ending.open()).isEqualTo(1);
            assertThat(ending.at()).isBeforeOrEqualTo(Instant.now());
        });
        assertThat(index.ending("other")).isEmpty();
        index.add(letters.subList(2, 3));
        assertThat(index.count()).as("a late note does not undo it").isEqualTo(1);
        index.found(letters.subList(2, 3)); // the replay has rolled back
        assertThat(index.count()).isEqualTo(2);
        assertThat(index.hasOpenReplays()).isFalse();
        database.sql().update("update dead_letters set replayed_at = '2026-01-01T00:00:00.000000000Z' where replay is not null");
        index.forgetReplays();
        assertThat(index.ending("replay")).isEmpty();
        index.replayed("by filter", DeadLetterFilter.ofCode("STRING_TOO_LONG"), List.of(letters.get(3).id()));
        assertThat(index.count()).isEqualTo(1);
        assertThat(index.ending("by filter")).hasValueSatisfying(ending -> assertThat(ending.open()).isEqualTo(1));
        index.replayed("all", DeadLetterFilter.ALL, null);
        assertThat(index.ending("all")).isPresent();
        index.found(letters);
        index.remove(DeadLetterFilter.ofCode("OTHER"));
        assertThat(index.count()).isEqualTo(4);
        index.remove(DeadLetterFilter.ofCode("STRING_TOO_LONG"));
        assertThat(index.count()).isZero();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void theIndexOfDeadLettersHoldsNoErasedIdentity(LedgerDatabase database) {
        DeadLetterIndex index = database.empty().bean(DeadLetterIndex.class);
        database.bean(Tombstones.class).put(ID);
        index.add(List.of(letter("late", ID, "STRING_TOO_LONG", 0)));
        index.replayed("replay", List.of(letter("later", ID, "STRING_TOO_LONG", 0)));
        assertThat(database.sql().queryForList("select * from dead_letters")).isEmpty();
        String other = UUID.randomUUID().toString();
        index.add(List.of(letter("missed", other, "STRING_TOO_LONG", 0)));
        database.bean(Tombstones.class).put(other);
        index.forgetErased();
        assertThat(database.sql().queryForList("select * from dead_letters")).isEmpty();
    }

    private static DeadLetterIndex.Row letter(String id, String identity, String code, int seconds) {
        return new DeadLetterIndex.Row(id, identity, "settings", "Lead", code, "Too long: LastName", List.of("LastName", "Company"), 1,
                NOON,
                NOON.plusSeconds(seconds), new Version(NOON, 2, NOON.plusNanos(1)), 0);
    }

    @ParameterizedTest
    @MethodSource("databases")
    void tombstonesLastWhileOryListsTheIdentityAndThirtyDays(LedgerDatabase database) {
        database.empty();
        List<String> erased = Stream.generate(() -> UUID.randomUUID().toString()).limit(1_100).toList();
        tombstones(database, Duration.ZERO).putAll(erased);
        tombstones(database, Duration.ZERO).put(ID);
        List<String> asked = new ArrayList<>(erased);
        asked.add(UUID.randomUUID().toString());
        assertThat(tombstones(database, Duration.ZERO).erased(asked)).containsExactlyInAnyOrderElementsOf(erased);
        assertThat(tombstones(database, Duration.ZERO).isErased(ID)).isTrue();
        assertThat(tombstones(database, Duration.ZERO).isErased(null)).isFalse();

        tombstones(database, Duration.ofDays(29)).touch(List.of(ID, UUID.randomUUID().toString()));
        tombstones(database, Duration.ofDays(29)).purge();
        assertThat(tombstones(database, Duration.ZERO).erased(erased)).hasSize(1_100);
        tombstones(database, Duration.ofDays(31)).purge();
        assertThat(tombstones(database, Duration.ZERO).erased(erased)).isEmpty();
        assertThat(tombstones(database, Duration.ZERO).isErased(ID)).isTrue();
        assertThat(database.sql().queryForList("select identity from tombstones", String.class)).doesNotContain(ID);
    }

    @ParameterizedTest
    @MethodSource("databases")
    void theFirstOwnerKeepsTheLedger(LedgerDatabase database) {
        database.sql().update("delete from belongings where name = 'org'");
        LedgerOwnership ownership = database.bean(LedgerOwnership.class);
        ownership.compare("org", "00D5e000000AAAAEAA", (theirs, ours) -> new IllegalStateException(theirs));
        ownership.claim("org", "00D5e000000AAAAEAA", (theirs, ours) -> new IllegalStateException(theirs));
        ownership.claim("org", "00D5e000000AAAAEAA", (theirs, ours) -> new IllegalStateException(theirs));
        assertThatThrownBy(
                () -> ownership.claim("org", "00D5e000000BBBBEBB", (theirs, ours) -> new IllegalStateException(theirs + " is not " + ours)))
                .hasMessage("00D5e000000AAAAEAA is not 00D5e000000BBBBEBB");
        assertThatThrownBy(() -> ownership.compare("org", "00D5e000000BBBBEBB", (theirs, ours) -> new IllegalStateException(theirs)))
                .hasMessage("00D5e000000AAAAEAA");
    }

    /** The ledger of an older version, with times as they were written then. */
    @ParameterizedTest
    @MethodSource("databases")
    void aLedgerOfTheFirstVersionIsMigrated(LedgerDatabase database) throws IOException {
        String url = database == LedgerDatabase.SQLITE ? "jdbc:sqlite:" + Files.createTempDirectory("ledger").resolve("old.db")
                : PostgreSqlServer.shared().url() + "&currentSchema=old";
        Flyway.configure().dataSource(url, null, null).createSchemas(true).target("1").load().migrate();
        JdbcTemplate sql = new JdbcTemplate(Flyway.configure().dataSource(url, null, null).load().getConfiguration()
                .getDataSource());
        List<String> times = List.of("2026-11-01T12:00:00Z", "2026-11-01T12:00:00.120Z", "2026-11-01T12:00:00.123456Z",
                "2026-11-01T12:00:00.123456789Z");
        times.forEach(time -> sql.update("insert into identities (identity, salesforce_id, version_at, fields, event, received_at,"
                + " outcome, attempts) values (?, '00Q', ?, '{}', 'settings', ?, 'synced', 0)", UUID.randomUUID().toString(), time, time));
        Flyway.configure().dataSource(url, null, null).load().migrate();
        for (String column : List.of("version_at", "received_at", "seen_at", "written_at")) {
            assertThat(sql.queryForList("select " + column + " from identities", String.class)).as(column)
                    .containsExactlyInAnyOrder("2026-11-01T12:00:00.000000000Z", "2026-11-01T12:00:00.120000000Z",
                            "2026-11-01T12:00:00.123456000Z", "2026-11-01T12:00:00.123456789Z");
        }
    }

    private static Tombstones tombstones(LedgerDatabase database, Duration later) {
        return new Tombstones(database.sql(), database.transaction(), database.bean(FieldHash.class), database.bean(BoundedLookup.class),
                Clock.fixed(NOON.plus(later), ZoneOffset.UTC));
    }

    private static LedgerEntry entry(String identity, String outcome, Version seen) {
        return new LedgerEntry(identity, "Lead", "00Q5e00000abcdeAAA", "created", new Version(NOON, 0, NOON), seen,
                Map.of("LastName", "hash"), Map.of(), "settings", NOON, null, null, outcome, null, null, 0, null, History.NONE);
    }

    private static String written(LedgerDatabase database) {
        return database.sql().queryForObject("select written_at from identities where identity = ?", String.class, ID);
    }

    @ParameterizedTest
    @MethodSource("databases")
    void whatEditsHaveSetIsKeptAndTakenBack(LedgerDatabase database) {
        OneWayLedger edits = database.empty().bean(OneWayLedger.class);
        String other = UUID.randomUUID().toString();
        String held = UUID.randomUUID().toString();
        OneWayLedger.Entry first =
                new OneWayLedger.Entry(ID, "HasOptedOutOfEmail", "lead.jslt@01234567", "abcdef01", State.SET, NOON, false, false);
        OneWayLedger.Entry second =
                new OneWayLedger.Entry(ID, "DoNotCall", "lead.jslt@01234567", "abcdef01", State.OVER, NOON, false, false);
        OneWayLedger.Entry others =
                new OneWayLedger.Entry(other, "HasOptedOutOfEmail", "m".repeat(400), "abcdef01", State.SET, NOON, true, false);
        OneWayLedger.Entry left =
                new OneWayLedger.Entry(held, "HasOptedOutOfEmail", "lead.jslt@01234567", "abcdef01", State.HELD, NOON, false, false);
        edits.save(List.of(first, second, others, left));
        edits.save(List.of());
        assertThat(edits.find(List.of(ID, other, "unknown"))).containsOnlyKeys(ID, other).containsEntry(ID, List.of(second, first));
        assertThat(edits.find(List.of(other)).get(other).get(0).mapping()).hasSize(300);
        assertThat(edits.unconfirmed()).isEqualTo(1);
        assertThat(edits.counts()).containsExactly(Map.entry("HasOptedOutOfEmail", 2L));

        assertThat(edits.request("HasOptedOutOfEmail", NOON.plusSeconds(60))).isZero();
        assertThat(edits.awaited(List.of(ID, other, held))).isEmpty();
        assertThat(edits.request("HasOptedOutOfEmail", NOON)).isEqualTo(2);
        assertThat(edits.request("HasOptedOutOfEmail", Instant.EPOCH)).as("asked for again").isEqualTo(2);
        assertThat(edits.request("DoNotCall", Instant.EPOCH)).as("the identity took it back").isZero();
        assertThat(edits.awaited(List.of(ID, other, held, "unknown"))).containsExactlyInAnyOrder(ID, other);
        assertThat(edits.find(List.of(ID)).get(ID).get(1).requested()).isTrue();
        edits.save(List.of(first));
        assertThat(edits.find(List.of(ID)).get(ID).get(1)).as("set again").isEqualTo(first);

        assertThat(edits.confirmed()).isEqualTo(new OneWayLedger.Confirmed(null, null));
        edits.confirm("{\"a\": 1}", null);
        assertThat(edits.confirmed()).isEqualTo(new OneWayLedger.Confirmed("{\"a\": 1}", null));
        edits.confirm("{\"b\": 2}", "{\"a\": 1}");
        assertThat(edits.confirmed()).isEqualTo(new OneWayLedger.Confirmed("{\"b\": 2}", "{\"a\": 1}"));
        assertThat(edits.unconfirmed()).isZero();
        assertThat(edits.awaited(List.of(ID, held))).as("what was left out").containsExactly(held);
        edits.forgetHeld(List.of("other.jslt@76543210"));
        assertThat(edits.find(List.of(held))).as("it is confirmed").hasSize(1);
        edits.save(List.of(left));
        edits.forgetHeld(List.of());
        edits.forgetHeld(List.of("lead.jslt@01234567"));
        assertThat(edits.find(List.of(held))).hasSize(1);
        edits.forgetHeld(List.of("other.jslt@76543210"));
        assertThat(edits.find(List.of(held))).as("of an edit that is over").isEmpty();

        edits.forget(Map.of(ID, List.of("DoNotCall"), other, List.of("DoNotCall")));
        edits.forget(Map.of());
        assertThat(edits.counts()).containsExactly(Map.entry("HasOptedOutOfEmail", 2L));
        database.bean(Ledger.class).forget(List.of(ID));
        assertThat(edits.find(List.of(ID, other))).containsOnlyKeys(other);
    }

    @ParameterizedTest
    @MethodSource("databases")
    void childrenAreFoundAgainAndForgottenWithTheirIdentity(LedgerDatabase database) {
        ChildLedger children = database.empty().bean(ChildLedger.class);
        String other = UUID.randomUUID().toString();
        ChildLedger.Entry first = new ChildLedger.Entry(ID, "a", "CampaignMember", null, Map.of());
        ChildLedger.Entry second = new ChildLedger.Entry(ID, "b", "CampaignMember", "00v5e00000abcdeAAA", Map.of("Ünï__c", "h\"2"));
        ChildLedger.Entry others = new ChildLedger.Entry(other, "a", "CampaignMember", "00v5e00000abcdfAAA", Map.of());
        children.save(List.of(first, second, others));
        children.save(List.of());
        ChildLedger.Entry learnt = new ChildLedger.Entry(ID, "a", "CampaignMember", "00v5e00000abcdgAAA", Map.of("Status", "h"));
        children.save(List.of(learnt));
        assertThat(children.find(List.of(ID, other, "unknown"))).containsOnlyKeys(ID, other)
                .hasEntrySatisfying(ID, entries -> assertThat(entries).containsExactly(second, learnt))
                .hasEntrySatisfying(other, entries -> assertThat(entries).containsExactly(others));
        assertThat(children.find(List.of())).isEmpty();
        children.forget(other);
        database.bean(Ledger.class).forget(List.of(ID));
        assertThat(children.find(List.of(ID, other))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void parentsAreClaimedByOneHolder(LedgerDatabase database) throws Exception {
        ParentLedger parents = database.empty().bean(ParentLedger.class);
        assertThat(parents.claim("Account", List.of("b", "a"), "one", Duration.ofMinutes(1))).isTrue();
        assertThat(parents.claim("Account", List.of("b", "a"), "one", Duration.ofMinutes(1))).as("again").isTrue();
        assertThat(parents.claim("Account", List.of("c", "b"), "other", Duration.ofMinutes(1))).isFalse();
        assertThat(parents.claim("Account", List.of("c"), "third", Duration.ofMinutes(1))).as("all or none were claimed").isTrue();
        assertThat(parents.find(List.of("a", "b", "c"))).as("none is known yet").isEmpty();
        parents.save("Account", List.of("a", "b"), "001000000000001AAA", Map.of("Name", "hash"));
        parents.release("one");
        assertThat(parents.find(List.of("a", "b", "c"))).containsOnlyKeys("a", "b").extractingByKey("a").isEqualTo(
                new ParentLedger.Entry("a", "001000000000001AAA", Map.of("Name", "hash"), false));
        assertThat(parents.claim("Account", List.of("a", "b"), "other", Duration.ofMinutes(1))).isTrue();
        assertThat(parents.find(List.of("a"))).as("a claim forgets nothing").isNotEmpty();
        parents.update("001000000000001AAA", Map.of("Name", "next"));
        assertThat(parents.sent(List.of("001000000000001AAA", "none"))).isEqualTo(Map.of("001000000000001AAA", Map.of("Name", "next")));
        parents.lose(List.of("001000000000001AAA"));
        assertThat(parents.find(List.of("b")).get("b").lost()).isTrue();
        parents.save("Account", List.of("b"), "001000000000002AAA", Map.of());
        assertThat(parents.find(List.of("b")).get("b")).isEqualTo(new ParentLedger.Entry("b", "001000000000002AAA", Map.of(), false));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aClaimEndsIfItsHolderDoesNotReleaseIt(LedgerDatabase database) {
        ParentLedger parents = database.empty().bean(ParentLedger.class);
        assertThat(parents.claim("Account", List.of("a"), "killed", Duration.ofMillis(-1))).isTrue();
        assertThat(parents.claim("Account", List.of("a"), "next", Duration.ofMinutes(1))).isTrue();
        assertThat(parents.claim("Account", List.of("a"), "killed", Duration.ofMinutes(1))).isFalse();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void ofSeveralHoldersThatClaimAtOnceOneSucceeds(LedgerDatabase database) {
        ParentLedger parents = database.empty().bean(ParentLedger.class);
        for (int round = 0; round < 20; round++) {
            List<String> references = List.of("x" + round, "y" + round);
            assertThat(IntStream.range(0, 8).parallel().filter(holder -> parents.claim("Account",
                    holder % 2 == 0 ? references : List.of(references.get(1), references.get(0)), "holder " + holder,
                    Duration.ofMinutes(1))).count()).isEqualTo(1);
        }
    }
}
