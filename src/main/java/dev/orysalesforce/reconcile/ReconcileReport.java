package dev.orysalesforce.reconcile;

import dev.orysalesforce.reconcile.ReconcileSnapshot.InSync;
import dev.orysalesforce.settings.Degraded;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.boot.actuate.health.Health;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** The result of the last comparison, for status and metrics. */
@Component("reconcileReport")
public class ReconcileReport {

    private static final Duration BETWEEN_COUNTS = Duration.ofMinutes(1);

    private final OryAdmin ory;
    private final ReconcileSnapshot snapshot;
    private final Clock monotonicClock;
    private Instant countedAt = Instant.MIN;
    private volatile Seen seen = Seen.NOTHING;

    /** A copy for metrics and health, so that neither waits for the database. */
    private record Seen(String state, double missing, double gone, InSync inSync, Health health) {

        private static final Seen NOTHING = new Seen(null, Double.NaN, Double.NaN, null, Health.up().build());

        private double share() {
            return inSync == null ? Double.NaN : inSync.share();
        }
    }

    /**
     * The last comparison, for a page that is loaded often.
     *
     * @param state {@code off} without an Admin API, {@code none} before the first one, {@code running}, {@code done},
     *     {@code failed}, or {@code unknown} if the ledger does not answer
     * @param seen how many identities the run has listed so far
     * @param inSync as counted at most about a minute ago; null until both sides have been read once
     */
    public record Glance(String state, Instant startedAt, Instant finishedAt, long seen, String error, InSync inSync) {

        /** Whether an operator can start one. */
        public boolean canStart() {
            return Set.of("none", "done", "failed").contains(state);
        }
    }

    ReconcileReport(OryAdmin ory, ReconcileSnapshot snapshot, Clock monotonicClock, MeterRegistry meters) {
        this.ory = ory;
        this.snapshot = snapshot;
        this.monotonicClock = monotonicClock;
        meters.gauge("ory.sync.in.sync.ratio", this, report -> report.seen.share());
        meters.gauge("ory.sync.missing", this, report -> report.seen.missing());
        meters.gauge("ory.sync.gone.in.salesforce", this, report -> report.seen.gone());
    }

    /**
     * Copies the state of the run in progress, or the last one, after each of its steps and at intervals. The number in sync
     * needs the whole ledger: it is counted when a run has ended, and once a minute, because it grows while the journal
     * empties.
     *
     * @param run null if there was none
     * @param ended whether it has just ended
     */
    void see(ReconcileRun run, boolean ended) {
        if (run == null) {
            seen = Seen.NOTHING;
            countedAt = Instant.MIN;
            return;
        }
        InSync inSync = seen.inSync();
        if (run.readSince != null && (ended || !monotonicClock.instant().isBefore(countedAt.plus(BETWEEN_COUNTS)))) {
            inSync = inSync(run);
            countedAt = monotonicClock.instant();
        }
        seen = new Seen(run.state, run.missing, run.gone, inSync, !run.state.equals("failed") ? Health.up().build()
                : Health.status(Degraded.STATUS).withDetail("reason", run.error)
                        .withDetail("since", run.finishedAt.toString()).build());
    }

    /** DEGRADED if the last run failed. */
    public Health health() {
        return seen.health();
    }

    /** The state of the run in progress, or the last one: {@code running}, {@code done}, {@code failed}; null if there was none. */
    public String lastState() {
        return seen.state();
    }

    /** The share of Ory's identities that was in sync when it was last counted; not a number until then. */
    public double lastInSync() {
        return seen.share();
    }

    /** The part {@code reconcile} of {@code /api/status}; the other parts are told without the database. */
    public Map<String, Object> report() {
        try {
            return run().map(this::report).orElse(Map.of("state", "off"));
        } catch (DataAccessException e) {
            return Map.of("state", "unknown", "error", "The ledger does not answer: " + e.getClass().getSimpleName()
                    + ". Look at its database; the other parts of this status are up to date.");
        }
    }

    /** Without the count that needs the whole ledger. */
    public Glance glance() {
        try {
            return run().map(run -> new Glance(run.state, run.startedAt, run.finishedAt, run.seen, run.error(), seen.inSync()))
                    .orElse(new Glance(ory.isSet() ? "none" : "off", null, null, 0, null, null));
        } catch (DataAccessException e) {
            return new Glance("unknown", null, null, 0, null, seen.inSync());
        }
    }

    private Map<String, Object> report(ReconcileRun run) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("state", run.state);
        report.put("startedAt", run.startedAt);
        report.put("finishedAt", run.finishedAt);
        report.put("seen", run.seen);
        report.put("queued", run.queued);
        report.put("missing", run.missing);
        report.put("goneInSalesforce", run.gone);
        report.put("error", run.error());
        InSync inSync = inSync(run);
        report.put("inSync", inSync == null ? null : inSync.share());
        return report;
    }

    /** The share of Ory's list that has been read, 0 to 1: IDs are random, and listed in their order. */
    public double listedShare() {
        return run().map(run -> run.phase.compareTo(ReconcileRun.Phase.LIST) > 0 || !run.isRunning() ? 1
                : snapshot.listedShare(run.startedAt)).orElse(Double.NaN);
    }

    /** The run in progress, or the last one; nothing without an Admin API. */
    private Optional<ReconcileRun> run() {
        return ory.isSet() ? snapshot.run() : Optional.empty();
    }

    /** Null until both sides have been read once. */
    private InSync inSync(ReconcileRun run) {
        return run.readSince == null ? null : snapshot.inSync(run.listedSince, run.readSince);
    }
}
