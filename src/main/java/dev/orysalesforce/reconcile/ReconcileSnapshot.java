package dev.orysalesforce.reconcile;

import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.ledger.SqlTimestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.SimplePropertyRowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
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
                and (s.read_at >= :read or i.written_at >= :read) then 1 else 0 end) as same
            from sightings s left join identities i on i.identity = s.identity where s.listed_at >= :listed""";

    private static final String GONE = """
            select count(*) from identities i left join sightings s on s.identity = i.identity
            where i.salesforce_id is not null and coalesce(i.code, '') <> 'DELETED_IN_SALESFORCE'
                and coalesce(s.read_at, '') < :began and coalesce(i.written_at, '') < :began""";

    private static final String UNMARKED = " from sightings s join identities i on i.identity = s.identity"
            + " where s.missing_at >= :began and i.salesforce_id is not null and coalesce(i.code, '') <> '"
            + LedgerEntry.GONE_AT_ORY + "'";

    private static final String NOT_LISTED = """
            select i.identity from identities i left join sightings s on s.identity = i.identity
            where coalesce(s.listed_at, '') < :began and i.received_at < :began and i.identity > :after
            order by i.identity limit :most""";

    private static final String SAVE = """
            update reconcile_run set state = :state, phase = :phase, position = :position, finished_at = :finishedAt,
                pages = :pages, seen = :seen, queued = :queued, missing = :missing, gone = :gone, error = :error, note = :note,
                reading_since = :readingSince, listed_since = :listedSince, read_since = :readSince
            where started_at = :startedAt and owner = :owner""";

    /** This conversion service also reads the texts of {@link SqlTimestamps}. */
    private static final RowMapper<ReconcileRun> RUNS =
            new SimplePropertyRowMapper<>(ReconcileRun.class, ApplicationConversionService.getSharedInstance());

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;

    /** Both sides' versions of one identity; null where a side has none. */
    public record Sighting(Listed ory, Read salesforce) {}

    /** @param version {@code updated_at} of the identity */
    public record Listed(Instant version, Instant listedAt) {}

    /** @param version {@code Ory_Updated_At__c} of the record; may be null */
    public record Read(Instant version, Instant readAt) {}

    /**
     * @param listed the identities that Ory lists
     * @param same those of them whose newest version is in Salesforce
     */
    public record InSync(long listed, long same) {

        /** 0 to 1. */
        double share() {
            return listed == 0 ? 1 : (double) same / listed;
        }
    }

    ReconcileSnapshot(JdbcTemplate batches, TransactionTemplate ledgerTransaction) {
        this.batches = batches;
        this.jdbc = JdbcClient.create(batches);
        this.transaction = ledgerTransaction;
    }

    /** The run in progress, or the last one. */
    Optional<ReconcileRun> run() {
        return jdbc.sql("select * from reconcile_run").query(RUNS).optional();
    }

    /**
     * The numbers of missing and gone identities stay until they are counted again.
     *
     * @return false if a run is in progress
     */
    boolean begin(Instant now) {
        return jdbc.sql("""
                insert into reconcile_run (id, state, phase, started_at, pages, seen, queued, missing, gone)
                values (1, 'running', 'PROJECT', :now, 0, 0, 0, 0, 0)
                on conflict (id) do update set state = 'running', phase = 'PROJECT', position = null, finished_at = null,
                    started_at = excluded.started_at, pages = 0, seen = 0, queued = 0,
                    error = null, note = null, reading_since = null, owner = null, leased_until = null
                where reconcile_run.state <> 'running'""").param("now", SqlTimestamps.text(now)).update() == 1;
    }

    /** If several instances share a ledger, one of them runs the comparison. */
    boolean lease(String owner, Instant now, Duration time) {
        return jdbc.sql("update reconcile_run set owner = :owner, leased_until = :end"
                + " where owner is null or owner = :owner or leased_until < :now").param("owner", owner)
                .param("end", SqlTimestamps.text(now.plus(time))).param("now", SqlTimestamps.text(now)).update() == 1;
    }

    /** Unless another instance has continued the run. */
    void save(ReconcileRun run, String owner) {
        jdbc.sql(SAVE).param("owner", owner).param("startedAt", SqlTimestamps.text(run.startedAt))
                .param("state", run.state).param("phase", run.phase.name()).param("position", run.position)
                .param("finishedAt", SqlTimestamps.text(run.finishedAt)).param("pages", run.pages)
                .param("seen", run.seen).param("queued", run.queued).param("missing", run.missing).param("gone", run.gone)
                .param("error", run.error).param("note", run.note).param("readingSince", SqlTimestamps.text(run.readingSince))
                .param("listedSince", SqlTimestamps.text(run.listedSince))
                .param("readSince", SqlTimestamps.text(run.readSince)).update();
    }

    long known() {
        return jdbc.sql("select count(*) from identities").query(Long.class).single();
    }

    boolean isAnybodyThere() {
        return jdbc.sql("select 1 from identities where salesforce_id is not null limit 1").query(Integer.class).optional().isPresent();
    }

    /** Identities whose record was written last. */
    List<String> newest(int most) {
        return jdbc.sql("select identity from identities where salesforce_id is not null order by written_at desc limit :most")
                .param("most", most).query(String.class).list();
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
        return page(jdbc.sql("select identity from identities where object = 'Lead' and found_by = 'conversion'"
                + " and coalesce(code, '') <> 'BELONGS_TO_OTHER' and identity > :after order by identity limit :most"), after, most);
    }

    private void write(String upsert, List<Object[]> rows) {
        if (!rows.isEmpty()) {
            transaction.executeWithoutResult(status -> batches.batchUpdate(upsert, rows));
        }
    }

    /** The position of the last listed identity among all possible IDs, 0 to 1. */
    double listedShare(Instant runBegan) {
        return since(runBegan, "select max(identity) from sightings where listed_at >= :began").query(String.class).optional()
                .map(last -> Long.parseLong(last.substring(0, 8), 16) / (double) 0xFFFFFFFFL).orElse(0.0);
    }

    /** Identities that were in the ledger before the run, and that it has not found. */
    List<String> notListed(Instant runBegan, String after, int most) {
        return page(since(runBegan, NOT_LISTED), after, most);
    }

    /** Identities of the ledger that Ory did not have when this run queried them. */
    List<String> missingSince(Instant runBegan, String after, int most) {
        return page(since(runBegan, "select s.identity from sightings s join identities i on i.identity = s.identity"
                + " where s.missing_at >= :began and s.identity > :after order by s.identity limit :most"), after, most);
    }

    /** The same with a record that is not marked yet. */
    List<String> unmarkedSince(Instant runBegan, String after, int most) {
        return page(since(runBegan, "select s.identity" + UNMARKED + " and s.identity > :after order by s.identity limit :most"),
                after, most);
    }

    /** How many they are. */
    long unmarkedSince(Instant runBegan) {
        return since(runBegan, "select count(*)" + UNMARKED).query(Long.class).single();
    }

    /** Records that the ledger knows, and that Salesforce has not returned since. */
    long goneSince(Instant readingBegan) {
        return since(readingBegan, GONE).query(Long.class).single();
    }

    /** Forgets identities that neither Ory nor the ledger knows. */
    void forget(Instant runBegan) {
        since(runBegan, "delete from sightings where coalesce(listed_at, '') < :began"
                + " and identity not in (select identity from identities)").update();
    }

    InSync inSync(Instant listedSince, Instant readSince) {
        return jdbc.sql(IN_SYNC).param("listed", SqlTimestamps.text(listedSince)).param("read", SqlTimestamps.text(readSince))
                .query((row, number) -> new InSync(row.getLong("listed"), row.getLong("same"))).single();
    }

    /** Both sides' versions of an identity. */
    public Sighting find(String identity) {
        return jdbc.sql("select * from sightings where identity = :identity").param("identity", identity)
                .query((row, number) -> new Sighting(
                        row.getString("listed_at") == null ? null : new Listed(
                                SqlTimestamps.of(row.getString("ory_at")), SqlTimestamps.of(row.getString("listed_at"))),
                        row.getString("read_at") == null ? null : new Read(
                                SqlTimestamps.of(row.getString("salesforce_at")), SqlTimestamps.of(row.getString("read_at")))))
                .optional().orElse(new Sighting(null, null));
    }

    private StatementSpec since(Instant began, String query) {
        return jdbc.sql(query).param("began", SqlTimestamps.text(began));
    }

    private static List<String> page(StatementSpec query, String after, int most) {
        return query.param("after", after == null ? "" : after).param("most", most).query(String.class).list();
    }
}
