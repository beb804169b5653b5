package dev.orysalesforce.trace;

import dev.orysalesforce.journal.IdentityChange;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;

/**
 * A span for each pass through a route that {@code traces.spans} names. It holds IDs, counts, an HTTP status and the class
 * of an exception. Camel's own tracer would add URIs, log lines and messages of exceptions, which may quote traits.
 * <p>The variable {@code traceparent} names the span that an exchange is in.
 */
class RouteSpans implements RoutePolicyFactory {

    private static final String TRACEPARENT = "traceparent";

    private static final TextMapGetter<String> GETTER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String traceparent) {
            return List.of(TRACEPARENT);
        }

        @Override
        public String get(String traceparent, String key) {
            return TRACEPARENT.equals(key) ? traceparent : null;
        }
    };

    private final Tracer tracer;
    private final Map<String, SpanKind> kinds;

    RouteSpans(Tracer tracer, Map<String, SpanKind> kinds) {
        this.tracer = tracer;
        this.kinds = kinds;
    }

    @Override
    public RoutePolicy createRoutePolicy(CamelContext camel, String routeId, NamedNode route) {
        SpanKind kind = kinds.get(routeId);
        return kind == null ? null : new Spans(routeId, kind);
    }

    /** @param around the enclosing span; null if there is none */
    private record Open(Span span, Object around) {}

    private final class Spans extends RoutePolicySupport {

        private final String routeId;
        private final SpanKind kind;

        Spans(String routeId, SpanKind kind) {
            this.routeId = routeId;
            this.kind = kind;
        }

        @Override
        public void onExchangeBegin(Route route, Exchange exchange) {
            Object around = exchange.getVariable(TRACEPARENT);
            Span span = switch (kind) {
                case SERVER -> start(context(exchange.getMessage().getHeader(TRACEPARENT, String.class)));
                case CONSUMER -> startBatch((List<?>) exchange.getMessage().getBody());
                default -> start(context((String) around));
            };
            exchange.setProperty(routeId, new Open(span, around));
            exchange.setVariable(TRACEPARENT, traceparent(span.getSpanContext()));
        }

        @Override
        public void onExchangeDone(Route route, Exchange exchange) {
            Open open = (Open) exchange.removeProperty(routeId);
            exchange.setVariable(TRACEPARENT, open.around());
            Integer status = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
            if (kind == SpanKind.SERVER && status != null) {
                open.span().setAttribute("http.response.status_code", status);
            }
            if (exchange.getException() != null) {
                open.span().setAttribute("error.type", exchange.getException().getClass().getName());
            }
            if (exchange.isFailed() || kind == SpanKind.SERVER && status != null && status >= 500) {
                open.span().setStatus(StatusCode.ERROR);
            }
            open.span().end();
        }

        private Span start(SpanContext parent) {
            return builder(routeId, parent).startSpan();
        }

        /**
         * A batch continues the trace of its first event that is sampled, and links to those of the others. In each trace a
         * span shows how long the event has waited; it links to the batch that has read it.
         */
        private Span startBatch(List<?> body) {
            List<IdentityChange> events = body.stream().map(IdentityChange.class::cast).toList();
            List<SpanContext> contexts = events.stream().map(event -> context(event.traceparent())).toList();
            SpanContext first = contexts.stream().filter(SpanContext::isSampled).findFirst()
                    .or(() -> contexts.stream().filter(SpanContext::isValid).findFirst()).orElse(SpanContext.getInvalid());
            SpanBuilder builder = builder(routeId, first).setAttribute("events", (long) events.size());
            contexts.stream().filter(context -> context.isSampled() && context != first).forEach(builder::addLink);
            Span batch = builder.startSpan();
            for (int i = 0; i < events.size(); i++) {
                if (contexts.get(i).isSampled()) {
                    builder("journal", contexts.get(i)).addLink(batch.getSpanContext())
                            .setStartTimestamp(events.get(i).receivedAt())
                            .setAttribute("identity", events.get(i).identityId()).startSpan().end();
                }
            }
            return batch;
        }

        private SpanBuilder builder(String name, SpanContext parent) {
            return tracer.spanBuilder(name).setSpanKind(kind).setParent(Context.root().with(Span.wrap(parent)));
        }
    }

    /** An invalid trace context counts as none. */
    private static SpanContext context(String traceparent) {
        return Span.fromContext(W3CTraceContextPropagator.getInstance().extract(Context.root(), traceparent, GETTER))
                .getSpanContext();
    }

    private static String traceparent(SpanContext context) {
        return "00-" + context.getTraceId() + "-" + context.getSpanId() + "-" + context.getTraceFlags().asHex();
    }
}
