package dev.orysalesforce.receive;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.springframework.stereotype.Component;

/** Counts webhooks of which nothing was kept, because the hook at Ory is set up wrong. */
@Component("refusedWebhooks")
public class RefusedWebhooks {

    static final String UNAUTHORIZED = "unauthorized";
    static final String METHOD = "method";
    static final String PATH = "path";
    static final String CONTENT_TYPE = "content-type";
    private static final String REFUSED = "ory.sync.refused";

    private final MeterRegistry meters;

    RefusedWebhooks(MeterRegistry meters) {
        this.meters = meters;
        List.of(UNAUTHORIZED, METHOD, PATH, CONTENT_TYPE).forEach(reason -> meters.counter(REFUSED, "reason", reason));
    }

    /** @param reason one of the constants here */
    public void count(String reason) {
        meters.counter(REFUSED, "reason", reason).increment();
    }
}
