package dev.orysalesforce.check;

import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.reconcile.RunFailedException;
import dev.orysalesforce.sync.FailurePlace;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.camel.util.ObjectHelper;
import org.springframework.core.NestedExceptionUtils;

/** A comparison of mappings in the background, its progress and its result. It holds no value of an identity. */
public final class DiffRun {

    public enum State {
        RUNNING, DONE, CANCELLED, FAILED
    }

    private final Map<String, String> candidates;
    private final boolean overIdentities;
    private final MappingDiff diff;
    private final Clock clock;
    private final Instant startedAt;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile State state = State.RUNNING;
    private volatile Instant endedAt;
    private volatile long read;
    private volatile String waitsFor;
    private volatile String failure;

    DiffRun(Map<String, String> candidates, boolean overIdentities, MappingDiff diff, Clock clock) {
        this.candidates = candidates;
        this.overIdentities = overIdentities;
        this.diff = diff;
        this.clock = clock;
        this.startedAt = clock.instant();
    }

    /** @param comparison compares all identities or examples, and reports its progress */
    void carryOut(Consumer<MappingDiff> comparison) {
        State end = State.FAILED;
        try (diff) {
            comparison.accept(diff);
            end = State.DONE;
        } catch (RuntimeException e) {
            if (ObjectHelper.getException(CancellationException.class, e) != null) {
                end = State.CANCELLED;
            } else {
                failure = words(e);
            }
        } finally {
            endedAt = clock.instant();
            waitsFor = null;
            state = end;
            ended.countDown();
        }
    }

    /** Any other message may quote a trait. */
    static String words(RuntimeException failure) {
        RunFailedException told = ObjectHelper.getException(RunFailedException.class, failure);
        PauseDeliveryException pause = ObjectHelper.getException(PauseDeliveryException.class, failure);
        return told != null ? told.getMessage() : pause != null ? pause.getMessage()
                : "It failed in the app itself, at " + FailurePlace.of(NestedExceptionUtils.getMostSpecificCause(failure)) + ".";
    }

    /**
     * @param read how many identities or examples have been compared
     * @param waitsFor why it does not continue; null if it does
     * @throws CancellationException if the run was cancelled
     */
    void report(long read, String waitsFor) {
        this.read = read;
        this.waitsFor = waitsFor;
        diff.checkNotCancelled();
    }

    void cancel() {
        diff.cancel();
    }

    /** Waits until it has ended, for this time at most. */
    public void awaitEnd(Duration patience) {
        try {
            ended.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Name to text of each candidate. */
    public Map<String, String> candidates() {
        return candidates;
    }

    /** Whether it compares all identities at Ory; else the examples. */
    public boolean isOverIdentities() {
        return overIdentities;
    }

    public Instant startedAt() {
        return startedAt;
    }

    /** Null while it runs. */
    public Instant endedAt() {
        return endedAt;
    }

    public State state() {
        return state;
    }

    public boolean isRunning() {
        return state == State.RUNNING;
    }

    /** How many identities or examples have been compared. */
    public long read() {
        return read;
    }

    /** Why it does not continue; null if it does. */
    public String waitsFor() {
        return waitsFor;
    }

    /** Why it failed; null if it did not. */
    public String failure() {
        return failure;
    }

    /** What it has counted until its end; null while it runs. */
    public DiffCounts counts() {
        return isRunning() ? null : diff.counts();
    }
}
