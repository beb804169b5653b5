package dev.orysalesforce.settings;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * Is not affected when the machine's clock is set. If a pause used the machine's clock, setting it back an hour would add an
 * hour.
 */
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
