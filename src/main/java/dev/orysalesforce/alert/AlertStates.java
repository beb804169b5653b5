package dev.orysalesforce.alert;

import dev.orysalesforce.ledger.SqlTimestamps;
import dev.orysalesforce.sync.WriterLease;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Which alerts are to be sent: one when a condition begins, at most one in {@code alerts.min-interval}, and one when a
 * condition ends whose beginning was told. The state is in a table beside the ledger, which all instances share. While it
 * does not answer, the instance goes by what it knew last.
 */
@Component("alertStates")
public class AlertStates {

    private static final Logger LOG = LoggerFactory.getLogger(AlertStates.class);
    private static final Duration SHORTEST_LEASE = Duration.ofSeconds(10);

    private final JdbcClient jdbc;
    private final WriterLease lease;
    private final DeadLetterCodes codes;
    private final AlertSettings settings;
    private final Clock clock;
    private final Map<AlertKind, State> known = new EnumMap<>(AlertKind.class);
    private boolean responsible;
    private boolean storeFails;

    /**
     * @param violated whether the condition holds
     * @param since when that began
     * @param told whether the last alert said that it holds
     * @param begun how often it began since the last alert that said so
     * @param sentAt when that alert was sent
     * @param revision 0 if it is not in the table
     */
    record State(boolean violated, Instant since, boolean told, int begun, Instant sentAt, int revision) {

        static final State FRESH = new State(false, null, false, 0, null, 0);
    }

    AlertStates(JdbcClient jdbc, WriterLease lease, DeadLetterCodes codes, AlertSettings settings, Clock clock) {
        this.jdbc = jdbc;
        this.lease = lease;
        this.codes = codes;
        this.settings = settings;
        this.clock = clock;
    }

    /** Whether this instance looks for alerts: one of those that share the ledger, preferably the one that delivers. */
    public boolean isResponsible() {
        try {
            Duration twice = settings.interval().multipliedBy(2);
            responsible = lease.acquireForAlerts(twice.compareTo(SHORTEST_LEASE) < 0 ? SHORTEST_LEASE : twice);
            storeFails = false;
        } catch (DataAccessException e) {
            noteFailure(e);
        }
        return responsible;
    }

    /** @return the alert that is to be sent now; null if there is none */
    public Alert next(Condition condition) {
        if (condition.verdict() == Condition.Verdict.UNKNOWN) {
            return null;
        }
        AlertKind kind = condition.kind();
        Instant now = clock.instant();
        State before = state(kind);
        boolean begins = condition.holds() && !before.violated();
        Instant since = condition.holds() == before.violated() && before.since() != null ? before.since()
                : condition.since() != null ? condition.since() : now;
        int begun = before.begun() + (begins ? 1 : 0);
        boolean tell = condition.holds() && !before.told() && mayTellAgain(before, now);
        boolean end = !condition.holds() && before.told() && kind.hasEnd();
        State after = tell
                ? new State(kind.hasEnd(), since, kind.hasEnd(), 0, now, before.revision())
                : new State(condition.holds(), since, before.told() && !end, begun, before.sentAt(), before.revision());
        boolean changed = tell || end || begins || before.violated() != after.violated();
        if (changed && !save(kind, after) || !tell && !end) {
            return null;
        }
        if (tell && kind == AlertKind.NEW_CODE) {
            codes.reported(codes.unreported());
        }
        return new Alert(UUID.randomUUID().toString(), kind.label(), !kind.hasEnd() ? "told" : tell ? "begun" : "ended",
                kind.title(end), condition.text(), now, kind.hasEnd() ? since : null, tell && kind.hasEnd() ? begun : null,
                condition.counts().get(), condition.remedy(), link(kind));
    }

    private boolean mayTellAgain(State before, Instant now) {
        return before.sentAt() == null || !now.isBefore(before.sentAt().plus(settings.minInterval()));
    }

    /** The state that is stored; what was known last while the table does not answer. */
    State state(AlertKind kind) {
        try {
            known.put(kind, jdbc.sql("select * from alerts where kind = :kind").param("kind", kind.label())
                    .query((row, number) -> new State(row.getInt("violated") != 0, SqlTimestamps.of(row.getString("since")),
                            row.getInt("told") != 0, row.getInt("begun"), SqlTimestamps.of(row.getString("sent_at")),
                            row.getInt("revision")))
                    .optional().orElse(State.FRESH));
            storeFails = false;
        } catch (DataAccessException e) {
            noteFailure(e);
        }
        return known.getOrDefault(kind, State.FRESH);
    }

    /** @return false if another instance was faster */
    boolean save(AlertKind kind, State state) {
        try {
            int changed = jdbc.sql("""
                    insert into alerts (kind, violated, since, told, begun, sent_at, revision)
                    values (:kind, :violated, :since, :told, :begun, :sentAt, 1)
                    on conflict (kind) do update set violated = excluded.violated, since = excluded.since, told = excluded.told,
                        begun = excluded.begun, sent_at = excluded.sent_at, revision = alerts.revision + 1
                        where alerts.revision = :revision
                    """).param("kind", kind.label()).param("violated", state.violated() ? 1 : 0)
                    .param("since", SqlTimestamps.text(state.since())).param("told", state.told() ? 1 : 0)
                    .param("begun", state.begun()).param("sentAt", SqlTimestamps.text(state.sentAt()))
                    .param("revision", state.revision()).update();
            storeFails = false;
            return changed > 0;
        } catch (DataAccessException e) {
            noteFailure(e);
            known.put(kind, state);
            return true;
        }
    }

    /** Null without {@code CONSOLE_URL}. */
    String link(AlertKind kind) {
        return settings.consoleUrl() == null ? null : settings.consoleUrl() + "/console" + kind.page();
    }

    private void noteFailure(DataAccessException e) {
        if (!storeFails) {
            storeFails = true;
            LOG.warn("The ledger does not answer, so what the alerts have told is in memory only: {}", e.getClass().getSimpleName());
        }
    }
}
