package dev.orysalesforce.operator;

import dev.orysalesforce.journal.Queues;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.reconcile.ReconcileReport;
import dev.orysalesforce.reload.ReloadCoordinator;
import dev.orysalesforce.salesforce.ApiUsage;
import dev.orysalesforce.sync.DeliveryPause;
import dev.orysalesforce.sync.EventCounters;
import dev.orysalesforce.sync.Mappings;
import dev.orysalesforce.write.CallSizes;
import dev.orysalesforce.write.OneWayEdits;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** The state of the app in one answer. */
@Component("statusReport")
public class StatusReport {

    private final EventCounters counters;
    private final Queues queues;
    private final DeliveryPause pause;
    private final CircuitBreaker breaker;
    private final ApiUsage usage;
    private final CallSizes sizes;
    private final OneWayEdits edits;
    private final ReconcileReport reconcile;
    private final Mappings mappings;
    private final ReloadCoordinator versions;
    private final CamelContext camel;

    StatusReport(EventCounters counters, Queues queues, DeliveryPause pause, CircuitBreaker salesforceBreaker, ApiUsage usage,
            CallSizes sizes, OneWayEdits edits, ReconcileReport reconcile, Mappings mappings, @Lazy ReloadCoordinator versions,
            CamelContext camel) {
        this.counters = counters;
        this.queues = queues;
        this.pause = pause;
        this.breaker = salesforceBreaker;
        this.usage = usage;
        this.sizes = sizes;
        this.edits = edits;
        this.reconcile = reconcile;
        this.mappings = mappings;
        this.versions = versions;
        this.camel = camel;
    }

    public Map<String, Object> report() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("balance", counters.balance());
        report.put("quarantined", counters.quarantinedSoFar());
        report.put("deadLetters", queues.depth(Queues.DEAD_LETTERS));
        report.put("oldestPendingSeconds", queues.oldestSeconds(Queues.JOURNAL));
        report.put("breaker", breaker());
        report.put("budget", usage.budget());
        report.put("callSizes", sizes.reduced());
        report.put("edits", edits.report());
        report.put("reconcile", reconcile.report());
        report.put("routes", camel.getRoutes().stream().map(this::route).toList());
        report.put("mappings", mappings.all().stream().map(StatusReport::mapping).toList());
        return report;
    }

    /** Whether delivery is paused, and why; the reason is that of health. */
    public Map<String, Object> breaker() {
        Map<String, Object> health = pause.health().getDetails();
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("state", breaker.getState().name());
        for (String detail : List.of("code", "reason", "since")) {
            state.put(detail, health.get(detail));
        }
        return state;
    }

    private Map<String, Object> route(Route route) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("id", route.getRouteId());
        one.put("status", camel.getRouteController().getRouteStatus(route.getRouteId()).name());
        one.put("description", route.getDescription());
        one.put("file", route.getSourceLocationShort());
        one.put("version", versions.version(route.getSourceLocationShort()));
        return one;
    }

    private static Map<String, Object> mapping(Mapping mapping) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("name", mapping.name());
        one.put("object", mapping.object());
        one.put("version", mapping.version());
        return one;
    }
}
