package dev.orysalesforce.reconcile;

import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.ledger.SqlTimestamps;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** The versions that Ory and Salesforce showed, and the run's position: tables beside the ledger's. */
@Component
public class ReconcileSnapshot {

    private static final String IN_SYNC = """
            select count(*) as listed, sum(case when i.salesforce_id is not null
                and i.outcome in ('synced', 'unchanged')
                and ((i.seen_at > s.ory_at and (i.received_at > s.listed_at or i.event = 'gateway'))
                    or (i.seen_at = s.ory_at and i.seen_verified >= s.ory_verified))
                and (coalesce(i.object, '') <> 'Lead' or coalesce(i.found_by, '') <> 'conversion' or i.fields <> '{}')
                and (s.read_at >= ? or i.written_at >= ?) then 1 else 0 end) as same
            from sightings s left join identities i on i.identity = s.identity where s.listed_at >= ?""";

    private static final String GONE = """
            select count(*) from identities i left join sightings s on s.identity = i.identity
            where i.salesforce_id is not null and coalesce(i.code, '') <> 'DELETED_IN_SALESFORCE'
                and coalesce(s.read_at, '') < ? and coalesce(i.written_at, '') < ?""";

    private static final String NOT_LISTED = """
            select i.identity from identities i left join sightings s on s.identity = i.identity
            where coalesce(s.listed_at, '') < ? and i.received_at < ? and i.identity > ? order by i.identity limit ?""";

    private static final String SAVE = """
            update reconcile_run set state = ?, phase = ?, position = ?, finished_at = ?, pages = ?, seen = ?, queued = ?,
                missing = ?, gone = ?, error = ?, note = ?, reading_since = ?, listed_since = ?, read_since = ?
            where started_at = ? and owner = ?""";

    private final JdbcTemplate sql;
    private final TransactionTemplate transaction;

    /** Both sides' versions of one identity; null where a side has none. */
    public record Sighting(Listed ory, Read salesforce) {}

    /** @param version {@code updated_at} of the identity */
    public record Listed(Instant version, Instant listedAt) {}

    /** @param version {@code Ory_Updated_At__c} of the record; may be null */
    public record Read(Instant version, Instant readAt) {}

    ReconcileSnapshot(JdbcTemplate sql, TransactionTemplate ledgerTransaction) {
        this.sql = sql;
        this.transaction = ledgerTransaction;
    }

    /** The run in progress, or the last one. */
    Optional<ReconcileRun> run() {
        return sql.query("select * from reconcile_run", (row, number) -> run(row)).stream().findFirst();
    }

    /**
     * The numbers of missing and gone identities stay until they are counted again.
     *
     * @return false if a run is in progress
     */
    boolean begin(Instant now) {
        return sql.update("""
                insert into reconcile_run (id, state, phase, started_at, pages, seen, queued, missing, gone)
                values (1, 'running', 'PROJECT', ?, 0, 0, 0, 0, 0)
                on conflict (id) do update set state = 'running', phase = 'PROJECT', position = null, finished_at = null,
                    started_at = excluded.started_at, pages = 0, seen = 0, queued = 0,
                    error = null, note = null, reading_since = null, owner = null, leased_until = null
                where reconcile_run.state <> 'running'""", SqlTimestamps.text(now)) == 1;
    }

    /** If several instances share a ledger, one of them runs the comparison. */
    boolean lease(String owner, Instant now, Duration time) {
        return sql.update("update reconcile_run set owner = ?, leased_until = ? where owner is null or owner = ?"
                + " or leased_until < ?", owner, SqlTimestamps.text(now.plus(time)), owner, SqlTimestamps.text(now)) == 1;
    }

    /** Unless another instance has continued the run. */
    void save(ReconcileRun run, String owner) {
        sql.update(SAVE, run.state, run.phase.name(), run.position, SqlTimestamps.text(run.finishedAt), run.pages, run.seen,
                run.queued, run.missing, run.gone, run.error, run.note, SqlTimestamps.text(run.readingSince),
                SqlTimestamps.text(run.listedSince), SqlTimestamps.text(run.readSince), SqlTimestamps.text(run.startedAt), owner);
    }

    private static ReconcileRun run(ResultSet row) throws SQLException {
        ReconcileRun run = new ReconcileRun(SqlTimestamps.of(row.getString("started_at")));
        run.state = row.getString("state");
        run.phase = ReconcileRun.Phase.valueOf(row.getString("phase"));
        run.position = row.getString("position");
        run.finishedAt = SqlTimestamps.of(row.getString("finished_at"));
        run.pages = row.getInt("pages");
        run.seen = row.getLong("seen");
        run.queued = row.getLong("queued");
        run.missing = row.getLong("missing");
        run.gone = row.getLong("gone");
        run.error = row.getString("error");
        run.note = row.getString("note");
        run.readingSince = SqlTimestamps.of(row.getString("reading_since"));
        run.listedSince = SqlTimestamps.of(row.getString("listed_since"));
        run.readSince = SqlTimestamps.of(row.getString("read_since"));
        return run;
    }

    long known() {
        return count("select count(*) from identities");
    }

    boolean isAnybodyThere() {
        return count("select count(*) from (select 1 from identities where salesforce_id is not null limit 1) one") > 0;
    }

    /** Identities whose record was written last. */
    List<String> newest(int most) {
        return sql.queryForList("select identity from identities where salesforce_id is not null"
                + " order by written_at desc limit ?", String.class, most);
    }

    void listed(Collection<IdentityChange> identities, Instant now) {
        write("""
                insert into sightings (identity, listed_at, ory_at, ory_verified) values (?, ?, ?, ?)
                on conflict (identity) do update set listed_at = excluded.listed_at, ory_at = excluded.ory_at,
                    ory_verified = excluded.ory_verified, missing_at = null
                """, identities.stream().map(listed -> new Object[] {listed.identityId(), SqlTimestamps.text(now),
                    SqlTimestamps.text(listed.version().at()), listed.version().verified()}).toList());
    }

    void missing(Collection<String> identities, Instant now) {
        write("""
                insert into sightings (identity, missing_at) values (?, ?)
                on conflict (identity) do update set missing_at = excluded.missing_at
                """, identities.stream().map(identity -> new Object[] {identity, SqlTimestamps.text(now)}).toList());
    }

    /** @param versions identity to {@code Ory_Updated_At__c}, which may be null */
    void read(Map<String, Instant> versions, Instant now) {
        write("""
                insert into sightings (identity, read_at, salesforce_at) values (?, ?, ?)
                on conflict (identity) do update set read_at = excluded.read_at, salesforce_at = excluded.salesforce_at
                """, versions.entrySet().stream().map(one -> new Object[] {one.getKey(), SqlTimestamps.text(now),
                    SqlTimestamps.text(one.getValue())}).toList());
    }

    /**
     * Notes which records of the ledger are converted Leads; the next event continues with the Contact. What the Contact
     * lacks is sent again.
     */
    void converted(Collection<SalesforcePage.Conversion> conversions) {
        write("""
                update identities set found_by = 'conversion', fields = case when ? then '{}' else fields end
                where identity = ? and salesforce_id = ? and object = 'Lead' and coalesce(found_by, '') <> 'conversion'
                """, conversions.stream().map(one -> new Object[] {one.writtenSince(), one.identity(), one.leadId()}).toList());
    }

    /** Identities that are to continue with the Contact of their Lead. */
    List<String> leftBehind(String after, int most) {
        return sql.queryForList("select identity from identities where object = 'Lead' and found_by = 'conversion'"
                + " and coalesce(code, '') <> 'BELONGS_TO_OTHER' and identity > ? order by identity limit ?",
                String.class, after == null ? "" : after, most);
    }

    private void write(String upsert, List<Object[]> rows) {
        if (!rows.isEmpty()) {
            transaction.executeWithoutResult(status -> sql.batchUpdate(upsert, rows));
        }
    }

    /** The position of the last listed identity among all possible IDs, 0 to 1. */
    double listedShare(Instant runBegan) {
        String last = sql.queryForObject("select max(identity) from sightings where listed_at >= ?", String.class,
                SqlTimestamps.text(runBegan));
        return last == null ? 0 : Long.parseLong(last.substring(0, 8), 16) / (double) 0xFFFFFFFFL;
    }

    /** Identities that were in the ledger before the run, and that it has not found. */
    List<String> notListed(Instant runBegan, String after, int most) {
        String began = SqlTimestamps.text(runBegan);
        return sql.queryForList(NOT_LISTED, String.class, began, began, after == null ? "" : after, most);
    }

    /** Identities of the ledger that Ory did not have when this run queried them. */
    List<String> missingSince(Instant runBegan, String after, int most) {
        return sql.queryForList("select s.identity from sightings s join identities i on i.identity = s.identity"
                + " where s.missing_at >= ? and s.identity > ? order by s.identity limit ?",
                String.class, SqlTimestamps.text(runBegan), after == null ? "" : after, most);
    }

    /** Records that the ledger knows, and that Salesforce has not returned since. */
    long goneSince(Instant readingBegan) {
        String began = SqlTimestamps.text(readingBegan);
        return count(GONE, began, began);
    }

    /** Forgets identities that neither Ory nor the ledger knows. */
    void forget(Instant runBegan) {
        sql.update("delete from sightings where coalesce(listed_at, '') < ?"
                + " and identity not in (select identity from identities)", SqlTimestamps.text(runBegan));
    }

    /** The share of the identities listed by Ory whose newest version is in Salesforce. */
    double inSync(Instant listedSince, Instant readSince) {
        String read = SqlTimestamps.text(readSince);
        return sql.queryForObject(IN_SYNC, (row, number) -> row.getLong("listed") == 0 ? 1
                : (double) row.getLong("same") / row.getLong("listed"), read, read, SqlTimestamps.text(listedSince));
    }

    /** Both sides' versions of an identity. */
    public Sighting find(String identity) {
        return sql.query("select * from sightings where identity = ?", (row, number) -> new Sighting(
                row.getString("listed_at") == null ? null
                        : new Listed(SqlTimestamps.of(row.getString("ory_at")), SqlTimestamps.of(row.getString("listed_at"))),
                row.getString("read_at") == null ? null
                        : new Read(SqlTimestamps.of(row.getString("salesforce_at")), SqlTimestamps.of(row.getString("read_at")))),
                identity).stream().findFirst().orElse(new Sighting(null, null));
    }

    private long count(String query, Object... values) {
        return sql.queryForObject(query, Long.class, values);
    }
}
