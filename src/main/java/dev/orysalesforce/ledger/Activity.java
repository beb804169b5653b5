package dev.orysalesforce.ledger;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.orysalesforce.settings.SyncSettings;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What happened when: batches, comparisons, pauses, and the sums of each hour. It is a table beside the ledger, which all
 * instances share and which survives a restart. Batches and webhooks only count in memory; {@link #save()} writes the counts
 * once a second, so that neither waits for the database. What a killed process has not written yet is lost. No traits, no IDs
 * of identities.
 */
@Component("activity")
public class Activity implements DisposableBean {

    private static final Logger LOG = LoggerFactory.getLogger(Activity.class);

    /** A month of one row a minute is 43,200. The sums of hours do not count. */
    static final int MOST_ROWS = 50_000;
    private static final int LONGEST_MESSAGE = 1_000;

    private static final String OPEN_PAUSE = " where kind = 'pause' and ended_at is null and coalesce(message, '') = ?";
    private static final String BEGIN_PAUSE = "insert into activity (id, kind, at, code, message, " + columns(Count::column)
            + ") select ?, 'pause', ?, ?, ?, " + columns(count -> "0") + " where not exists (select 1 from activity" + OPEN_PAUSE + ")";
    private static final String SAVE = "insert into activity (id, kind, at, ended_at, code, outcome, message, "
            + columns(Count::column) + ") values (?, ?, ?, ?, ?, ?, ?, " + columns(count -> "?")
            + ") on conflict (id) do update set ended_at = excluded.ended_at, " + columns(Count::added);

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Duration retention;
    private final Clock clock;
    /** Held while the database is written to; {@code this} is held only to count. */
    private final Object writing = new Object();
    private final LongAdder accepted = new LongAdder();
    /** While the database does not answer, no batch commits, so that few rows wait. */
    private Map<String, Row> rows = new LinkedHashMap<>();
    private List<Pause> pauses = new ArrayList<>();
    /** The table may hold a pause of the process before this one. */
    private boolean mayBePaused = true;
    private Instant purgedAt = Instant.MIN;
    private boolean failing;

    /** The kinds of rows, and what each counts. */
    public enum Kind {
        BATCHES(EnumSet.of(Count.BATCHES, Count.MILLIS, Count.CALLS, Count.SYNCED, Count.UNCHANGED, Count.SUPERSEDED, Count.SKIPPED,
                Count.RETRIED, Count.DEAD_LETTERED)),
        COMPARISON(EnumSet.of(Count.SEEN, Count.QUEUED, Count.MISSING, Count.GONE)),
        PAUSE(EnumSet.noneOf(Count.class)),
        HOUR(EnumSet.of(Count.BATCHES, Count.MILLIS, Count.CALLS, Count.ACCEPTED, Count.SYNCED, Count.UNCHANGED, Count.SUPERSEDED,
                Count.SKIPPED, Count.RETRIED, Count.DEAD_LETTERED));

        private final Set<Count> counts;

        Kind(Set<Count> counts) {
            this.counts = counts;
        }

        /** As it is written in the table and in JSON. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is counted. */
    public enum Count {
        BATCHES("batches"), MILLIS("millis"), CALLS("calls"), ACCEPTED("accepted"), SYNCED("synced"), UNCHANGED("unchanged"),
        SUPERSEDED("superseded"), SKIPPED("skipped"), RETRIED("retried"), DEAD_LETTERED("deadLettered"), SEEN("seen"),
        QUEUED("queued"), MISSING("missing"), GONE("goneInSalesforce");

        private final String label;

        Count(String label) {
            this.label = label;
        }

        private String column() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Rows of several moments and instances add up. */
        private String added() {
            return column() + " = activity." + column() + " + excluded." + column();
        }
    }

    /**
     * @param endedAt null for a pause that has not ended
     * @param code why delivery was paused
     * @param outcome of a comparison: {@code done} or {@code failed}
     * @param message what an operator should know of it; of a pause, the object whose records wait, if others go on
     * @param counts what its {@link Kind} counts
     */
    public record Entry(String kind, Instant at, Instant endedAt, @JsonInclude(JsonInclude.Include.NON_NULL) String code,
            @JsonInclude(JsonInclude.Include.NON_NULL) String outcome, @JsonInclude(JsonInclude.Include.NON_NULL) String message,
            Map<String, Long> counts) {}

    /** @param items newest first */
    public record Page(List<Entry> items, long total) {}

    /**
     * @param object whose records wait; null if all do
     * @param code null if it ends
     */
    private record Pause(String object, String code, Instant at) {}

    /** A row to be written, or what is to be added to one. */
    private record Row(Kind kind, Instant at, Instant endedAt, String code, String outcome, String message,
            Map<Count, Long> counts) {

        Row plus(Row later) {
            Map<Count, Long> sum = new EnumMap<>(Count.class);
            sum.putAll(counts);
            later.counts.forEach((count, many) -> sum.merge(count, many, Long::sum));
            return new Row(kind, at, later.endedAt, code, outcome, message, sum);
        }

        Object[] columns(String id) {
            List<Object> columns = new ArrayList<>(Arrays.asList(id, kind.label(), SqlTimestamps.text(at),
                    SqlTimestamps.text(endedAt), code, outcome, message));
            for (Count count : Count.values()) {
                columns.add(counts.getOrDefault(count, 0L));
            }
            return columns.toArray();
        }
    }

    public Activity(JdbcTemplate jdbc, TransactionTemplate ledgerTransaction, SyncSettings settings, Clock clock) {
        this.batches = jdbc;
        this.jdbc = JdbcClient.create(jdbc);
        this.transaction = ledgerTransaction;
        this.retention = settings.activityRetention();
        this.clock = clock;
    }

    private static String columns(Function<Count, String> sql) {
        return Arrays.stream(Count.values()).map(sql).collect(Collectors.joining(", "));
    }

    /** An event is in the journal. The sender waits for nothing here. */
    public void accepted() {
        accepted.increment();
    }

    /**
     * A batch has committed, so delivery is not paused.
     *
     * @param counts its calls, and its events by outcome
     */
    public synchronized void batch(Instant began, Map<Count, Long> counts) {
        Instant now = clock.instant();
        Map<Count, Long> all = new EnumMap<>(Count.class);
        all.putAll(counts);
        all.put(Count.BATCHES, 1L);
        all.put(Count.MILLIS, Math.max(0, Duration.between(began, now).toMillis()));
        add(Kind.BATCHES, now.truncatedTo(ChronoUnit.MINUTES), new Row(Kind.BATCHES, began, now, null, null, null, all));
        addToHour(now, all);
        if (mayBePaused) {
            mayBePaused = false;
            pauses.add(new Pause(null, null, now));
        }
    }

    /** Delivery pauses, or pauses for another reason than before. */
    public synchronized void paused(String code) {
        pauses.add(new Pause(null, code, clock.instant()));
        mayBePaused = true;
    }

    /** The records of one object wait, and the others go on. */
    public synchronized void paused(String object, String code) {
        pauses.add(new Pause(object, code, clock.instant()));
    }

    /** Salesforce takes records of this object again. */
    public synchronized void resumed(String object) {
        pauses.add(new Pause(object, null, clock.instant()));
    }

    /**
     * A comparison has ended.
     *
     * @param message what an operator should know of it; may be null
     */
    public synchronized void compared(Instant began, String outcome, String message, Map<Count, Long> counts) {
        add(Kind.COMPARISON, began, new Row(Kind.COMPARISON, began, clock.instant(), null, outcome,
                message == null ? null : message.substring(0, Math.min(message.length(), LONGEST_MESSAGE)), counts));
    }

    private void addToHour(Instant now, Map<Count, Long> counts) {
        Instant hour = now.truncatedTo(ChronoUnit.HOURS);
        add(Kind.HOUR, hour, new Row(Kind.HOUR, hour, hour.plus(1, ChronoUnit.HOURS), null, null, null, counts));
    }

    private void add(Kind kind, Instant key, Row row) {
        rows.merge(kind.label() + " " + key, row, Row::plus);
    }

    /** Writes what has been counted since the last time; what can't be written is kept for the next time. */
    public void save() {
        synchronized (writing) {
            Map<String, Row> ready;
            List<Pause> changes;
            synchronized (this) {
                long events = accepted.sumThenReset();
                if (events > 0) {
                    addToHour(clock.instant(), Map.of(Count.ACCEPTED, events));
                }
                ready = rows;
                changes = pauses;
                rows = new LinkedHashMap<>();
                pauses = new ArrayList<>();
            }
            if (!ready.isEmpty() || !changes.isEmpty()) {
                save(ready, changes);
            }
        }
    }

    private void save(Map<String, Row> ready, List<Pause> changes) {
        try {
            transaction.executeWithoutResult(status -> write(ready, changes));
            failing = false;
        } catch (DataAccessException | TransactionException e) {
            keep(ready, changes);
            if (!failing) {
                LOG.warn("The activity is not up to date, because the ledger does not answer: {}", e.getClass().getSimpleName());
            }
            failing = true;
        }
    }

    private void write(Map<String, Row> ready, List<Pause> changes) {
        batches.batchUpdate(SAVE, ready.entrySet().stream().map(row -> row.getValue().columns(row.getKey())).toList());
        for (Pause change : changes) {
            String at = SqlTimestamps.text(change.at());
            String object = Objects.toString(change.object(), "");
            batches.update("update activity set ended_at = ?" + OPEN_PAUSE + " and code <> ?", at, object, String.valueOf(change.code()));
            if (change.code() != null) {
                batches.update(BEGIN_PAUSE, Kind.PAUSE.label() + " " + object + change.at(), at, change.code(), change.object(), object);
            }
        }
        purge();
    }

    private void purge() {
        Instant now = clock.instant();
        if (now.isBefore(purgedAt.plus(1, ChronoUnit.HOURS))) {
            return;
        }
        batches.update("delete from activity where at < ?", SqlTimestamps.text(now.minus(retention)));
        batches.update("delete from activity where kind <> 'hour' and at < (select at from activity where kind <> 'hour'"
                + " order by at desc limit 1 offset ?)", MOST_ROWS - 1);
        purgedAt = now;
    }

    private synchronized void keep(Map<String, Row> unwritten, List<Pause> changes) {
        Map<String, Row> later = rows;
        rows = unwritten;
        later.forEach((id, row) -> rows.merge(id, row, Row::plus));
        changes.addAll(pauses);
        pauses = changes;
    }

    /** Writes what a process that ends has not written yet. */
    @Override
    public void destroy() {
        save();
    }

    /**
     * @param kind null for all but the sums of the hours
     * @param from only what began then or later; may be null
     */
    public Page list(Kind kind, Instant from, int offset, int limit) {
        String matching = " from activity where kind " + (kind == null ? "<>" : "=") + " :kind and at >= :from";
        String which = (kind == null ? Kind.HOUR : kind).label();
        String since = from == null ? "" : SqlTimestamps.text(from);
        List<Entry> items = jdbc.sql("select *" + matching + " order by at desc, id limit :limit offset :offset")
                .param("kind", which).param("from", since).param("limit", limit).param("offset", offset)
                .query((row, number) -> entry(row)).list();
        return new Page(items, jdbc.sql("select count(*)" + matching).param("kind", which).param("from", since)
                .query(Long.class).single());
    }

    private static Entry entry(ResultSet row) throws SQLException {
        Kind kind = Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT));
        Map<String, Long> counts = new LinkedHashMap<>();
        for (Count count : kind.counts) {
            counts.put(count.label, row.getLong(count.column()));
        }
        return new Entry(kind.label(), SqlTimestamps.of(row.getString("at")), SqlTimestamps.of(row.getString("ended_at")),
                row.getString("code"), row.getString("outcome"), row.getString("message"), counts);
    }
}
