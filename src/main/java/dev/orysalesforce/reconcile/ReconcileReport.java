package dev.orysalesforce.reconcile;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/** How the last comparison went, for status and metrics. */
@Component("reconcileReport")
public class ReconcileReport {

    private final OryAdmin ory;
    private final Sightings sightings;

    ReconcileReport(OryAdmin ory, Sightings sightings, MeterRegistry meters) {
        this.ory = ory;
        this.sightings = sightings;
        meters.gauge("ory.sync.in.sync.ratio", this, report -> report.of(report::inSync));
        meters.gauge("ory.sync.missing", this, report -> report.of(run -> (double) run.missing));
        meters.gauge("ory.sync.gone.in.salesforce", this, report -> report.of(run -> (double) run.gone));
    }

    /** What {@code /api/status} says of it. */
    public Map<String, Object> report() {
        Map<String, Object> report = new LinkedHashMap<>();
        Run run = run().orElse(null);
        report.put("state", run == null ? "off" : run.state);
        if (run != null) {
            report.put("startedAt", run.startedAt);
            report.put("finishedAt", run.finishedAt);
            report.put("seen", run.seen);
            report.put("queued", run.queued);
            report.put("missing", run.missing);
            report.put("goneInSalesforce", run.gone);
            report.put("error", run.error());
            report.put("inSync", inSync(run));
        }
        return report;
    }

    /** How much of Ory's list has been read, 0 to 1: IDs are random, and listed in their order. */
    public double listedShare() {
        return run().map(run -> run.phase.compareTo(Run.Phase.LIST) > 0 || !run.isRunning() ? 1
                : sightings.listedShare(run.startedAt)).orElse(Double.NaN);
    }

    /** The run on its way, or the last one; nothing without an Admin API. */
    Optional<Run> run() {
        return ory.isSet() ? sightings.run() : Optional.empty();
    }

    /** Null until both sides have been read once. */
    private Double inSync(Run run) {
        return run.readSince == null ? null : sightings.inSync(run.listedSince, run.readSince);
    }

    private double of(Function<Run, Double> number) {
        return run().map(number).orElse(Double.NaN);
    }
}
