package dev.orysalesforce.reconcile;

import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.stereotype.Component;

/** Whether the last comparison failed: then missing identities are not found until an operator fixes the cause. */
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
