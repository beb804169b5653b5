package dev.orysalesforce.sync;

import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.ledger.Activity;
import dev.orysalesforce.mapping.MappingLoopsException;
import dev.orysalesforce.salesforce.RetryAfterListener;
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

/** Why delivery is paused, and since when. One log line when a pause begins, one when it ends. */
@Component("deliveryPause")
public class DeliveryPause implements HealthIndicator, RetryAfterListener {

    private static final Logger LOG = LoggerFactory.getLogger(DeliveryPause.class);

    private final CircuitBreaker breaker;
    private final FailureIsolation isolation;
    private final OperatorProbe probe;
    private final int batchSize;
    private final Duration longestPause;
    private final Clock clock;
    private final Clock monotonicClock;
    private final MeterRegistry meters;
    private final Activity activity;
    private volatile Instant retryAfter = Instant.MIN;
    private volatile Cause cause;

    private record Cause(String code, String reason, Instant since) {}

    public DeliveryPause(CircuitBreaker salesforceBreaker, FailureIsolation isolation, OperatorProbe probe, SyncSettings settings,
            Clock clock, Clock monotonicClock, MeterRegistry meters, Activity activity) {
        this.isolation = isolation;
        this.probe = probe;
        this.breaker = salesforceBreaker;
        this.batchSize = settings.batchSize();
        this.longestPause = settings.backOff().max();
        this.clock = clock;
        this.monotonicClock = monotonicClock;
        this.meters = meters;
        this.activity = activity;
        meters.gauge("ory.sync.breaker.open", this, deliveryPause -> breaker.getState() == CircuitBreaker.State.CLOSED ? 0 : 1);
    }

    /** Whether the pause after a failed batch is still running. */
    public boolean isPaused() {
        boolean allowed = breaker.tryAcquirePermission();
        if (allowed) {
            breaker.releasePermission();
        }
        return !allowed;
    }

    /**
     * Tries at once whether Salesforce can be written to again. The share of API calls that the app may use stays as it is.
     *
     * @return false if the operator asked for it less than 10 s ago
     */
    public boolean resume() {
        boolean begun = probe.begin();
        if (begun && breaker.getState() == CircuitBreaker.State.OPEN) {
            breaker.transitionToHalfOpenState();
        }
        return begun;
    }

    /**
     * How many events a batch may have. While the app only probes whether Salesforce is back, as many as fit into one call.
     */
    public int getBatchSize() {
        return Math.min(isolation.size(), breaker.getState() == CircuitBreaker.State.CLOSED ? batchSize : Batch.CHUNK);
    }

    /** How many events are read at a time. */
    public int getPortionSize() {
        return Math.min(getBatchSize(), Batch.LOOKUP);
    }

    /**
     * A pause that Salesforce asks for. It is used if it is longer than the one due, up to the longest that is configured.
     */
    @Override
    public void honourRetryAfter(Duration pause) {
        Duration shortened = pause.compareTo(longestPause) > 0 ? longestPause : pause;
        retryAfter = monotonicClock.instant().plus(shortened);
    }

    public void recordFailure(Exception failure) {
        Duration pause = isolation.failed(failure);
        if (pause != null && pause.isZero()) {
            breaker.reset(); // the next batch is smaller, or does without the event that made this one fail
            return;
        }
        if (pause != null) {
            honourRetryAfter(pause);
        }
        PauseDeliveryException paused = ObjectHelper.getException(PauseDeliveryException.class, failure);
        Throwable root = paused == null ? NestedExceptionUtils.getMostSpecificCause(failure) : paused;
        String code = paused == null ? root.getClass().getSimpleName() : paused.code();
        Cause known = cause;
        if (known == null || !known.code().equals(code)) {
            String reason = paused instanceof MappingLoopsException ? paused.getMessage() + identities()
                    : paused != null ? paused.getMessage() : "The batch failed in the app itself, at "
                            + FailurePlace.of(root) + "; the events stay in the journal.";
            cause = new Cause(code, reason, known == null ? clock.instant() : known.since());
            if (meters.find("ory.sync.holding").tag("code", code).gauge() == null) {
                meters.gauge("ory.sync.holding", Tags.of("code", code), this, pausing -> pausing.isBecauseOf(code) ? 1 : 0);
            }
            activity.paused(code);
            LOG.warn("Delivery paused: {}: {}", code, reason);
        }
        if (isPaused() && monotonicClock.instant().isBefore(retryAfter)) {
            breaker.transitionToOpenStateUntil(retryAfter);
        }
    }

    private String identities() {
        String identities = isolation.identities();
        return identities.isEmpty() ? "" : " Identities: " + identities + ".";
    }

    /** Why delivery is paused; null if it is not. */
    public String code() {
        Cause known = cause;
        return known == null ? null : known.code();
    }

    private boolean isBecauseOf(String code) {
        Cause known = cause;
        return known != null && known.code().equals(code);
    }

    /** @param body the batch that has committed; an empty round brings none */
    public void recordRecovery(Object body) {
        if (body instanceof Batch batch) {
            isolation.committed(batch);
            batch.commit();
        }
        Cause known = cause;
        if (known != null) {
            cause = null;
            LOG.info("Delivery to Salesforce resumed after {} s ({})",
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
