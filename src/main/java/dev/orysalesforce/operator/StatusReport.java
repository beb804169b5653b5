package dev.orysalesforce.operator;

import dev.orysalesforce.edit.Acceptance;
import dev.orysalesforce.journal.Queues;
import dev.orysalesforce.reconcile.ReconcileReport;
import dev.orysalesforce.sync.Books;
import dev.orysalesforce.sync.Mapping;
import dev.orysalesforce.sync.Mappings;
import dev.orysalesforce.sync.Outage;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** The state of the app in one answer. */
@Component("statusReport")
public class StatusReport {

    private final Books books;
    private final Queues queues;
    private final Outage outage;
    private final CircuitBreaker breaker;
    private final ApiUsage usage;
    private final ReconcileReport reconcile;
    private final Mappings mappings;
    private final Acceptance versions;
    private final CamelContext camel;

    StatusReport(Books books, Queues queues, Outage outage, CircuitBreaker salesforceBreaker, ApiUsage usage,
            ReconcileReport reconcile, Mappings mappings, @Lazy Acceptance versions, CamelContext camel) {
        this.books = books;
        this.queues = queues;
        this.outage = outage;
        this.breaker = salesforceBreaker;
        this.usage = usage;
        this.reconcile = reconcile;
        this.mappings = mappings;
        this.versions = versions;
        this.camel = camel;
    }

    public Map<String, Object> report() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("balance", books.balance());
        report.put("quarantined", books.quarantinedSoFar());
        report.put("deadLetters", orNull(queues.depth(Queues.DEAD_LETTERS)));
        report.put("oldestPendingSeconds", orNull(queues.oldestSeconds(Queues.JOURNAL)));
        report.put("breaker", breaker());
        report.put("budget", usage.budget());
        report.put("reconcile", reconcile.report());
        report.put("routes", camel.getRoutes().stream().map(this::route).toList());
        report.put("mappings", mappings.all().stream().map(StatusReport::mapping).toList());
        return report;
    }

    private static Long orNull(OptionalLong known) {
        return known.isPresent() ? known.getAsLong() : null;
    }

    /** The reason is the one that health gives. */
    private Map<String, Object> breaker() {
        Map<String, Object> health = outage.health().getDetails();
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
