package dev.orysalesforce.journal;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.stereotype.Component;

/**
 * Gives events their time of receipt. Each is later than the one before, even after the machine's clock was set back: where
 * Ory tells no version, the time of receipt decides which of two states is newer. A restart begins with the machine's clock.
 */
@Component("receiptClock")
public class ReceiptClock {

    private static final long SMALLEST_NANOS = 1_000; // the smallest unit of PostgreSQL and Salesforce

    private final AtomicReference<Instant> last = new AtomicReference<>(Instant.MIN);
    private final Clock clock;

    ReceiptClock(Clock clock) {
        this.clock = clock;
    }

    /** The next time of receipt. */
    public Instant next() {
        Instant now = clock.instant();
        return last.updateAndGet(before -> later(now, before));
    }

    private static Instant later(Instant now, Instant before) {
        return now.isAfter(before) ? now : before.plusNanos(SMALLEST_NANOS);
    }
}
