package dev.orysalesforce.reconcile;

import dev.orysalesforce.settings.Degraded;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.stereotype.Component;

/** Whether the last comparison failed: then nobody knows who is missing, until somebody mends what it says. */
@Component
class ReconcileHealthIndicator implements HealthIndicator {


    private final ReconcileReport report;

    ReconcileHealthIndicator(ReconcileReport report) {
        this.report = report;
    }

    @Override
    public Health health() {
        return report.run().filter(run -> run.state.equals("failed")).map(run -> Health.status(Degraded.STATUS)
                .withDetail("reason", run.error).withDetail("since", run.finishedAt.toString()).build())
                .orElseGet(() -> Health.up().build());
    }
}
