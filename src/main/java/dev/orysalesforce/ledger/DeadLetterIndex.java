package dev.orysalesforce.ledger;

import dev.orysalesforce.journal.Version;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The table of dead letters beside the ledger: what is known of each without its original, and what became of those that were
 * replayed. Other than the broker's queue it can be grouped and sorted. It holds no trait, and no ID of an erased identity.
 */
@Component
public class DeadLetterIndex {

    private static final Duration REPLAYS_KEPT = Duration.ofDays(7);
    private static final String IN_QUEUE = " where replay is null";

    private static final String INSERT = """
            insert into dead_letters (id, identity, event, object, code, message, fields, attempts, received_at, failed_at,
                version_at, version_verified, version_received, expires_at, replay, replayed_at)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (id) do\s""";
    private static final String NOTHING = "nothing";
    private static final String UPDATE = """
            update set identity = excluded.identity, event = excluded.event, object = excluded.object,
                code = excluded.code, message = excluded.message, fields = excluded.fields, attempts = excluded.attempts,
                received_at = excluded.received_at, failed_at = excluded.failed_at, version_at = excluded.version_at,
                version_verified = excluded.version_verified, version_received = excluded.version_received,
                expires_at = excluded.expires_at, replay = excluded.replay, replayed_at = excluded.replayed_at, outcome = null
            """;

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Tombstones tombstones;
    private final Clock clock;

    /**
     * A dead letter.
     *
     * @param message what happened, without a value of the identity; null if the letter can't be read, or if an older version of the
     *     app has noted it
     * @param fields names of the fields that Salesforce named
     * @param version of the event; null if the letter holds none that can be synced
     * @param expiresAt milliseconds since 1970, as in JMS; 0 is never
     */
    public record Row(String id, String identity, String event, String object, String code, String message, List<String> fields,
            int attempts, Instant receivedAt, Instant failedAt, Version version, long expiresAt) {

        /** The same letter, whose identity is known now. */
        public Row of(String known) {
            return new Row(id, known, event, object, code, message, fields, attempts, receivedAt, failedAt, version, expiresAt);
        }
    }

    /**
     * Dead letters with the same code.
     *
     * @param first when the first of them became a dead letter, and the last one; null if it is unknown
     */
    public record Group(String code, long count, Instant first, Instant last) {}

    /** @param items oldest first */
    public record Page(List<Row> items, long total) {}

    /**
     * How a replay ended.
     *
     * @param at when it began
     * @param ended outcome of the identities to the number of letters
     * @param open letters whose identity had no outcome yet
     */
    public record Ending(Instant at, Map<String, Long> ended, long open) {}

    DeadLetterIndex(JdbcTemplate batches, TransactionTemplate ledgerTransaction, Tombstones tombstones, Clock clock) {
        this.batches = batches;
        this.jdbc = JdbcClient.create(batches);
        this.transaction = ledgerTransaction;
        this.tombstones = tombstones;
        this.clock = clock;
    }

    /** These letters have come into the queue. They may have left it meanwhile, which is known then. */
    public void add(Collection<Row> rows) {
        save(rows, null, NOTHING);
    }

    /** These letters were found in the queue, whatever is known of them: their replay has rolled back, for instance. */
    public void found(Collection<Row> rows) {
        save(rows, null, UPDATE);
    }

    /** These letters are about to leave the queue: their events go into the journal again. */
    public void replayed(String replay, Collection<Row> rows) {
        save(rows, replay, UPDATE);
    }

    /** An erasure has its tombstone before it is forgotten here, so an ID that is looked up after it was written does not stay. */
    private void save(Collection<Row> rows, String replay, String onConflict) {
        if (rows.isEmpty()) {
            return;
        }
        String at = replay == null ? null : SqlTimestamps.text(clock.instant());
        transaction.executeWithoutResult(status -> batches.batchUpdate(INSERT + onConflict,
                rows.stream().map(row -> columns(row, replay, at)).toList()));
        forget(tombstones.erased(rows.stream().map(Row::identity).filter(Objects::nonNull).toList()));
    }

    private static Object[] columns(Row row, String replay, String at) {
        Version version = row.version();
        return new Object[] {Ledger.cut(row.id(), 100), row.identity(), Ledger.cut(row.event(), 40), Ledger.cut(row.object(), 80),
            Ledger.cut(row.code(), 100), Ledger.cut(row.message(), Integer.MAX_VALUE), Ledger.cut(String.join(",", row.fields()), 1000),
            row.attempts(), SqlTimestamps.text(row.receivedAt()), SqlTimestamps.text(row.failedAt()),
            version == null ? null : SqlTimestamps.text(version.at()), version == null ? null : version.verified(),
            version == null ? null : SqlTimestamps.text(version.receivedAt()), row.expiresAt(), replay, at};
    }

    /** These letters are no longer in the queue. */
    public void remove(Collection<String> ids) {
        delete("delete from dead_letters where replay is null and id = ?", ids);
    }

    /** Letters that match are no longer in the queue. */
    public void remove(DeadLetterFilter filter) {
        changing("delete from dead_letters", filter, "").update();
    }

    /**
     * Letters that match are about to leave the queue: their events go into the journal again.
     *
     * @param ids only these; null for any
     */
    public void replayed(String replay, DeadLetterFilter filter, Collection<String> ids) {
        String at = SqlTimestamps.text(clock.instant());
        changing("update dead_letters set replay = :replay, replayed_at = :at, outcome = null", filter, " and identity is not null"
                + " and failed_at <= :at" + (ids == null ? "" : " and id in (:ids)")).param("replay", replay).param("at", at)
                .param("ids", ids).update();
    }

    /** These identities were erased. */
    public void forget(Collection<String> identities) {
        delete("delete from dead_letters where identity = ?", identities);
    }

    private void delete(String statement, Collection<String> values) {
        Ledger.slices(values).forEach(some -> transaction.executeWithoutResult(status -> batches.batchUpdate(statement,
                some.stream().map(value -> new Object[] {value}).toList())));
    }

    /** The same for all that were erased, if one was missed. */
    public void forgetErased() {
        forget(tombstones.erased(jdbc.sql("select distinct identity from dead_letters where identity is not null").query(String.class)
                .list()));
    }

    /** The broker discards a letter at this time. */
    public void removeExpired() {
        jdbc.sql("delete from dead_letters where replay is null and expires_at between 1 and :now").param("now", clock.millis())
                .update();
    }

    /** Letters that can't be read, and those that an older version of the app has noted; the next comparison finds them again. */
    public void forgetIncomplete() {
        jdbc.sql("delete from dead_letters where replay is null and message is null").update();
    }

    /** How replays ended that are some days old. */
    public void forgetReplays() {
        jdbc.sql("delete from dead_letters where replayed_at < :oldest")
                .param("oldest", SqlTimestamps.text(clock.instant().minus(REPLAYS_KEPT))).update();
    }

    /** How many letters are in the queue, as far as it is known here. */
    public long count() {
        return jdbc.sql("select count(*) from dead_letters" + IN_QUEUE).query(Long.class).single();
    }

    /** The IDs of the letters in the queue. */
    public Set<String> ids() {
        return new HashSet<>(jdbc.sql("select id from dead_letters" + IN_QUEUE).query(String.class).list());
    }

    /** Those of their replayed letters that had no outcome yet have this one now. */
    public void ended(String outcome, Collection<String> identities) {
        Ledger.slices(identities).forEach(some -> jdbc.sql("update dead_letters set outcome = :outcome"
                + " where identity in (:identities) and replay is not null and outcome is null").param("outcome", outcome)
                .param("identities", some).update());
    }

    /** Whether some letters were replayed and have no outcome. */
    public boolean hasOpenReplays() {
        return !jdbc.sql("select 1 from dead_letters where replay is not null and outcome is null limit 1").query(Integer.class).list()
                .isEmpty();
    }

    /** How a replay ended; nothing if none of its letters is known. */
    public Optional<Ending> ending(String replay) {
        Map<String, Long> ended = new TreeMap<>();
        jdbc.sql("select outcome, count(*) as letters from dead_letters where replay = :replay and outcome is not null group by outcome")
                .param("replay", replay).query((row, number) -> ended.put(row.getString("outcome"), row.getLong("letters"))).list();
        return jdbc.sql("select min(replayed_at) as began, count(*) as letters, count(outcome) as ended from dead_letters"
                + " where replay = :replay").param("replay", replay)
                .query((row, number) -> new Ending(SqlTimestamps.of(row.getString("began")), ended,
                        row.getLong("letters") - row.getLong("ended")))
                .optional().filter(ending -> ending.at() != null);
    }

    /** The letters in the queue by code, the largest group first. */
    public List<Group> groups(DeadLetterFilter filter) {
        return matching("select code, count(*) as letters, min(failed_at) as first_at, max(failed_at) as last_at", filter,
                " group by code order by letters desc, code")
                .query((row, number) -> new Group(row.getString("code"), row.getLong("letters"),
                        SqlTimestamps.of(row.getString("first_at")), SqlTimestamps.of(row.getString("last_at"))))
                .list();
    }

    /** A page of the letters in the queue. */
    public Page page(DeadLetterFilter filter, int offset, int limit) {
        List<Row> items = matching("select *", filter, " order by failed_at, id limit :limit offset :offset").param("limit", limit)
                .param("offset", offset)
                .query((row, number) -> row(row)).list();
        return new Page(items, matching("select count(*)", filter, "").query(Long.class).single());
    }

    /** A letter in the queue; nothing if it is not there, or no longer. */
    public Optional<Row> find(String id) {
        return jdbc.sql("select * from dead_letters" + IN_QUEUE + " and id = :id and (expires_at = 0 or expires_at > :now)")
                .param("id", id).param("now", clock.millis()).query((row, number) -> row(row)).optional();
    }

    private static Row row(ResultSet row) throws SQLException {
        Instant at = SqlTimestamps.of(row.getString("version_at"));
        return new Row(row.getString("id"), row.getString("identity"), row.getString("event"), row.getString("object"),
                row.getString("code"), row.getString("message"),
                Stream.of(row.getString("fields").split(",")).filter(name -> !name.isEmpty()).toList(), row.getInt("attempts"),
                SqlTimestamps.of(row.getString("received_at")), SqlTimestamps.of(row.getString("failed_at")),
                at == null ? null : new Version(at, row.getInt("version_verified"), SqlTimestamps.of(row.getString("version_received"))),
                row.getLong("expires_at"));
    }

    private JdbcClient.StatementSpec matching(String selected, DeadLetterFilter filter, String rest) {
        return changing(selected + " from dead_letters", filter, rest);
    }

    private JdbcClient.StatementSpec changing(String statement, DeadLetterFilter filter, String rest) {
        String conditions = filter.parts().keySet().stream().map(part -> " and " + part + " = :" + part).collect(Collectors.joining());
        return jdbc.sql(statement + IN_QUEUE + conditions + rest).params(filter.parts());
    }
}
