package dev.orysalesforce.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A fault that was switched on. */
public final class ActiveFault {
    private final Fault fault;
    private final Instant until;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private int left;
    private int hits;

    ActiveFault(Fault fault) {
        this.fault = fault;
        this.until = fault.lasting() == null ? Instant.MAX : Instant.now().plus(fault.lasting());
        this.left = fault.times();
    }

    public Fault fault() {
        return fault;
    }

    /** How many calls it hit so far. */
    public synchronized int hits() {
        return hits;
    }

    /** Switches it off and lets go of the calls that it holds. */
    public void stop() {
        stopped.countDown();
    }

    /** Takes one hit if this fault is meant for such a call. */
    synchronized boolean hit(CallKind kind) {
        if (left == 0 || stopped.getCount() == 0 || !Instant.now().isBefore(until) || !fault.kinds().test(kind)) {
            return false;
        }
        if (left > 0) {
            left--;
        }
        hits++;
        return true;
    }

    synchronized boolean isOver() {
        return left == 0 || stopped.getCount() == 0 || !Instant.now().isBefore(until);
    }

    /** Waits out the delay, or until the fault is stopped. */
    void await() {
        Duration delay = fault.delay();
        if (!delay.isZero()) {
            try {
                stopped.await(delay.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
