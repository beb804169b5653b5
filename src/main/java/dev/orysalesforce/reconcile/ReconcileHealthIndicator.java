package dev.orysalesforce.reconcile;

import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.stereotype.Component;

/** Whether the last comparison failed: then nobody knows who is missing, until somebody fixes what it says. */
@Component
class ReconcileHealthIndicator implements HealthIndicator {

    private final ReconcileReport report;

    ReconcileHealthIndicator(ReconcileReport report) {
        this.report = report;
    }

    @Override
    public Health health() {
        return report.health();
    }
}
