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
        return next(1);
    }

    /** The time of the first of several receipts, each a microsecond after the one before. */
    public Instant next(int many) {
        Instant now = clock.instant();
        long rest = SMALLEST_NANOS * Math.max(0, many - 1);
        return last.updateAndGet(before -> later(now, before).plusNanos(rest)).minusNanos(rest);
    }

    private static Instant later(Instant now, Instant before) {
        return now.isAfter(before) ? now : before.plusNanos(SMALLEST_NANOS);
    }
}
