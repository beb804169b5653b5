package dev.orysalesforce.child;

import dev.orysalesforce.sync.Batch;
import java.util.List;

/** The children of a portion that have to be written. */
public record ChildRound(Batch batch, List<ChildRow> rows) {

    /** Whether a child still has to be written. */
    public boolean isUnfinished() {
        return batch.failure() == null && rows.stream().anyMatch(ChildRow::isOpen);
    }

    List<ChildRow> open() {
        return rows.stream().filter(ChildRow::isOpen).toList();
    }
}
