package dev.orysalesforce.reconcile;

import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.stereotype.Component;

/** Whether the last comparison failed: then nobody knows who is missing, until somebody mends what it says. */
@Component
class ReconcileHealthIndicator implements HealthIndicator {

    private static final Status DEGRADED = new Status("DEGRADED");

    private final ReconcileReport report;

    ReconcileHealthIndicator(ReconcileReport report) {
        this.report = report;
    }

    @Override
    public Health health() {
        return report.run().filter(run -> run.state.equals("failed")).map(run -> Health.status(DEGRADED)
                .withDetail("reason", run.error).withDetail("since", run.finishedAt.toString()).build())
                .orElseGet(() -> Health.up().build());
    }
}
