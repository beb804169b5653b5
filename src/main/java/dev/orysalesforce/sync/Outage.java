package dev.orysalesforce.sync;

import dev.orysalesforce.settings.Degraded;
import dev.orysalesforce.settings.SyncSettings;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.stereotype.Component;

/** Why nothing is sent at the moment, and for how long already. One log line when it begins, one when it ends. */
@Component("outage")
public class Outage implements HealthIndicator {

    private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

    private final CircuitBreaker breaker;
    private final int batchSize;
    private final Duration longestPause;
    private final Clock clock;
    private final Clock steadyClock;
    private final MeterRegistry meters;
    private volatile Instant leaveAloneUntil = Instant.MIN;
    private volatile Cause cause;

    private record Cause(String code, String reason, Instant since) {}

    Outage(CircuitBreaker salesforceBreaker, SyncSettings settings, Clock clock, Clock steadyClock, MeterRegistry meters) {
        this.breaker = salesforceBreaker;
        this.batchSize = settings.batchSize();
        this.longestPause = settings.backOff().max();
        this.clock = clock;
        this.steadyClock = steadyClock;
        this.meters = meters;
        meters.gauge("ory.sync.breaker.open", this, outage -> breaker.getState() == CircuitBreaker.State.CLOSED ? 0 : 1);
    }

    /** Whether the pause after a failed batch is still running. */
    public boolean isPausing() {
        boolean allowed = breaker.tryAcquirePermission();
        if (allowed) {
            breaker.releasePermission();
        }
        return !allowed;
    }

    /** How many events a batch may have: as many as go into one call while it is only tried whether Salesforce is back. */
    public int getBatchSize() {
        return breaker.getState() == CircuitBreaker.State.CLOSED ? batchSize : Batch.CHUNK;
    }

    /** How many of them are taken at a time. */
    public int getPortionSize() {
        return Math.min(getBatchSize(), Batch.LOOKUP);
    }

    /** Salesforce asks for a pause of its own; taken if it is longer than the one due, up to the longest that is configured. */
    void leaveAlone(Duration pause) {
        Duration bearable = pause.compareTo(longestPause) > 0 ? longestPause : pause;
        leaveAloneUntil = steadyClock.instant().plus(bearable);
    }

    public void because(Exception failure) {
        HoldException hold = ObjectHelper.getException(HoldException.class, failure);
        Throwable root = hold == null ? NestedExceptionUtils.getMostSpecificCause(failure) : hold;
        String code = hold == null ? root.getClass().getSimpleName() : hold.code();
        Cause known = cause;
        if (known == null || !known.code().equals(code)) {
            String reason = hold != null ? hold.getMessage() : "The batch failed in the app itself, at "
                    + FailurePlace.of(root) + "; the events stay in the journal.";
            cause = new Cause(code, reason, known == null ? clock.instant() : known.since());
            meters.gauge("ory.sync.holding", Tags.of("code", code), this, outage -> outage.isBecauseOf(code) ? 1 : 0);
            LOG.warn("Holding all events, trying again in a while: {}: {}", code, reason);
        }
        if (isPausing() && steadyClock.instant().isBefore(leaveAloneUntil)) {
            breaker.transitionToOpenStateUntil(leaveAloneUntil);
        }
    }

    private boolean isBecauseOf(String code) {
        Cause known = cause;
        return known != null && known.code().equals(code);
    }

    public void over() {
        Cause known = cause;
        if (known != null) {
            cause = null;
            LOG.info("Salesforce takes events again after {} s ({})",
                    Duration.between(known.since(), clock.instant()).toSeconds(), known.code());
        }
    }

    @Override
    public Health health() {
        Cause known = cause;
        if (known == null) {
            return Health.up().build();
        }
        return Health.status(Degraded.STATUS)
                .withDetail("code", known.code())
                .withDetail("reason", known.reason())
                .withDetail("since", known.since().toString())
                .withDetail("breaker", breaker.getState().name())
                .build();
    }
}
