package dev.orysalesforce.settings;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Goes on evenly when somebody sets the machine's clock. For pauses: set back by an hour, that one would add an hour to them. */
final class MonotonicClock extends Clock {

    private final Instant start;
    private final long startNanos = System.nanoTime();

    MonotonicClock(Instant start) {
        this.start = start;
    }

    @Override
    public Instant instant() {
        return start.plusNanos(System.nanoTime() - startNanos);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
