package dev.orysalesforce.operator;

import dev.orysalesforce.settings.Degraded;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.stereotype.Component;

/** Reports routes that an operator has stopped, which Camel's own checks ignore. */
@Component
class RoutesHealthIndicator implements HealthIndicator {

    /** The areas that a webhook passes until it has its answer. */
    private static final Set<String> ACCEPTING = Set.of("receive", "mapping", "journal", "problem");

    private final CamelContext camel;

    RoutesHealthIndicator(CamelContext camel) {
        this.camel = camel;
    }

    @Override
    public Health health() {
        if (!camel.isStarted()) {
            return Health.outOfService().withDetail("reason", "The app is starting or stopping.").build();
        }
        List<String> stopped = camel.getRoutes().stream().map(Route::getRouteId).filter(this::isStopped).sorted()
                .toList();
        if (stopped.isEmpty()) {
            return Health.up().build();
        }
        boolean accepting = stopped.stream().noneMatch(id -> ACCEPTING.contains(id.split("\\.")[0]));
        return Health.status(accepting ? Degraded.STATUS : Status.OUT_OF_SERVICE)
                .withDetail("reason", "An operator has stopped " + String.join(", ", stopped) + "."
                        + (accepting ? "" : " Webhooks are answered 503."))
                .withDetail("remedy", "Start it in Hawtio under Camel > routes > Routes, or restart the app.")
                .build();
    }

    private boolean isStopped(String id) {
        ServiceStatus status = camel.getRouteController().getRouteStatus(id);
        return status != null && (status.isStopped() || status.isSuspended());
    }
}
