package dev.orysalesforce.sync;

import dev.orysalesforce.settings.SyncSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/**
 * The pauses between tries while Salesforce can't be written to, and a try that the operator asks for during one. If that try
 * fails, the pauses go on as if it had not been: neither longer nor from the beginning.
 */
@Component
public class OperatorProbe {

    private static final Duration BETWEEN_PROBES = Duration.ofSeconds(10);

    private final SyncSettings.BackOff backOff;
    private final Clock monotonicClock;
    private Instant probedAt = Instant.MIN;
    private Instant pauseEnds = Instant.MIN;
    private boolean isOut;
    private int uncounted;

    public OperatorProbe(SyncSettings settings, Clock monotonicClock) {
        this.backOff = settings.backOff();
        this.monotonicClock = monotonicClock;
    }

    /** False if the last one was less than 10 s ago. */
    synchronized boolean begin() {
        Instant now = monotonicClock.instant();
        if (now.isBefore(probedAt.plus(BETWEEN_PROBES))) {
            return false;
        }
        probedAt = now;
        isOut = true;
        return true;
    }

    /** @param failures in succession, 1 or more, those of operators included */
    synchronized Duration pauseAfter(int failures) {
        Instant now = monotonicClock.instant();
        if (failures == 1) {
            uncounted = 0;
        } else if (isOut) {
            uncounted++;
        }
        boolean continues = isOut && failures > 1 && now.isBefore(pauseEnds);
        isOut = false;
        if (!continues) {
            pauseEnds = now.plus(backOff.pauseAfter(failures - uncounted));
        }
        return Duration.between(now, pauseEnds);
    }
}
