package dev.orysalesforce.journal;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.stereotype.Component;

/**
 * When events are received. Each one later than those before it, also after somebody has set the machine's clock back: where
 * Ory tells no version, the time of receipt says which of two states is newer. A restart begins with the clock as it is.
 */
@Component("receiptClock")
public class ReceiptClock {

    private static final long SMALLEST_NANOS = 1_000; // PostgreSQL and Salesforce know no smaller one

    private final AtomicReference<Instant> last = new AtomicReference<>(Instant.MIN);
    private final Clock clock;

    ReceiptClock(Clock clock) {
        this.clock = clock;
    }

    /** The time of one receipt. */
    public Instant next() {
        Instant now = clock.instant();
        return last.updateAndGet(before -> later(now, before));
    }

    private static Instant later(Instant now, Instant before) {
        return now.isAfter(before) ? now : before.plusNanos(SMALLEST_NANOS);
    }
}
