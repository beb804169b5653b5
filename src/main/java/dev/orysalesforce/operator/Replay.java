package dev.orysalesforce.operator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** A replay on its way: which letters are still to be taken, some hundred in a transaction. */
public final class Replay {

    private final List<String> asked;
    private final Deque<String> open;
    private int replayed;

    /** @param selectors which letters; none that came after the replay was asked for, or it could go on for ever */
    Replay(List<String> selectors) {
        asked = selectors;
        open = new ArrayDeque<>(selectors);
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

    /** Nothing more is to be found by the selector at hand. */
    void exhausted() {
        open.remove();
    }

    /** They are in the journal. */
    public int committed(int count) {
        replayed += count;
        return count;
    }

    int replayed() {
        return replayed;
    }
}
