package dev.orysalesforce.operator;

import dev.orysalesforce.ledger.DeadLetterFilter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;

/** A replay in progress: the dead letters that are still to be replayed, some hundred in a transaction. */
public final class Replay {

    private final String id = UUID.randomUUID().toString();
    private final List<Part> asked;
    private final Deque<Part> open;
    private int replayed;
    private int useless;
    private boolean tracked = true;

    /**
     * Some of the dead letters.
     *
     * @param selector which ones; none that were added after the request, or the replay might never end
     * @param filter the same, for the index
     * @param ids only these; null for all that match
     */
    record Part(String selector, DeadLetterFilter filter, List<String> ids) {}

    Replay(List<Part> parts) {
        asked = parts;
        open = new ArrayDeque<>(parts);
    }

    /** Of the answer to how it ended. */
    public String getId() {
        return id;
    }

    /** Whether the index knows its letters so far, so that it can tell how they end. */
    boolean isTracked() {
        return tracked;
    }

    void stopTracking() {
        tracked = false;
    }

    public boolean isMore() {
        return !open.isEmpty();
    }

    List<Part> asked() {
        return asked;
    }

    Part next() {
        return open.peek();
    }

    /** No more dead letters match the current selector. */
    void exhausted() {
        open.remove();
    }

    /** The events are in the journal. */
    public int committed(int count) {
        replayed += count;
        return count;
    }

    /** So many hold no event, and stay. */
    void leftOut(int many) {
        useless += many;
    }

    int useless() {
        return useless;
    }

    int replayed() {
        return replayed;
    }
}
