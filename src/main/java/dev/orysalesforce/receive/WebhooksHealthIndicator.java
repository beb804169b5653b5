package dev.orysalesforce.receive;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.stereotype.Component;

/** Whether webhooks arrive, and with a known secret. Always UP: callers without a secret must not be able to change that. */
@Component
class WebhooksHealthIndicator implements HealthIndicator {

    private static final Logger LOG = LoggerFactory.getLogger(WebhooksHealthIndicator.class);
    private static final Duration QUIET = Duration.ofMinutes(1);

    private final MeterRegistry meters;
    private final RefusedWebhooks refused;
    private final Counter strangers;
    private final Clock clock;
    private final Instant start;
    private final AtomicReference<Instant> lastTold = new AtomicReference<>(Instant.MIN);

    WebhooksHealthIndicator(MeterRegistry meters, RefusedWebhooks refused, Clock clock) {
        this.refused = refused;
        this.meters = meters;
        this.clock = clock;
        this.start = clock.instant();
        this.strangers = meters.counter("ory.sync.unauthorized");
    }

    /** A call without a known secret. It is not logged at every call, because any caller can cause it. */
    void refused() {
        strangers.increment();
        refused.count(RefusedWebhooks.UNAUTHORIZED);
        Instant now = clock.instant();
        Instant before = lastTold.get();
        if (before.isBefore(now.minus(QUIET)) && lastTold.compareAndSet(before, now)) {
            LOG.warn("Answered 401: the webhook secret of the call is missing, or none of those in ORY_WEBHOOK_SECRET."
                    + " This is logged at most once a minute; ory_sync_unauthorized_total counts all.");
        }
    }

    @Override
    public Health health() {
        long accepted = (long) meters.find("ory.sync.accepted").counters().stream()
                .filter(counter -> !"erase".equals(counter.getId().getTag("event"))).mapToDouble(Counter::count).sum();
        long unauthorized = (long) strangers.count();
        Health.Builder health = Health.up().withDetail("since", start.toString())
                .withDetail("accepted", accepted).withDetail("unauthorized", unauthorized);
        if (unauthorized > 0) {
            health.withDetail("remedy", "Give the hook at Ory one of the secrets in ORY_WEBHOOK_SECRET.");
        } else if (accepted == 0) {
            health.withDetail("remedy", "Check at Ory that the flow has the hook, and that its URL leads here.");
        }
        return health.build();
    }
}
