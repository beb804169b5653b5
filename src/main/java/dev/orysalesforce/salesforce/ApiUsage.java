package dev.orysalesforce.salesforce;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeSentEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.camel.util.ObjectHelper;
import org.springframework.stereotype.Component;

/** Counts every call to Salesforce, including repetitions after a 401. */
@Component
public class ApiUsage extends EventNotifierSupport {

    private static final String CALLS = "ory.sync.salesforce.calls";
    private static final String SUCCESS = "200";
    private static final List<String> KINDS = List.of("upsert", "update", "create", "delete", "read", "single-write",
            "composite", "query", "describe", "other");

    private final MeterRegistry meters;
    private final Map<String, AtomicLong> calls = new ConcurrentHashMap<>();
    private final CallBudget spending;

    ApiUsage(CallBudget spending, MeterRegistry meters) {
        this.spending = spending;
        this.meters = meters;
        KINDS.forEach(kind -> meters.counter(CALLS, "kind", kind, "status", SUCCESS));
        setIgnoreCamelContextEvents(true);
        setIgnoreRouteEvents(true);
        setIgnoreServiceEvents(true);
        setIgnoreStepEvents(true);
        setIgnoreExchangeCreatedEvent(true);
        setIgnoreExchangeCompletedEvent(true);
        setIgnoreExchangeFailedEvents(true);
        setIgnoreExchangeRedeliveryEvents(true); // but not what is being sent: Camel times that for the event when it was
    }

    /** The budget in {@code /api/status}. */
    public Map<String, Object> budget() {
        Map<String, Long> made = new TreeMap<>();
        calls.forEach((kind, count) -> made.put(kind, count.get()));
        Map<String, Object> budget = new LinkedHashMap<>(spending.report());
        budget.put("calls", made);
        return budget;
    }

    @Override
    public void notify(CamelEvent event) {
        if (event instanceof ExchangeSentEvent sent && sent.getEndpoint().getEndpointUri().startsWith("salesforce:")) {
            Exchange exchange = sent.getExchange();
            String kind = kind(exchange.getProperty("method", "", String.class),
                    exchange.getProperty("path", "", String.class));
            spending.recordCall();
            if (exchange.getProperty("batch") instanceof CallListener batch) {
                batch.recordCall();
            }
            calls.computeIfAbsent(kind, name -> new AtomicLong()).incrementAndGet();
            meters.counter(CALLS, "kind", kind, "status", status(exchange)).increment();
        }
    }

    /** The kind of a call, by its path below the API version. */
    static String kind(String method, String path) {
        if (path.endsWith("/describe")) {
            return "describe";
        }
        String[] parts = path.split("[/?]");
        String resource = parts.length < 2 ? "" : parts[1];
        return switch (resource) {
            case "composite" -> parts.length < 3 ? "composite" : collection(method, parts.length);
            case "query", "queryAll" -> "query";
            case "sobjects" -> method.equals("GET") ? "read" : "single-write";
            default -> "other";
        };
    }

    private static String collection(String method, int parts) {
        return switch (method) {
            case "PATCH" -> parts > 3 ? "upsert" : "update";
            case "POST" -> "create";
            case "DELETE" -> "delete";
            default -> "read";
        };
    }

    /** 200 for any success, because the exact status does not reach the exchange; none if there was no answer. */
    private static String status(Exchange exchange) {
        if (exchange.getException() == null) {
            return SUCCESS;
        }
        SalesforceException failure = ObjectHelper.getException(SalesforceException.class, exchange.getException());
        return failure == null || failure.getStatusCode() == 0 ? "none" : String.valueOf(failure.getStatusCode());
    }
}
