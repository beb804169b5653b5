package dev.orysalesforce.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.ledger.LedgerDatabase;
import dev.orysalesforce.ledger.SqlTimestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The snapshot of both sides, on SQLite and on PostgreSQL. */
class ReconcileSnapshotSqlTest {

    private static final String LEAD = "00Q5e00000abcdeAAA";
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

    static List<LedgerDatabase> databases() {
        return LedgerDatabase.available();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void oneRunAtATimeIsRememberedByTheInstanceThatHasTheLease(LedgerDatabase database) {
        ReconcileSnapshot snapshot = sightings(database);
        assertThat(snapshot.run()).isEmpty();
        assertThat(snapshot.begin(NOON)).isTrue();
        assertThat(snapshot.begin(NOON.plusSeconds(1))).as("one is on its way").isFalse();
        assertThat(snapshot.lease("first", NOON, Duration.ofSeconds(10))).isTrue();
        assertThat(snapshot.lease("first", NOON.plusSeconds(5), Duration.ofSeconds(10))).isTrue();
        assertThat(snapshot.lease("second", NOON.plusSeconds(14), Duration.ofSeconds(10))).isFalse();
        assertThat(snapshot.lease("second", NOON.plusSeconds(16), Duration.ofSeconds(10))).isTrue();

        ReconcileRun run = snapshot.run().orElseThrow();
        assertThat(run.isRunning()).isTrue();
        assertThat(run.phase).isEqualTo(ReconcileRun.Phase.PROJECT);
        run.go(ReconcileRun.Phase.LEADS);
        run.position = "query/01g-2000";
        run.pages = 3;
        run.seen = 1_500;
        run.queued = 7;
        run.missing = 1;
        run.gone = 2;
        run.note = "a note";
        run.readingSince = NOON.plusSeconds(1);
        run.listedSince = NOON.plusSeconds(2);
        run.readSince = NOON.plusSeconds(3);
        snapshot.save(run, "first");
        assertThat(snapshot.run().orElseThrow().phase).as("the first has lost the lease").isEqualTo(ReconcileRun.Phase.PROJECT);
        snapshot.save(run, "second");
        assertThat(snapshot.run().orElseThrow()).usingRecursiveComparison().isEqualTo(run);

        run.end("failed", NOON.plusSeconds(20), "an error");
        snapshot.save(run, "second");
        assertThat(snapshot.run().orElseThrow()).usingRecursiveComparison().isEqualTo(run);
        assertThat(snapshot.begin(NOON.plusSeconds(30))).isTrue();
        ReconcileRun next = snapshot.run().orElseThrow();
        assertThat(next.startedAt).isEqualTo(NOON.plusSeconds(30));
        assertThat(next.position).isNull();
        assertThat(next.error).isNull();
        assertThat(next.missing).as("stays until it is known anew").isEqualTo(1);
        assertThat(next.listedSince).isEqualTo(NOON.plusSeconds(2));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void unlistedIdentitiesArePagedAndMissingOnceOryConfirmsIt(LedgerDatabase database) {
        ReconcileSnapshot snapshot = sightings(database);
        for (int i = 0; i < 5; i++) {
            known(database, id(i), NOON.minusSeconds(60), "synced", null);
        }
        known(database, id(5), NOON.plusSeconds(1), "synced", null); // came in after the run began
        snapshot.listed(List.of(listed(0, NOON), listed(9, NOON)), NOON.plusSeconds(1));
        assertThat(snapshot.known()).isEqualTo(6);
        assertThat(snapshot.isAnybodyThere()).isTrue();
        assertThat(snapshot.notListed(NOON, null, 3)).containsExactly(id(1), id(2), id(3));
        assertThat(snapshot.notListed(NOON, id(3), 3)).containsExactly(id(4));

        snapshot.missing(List.of(id(1), id(4)), NOON.plusSeconds(2));
        assertThat(snapshot.missingSince(NOON, null, 9)).containsExactly(id(1), id(4));
        assertThat(snapshot.missingSince(NOON, id(1), 9)).containsExactly(id(4));
        assertThat(snapshot.unmarkedSince(NOON, null, 9)).containsExactly(id(1), id(4));
        assertThat(snapshot.unmarkedSince(NOON, id(1), 9)).containsExactly(id(4));
        database.sql().update("update identities set code = 'GONE_AT_ORY' where identity = ?", id(1));
        assertThat(snapshot.unmarkedSince(NOON, null, 9)).as("marked already").containsExactly(id(4));
        assertThat(snapshot.unmarkedSince(NOON)).isEqualTo(1);
        snapshot.listed(List.of(listed(4, NOON)), NOON.plusSeconds(3));
        assertThat(snapshot.unmarkedSince(NOON)).isZero();
        assertThat(snapshot.missingSince(NOON, null, 9)).as("Ory has it again").containsExactly(id(1));
        snapshot.forget(NOON.plusSeconds(2));
        assertThat(snapshot.find(id(9)).ory()).as("in neither").isNull();
        assertThat(snapshot.find(id(4)).ory()).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void inSyncIsTheShareOfWhatOryListsThatIsInSalesforce(LedgerDatabase database) {
        ReconcileSnapshot snapshot = sightings(database);
        assertThat(snapshot.inSync(NOON, NOON).share()).as("no identity is listed").isEqualTo(1);
        assertThat(snapshot.listedShare(NOON)).isZero();
        for (int i = 0; i < 4; i++) {
            known(database, id(i), NOON.minusSeconds(60), i == 3 ? "dead-letter" : "synced", NOON);
        }
        snapshot.listed(List.of(listed(0, NOON), listed(1, NOON.plusSeconds(9)), listed(2, NOON), listed(3, NOON)),
                NOON.plusSeconds(1));
        Map<String, Instant> read = new HashMap<>();
        read.put(id(0), NOON);
        read.put(id(1), null);
        read.put(id(3), NOON);
        snapshot.read(read, NOON.plusSeconds(2));
        // 0 is; of 1 Ory has a newer version; the record of 2 was not shown; 3 was refused.
        assertThat(snapshot.inSync(NOON, NOON).share()).isEqualTo(0.25);
        database.sql().update("update identities set seen_at = ? where identity = ?", SqlTimestamps.text(NOON.plusSeconds(5)), id(0));
        assertThat(snapshot.inSync(NOON, NOON).share()).as("not what Ory listed after it came in").isZero();
        database.sql().update("update identities set received_at = ? where identity = ?", SqlTimestamps.text(NOON.plusSeconds(5)),
                id(0));
        assertThat(snapshot.inSync(NOON, NOON).share()).as("came in after the list").isEqualTo(0.25);
        assertThat(snapshot.goneSince(NOON)).isEqualTo(1);
        database.sql().update("update identities set code = 'DELETED_IN_SALESFORCE' where identity = ?", id(2));
        assertThat(snapshot.goneSince(NOON)).isZero();
        assertThat(snapshot.find(id(0)).salesforce()).isEqualTo(new ReconcileSnapshot.Read(NOON, NOON.plusSeconds(2)));
        assertThat(snapshot.find(id(1)).salesforce().version()).isNull();
        assertThat(snapshot.find(id(2)).salesforce()).isNull();
        assertThat(snapshot.listedShare(NOON)).isBetween(0.0, 1.0);
    }

    @ParameterizedTest
    @MethodSource("databases")
    void convertedLeadsAreNotedOnceAndCountUntilTheyWereWritten(LedgerDatabase database) {
        ReconcileSnapshot snapshot = sightings(database);
        IntStream.range(0, 4).forEach(i -> known(database, id(i), NOON, "synced", NOON));
        database.sql().update("update identities set fields = '{\"Phone\":\"hash\"}'");
        snapshot.listed(List.of(listed(0, NOON), listed(1, NOON), listed(2, NOON), listed(3, NOON)), NOON);
        snapshot.read(Map.of(id(0), NOON, id(1), NOON, id(2), NOON, id(3), NOON), NOON);
        assertThat(snapshot.leftBehind(null, 9)).isEmpty();

        snapshot.converted(List.of(new SalesforcePage.Conversion(id(0), LEAD, false), new SalesforcePage.Conversion(id(1), LEAD, true),
                new SalesforcePage.Conversion(id(2), "00Q5e00000otherAAA", true), new SalesforcePage.Conversion(id(3), LEAD, false)));
        assertThat(snapshot.leftBehind(null, 9)).as("the ledger knows another record of 2").containsExactly(id(0), id(1), id(3));
        assertThat(snapshot.leftBehind(id(0), 1)).containsExactly(id(1));
        assertThat(snapshot.inSync(NOON, NOON).share()).as("1 was written after the conversion").isEqualTo(0.75);
        database.sql().update("update identities set code = 'BELONGS_TO_OTHER' where identity = ?", id(3));
        assertThat(snapshot.leftBehind(null, 9)).containsExactly(id(0), id(1));
    }

    @ParameterizedTest
    @MethodSource("databases")
    void thoseThatWereWrittenLastComeFirst(LedgerDatabase database) {
        ReconcileSnapshot snapshot = sightings(database);
        IntStream.range(0, 4).forEach(i -> {
            known(database, id(i), NOON, "synced", null);
            database.sql().update("update identities set written_at = ? where identity = ?",
                    SqlTimestamps.text(NOON.plusSeconds(i)), id(i));
        });
        assertThat(snapshot.newest(2)).containsExactly(id(3), id(2));
    }

    private static ReconcileSnapshot sightings(LedgerDatabase database) {
        database.empty();
        return new ReconcileSnapshot(database.sql(), database.transaction());
    }

    private static void known(LedgerDatabase database, String identity, Instant receivedAt, String outcome, Instant seen) {
        database.sql().update("insert into identities (identity, object, salesforce_id, fields, event, received_at, outcome,"
                + " attempts, seen_at, seen_verified) values (?, 'Lead', '" + LEAD + "', '{}', 'settings', ?, ?, 0, ?, 0)",
                identity, SqlTimestamps.text(receivedAt), outcome, SqlTimestamps.text(seen));
    }

    private static IdentityChange listed(int i, Instant updatedAt) {
        ObjectNode identity = JsonNodeFactory.instance.objectNode().put("id", id(i)).put("updated_at", updatedAt.toString());
        identity.putObject("traits");
        return new IdentityChange(IdentityChange.RECONCILE, NOON, null, identity, null, null, null, 0, null);
    }

    private static String id(int i) {
        return "%d0000000-0000-4000-8000-000000000000".formatted(i);
    }
}
