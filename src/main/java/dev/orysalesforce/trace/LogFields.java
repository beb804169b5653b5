package dev.orysalesforce.trace;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.orysalesforce.journal.DeadLetter;
import dev.orysalesforce.journal.IdentityChange;
import org.apache.camel.Exchange;
import org.apache.camel.spi.CamelLogger;
import org.apache.camel.spi.LogListener;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;

/** Adds the identity and the trace of a route's log line as fields of a structured log. */
@Component
class LogFields implements LogListener {

    private static final String IDENTITY = "identity";
    private static final String TRIGGER = "triggerId";
    private static final String TRACE = "trace.id"; // the name in ECS

    @Override
    public String onLog(Exchange exchange, CamelLogger logger, String message) {
        JsonNode event = MissingNode.getInstance();
        if (exchange.getMessage().getBody() instanceof DeadLetter letter) {
            event = letter.original();
            put(IDENTITY, letter.identity());
        }
        String trigger = event.path(TRIGGER).asText(exchange.getVariable(TRIGGER, String.class));
        put(TRIGGER, IdentityChange.isTriggerId(trigger) ? trigger : null);
        String traceparent = event.path("traceparent").asText(exchange.getVariable("traceparent", String.class));
        put(TRACE, traceparent == null ? null : traceparent.replaceFirst("^\\w+-(\\w+)-.*", "$1"));
        return message;
    }

    @Override
    public void afterLog(Exchange exchange, CamelLogger logger, String message) {
        MDC.remove(IDENTITY);
        MDC.remove(TRIGGER);
        MDC.remove(TRACE);
    }

    private static void put(String name, String value) {
        if (value != null) {
            MDC.put(name, value);
        }
    }
}
