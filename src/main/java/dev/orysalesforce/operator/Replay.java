package dev.orysalesforce.operator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;

/** A replay in progress: the dead letters that are still to be replayed, some hundred in a transaction. */
public final class Replay {

    private final String id = UUID.randomUUID().toString();
    private final List<String> asked;
    private final Deque<String> open;
    private int replayed;
    private int useless;
    private boolean tracked = true;

    /** @param selectors which dead letters; none that were added after the request, or the replay might never end */
    Replay(List<String> selectors) {
        asked = selectors;
        open = new ArrayDeque<>(selectors);
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

    List<String> asked() {
        return asked;
    }

    String next() {
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
