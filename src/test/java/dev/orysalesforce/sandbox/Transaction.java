package dev.orysalesforce.sandbox;

import java.util.ArrayList;
import java.util.List;

/** What one call wrote so far, so that it can be taken back. Only used while the org's lock is held. */
final class Transaction {
    private record Change(ObjectTable table, String id, SandboxRecord before) {
    }

    record Mark(int changes, int writes) {
    }

    private final List<Change> changes = new ArrayList<>();
    private final List<Write> writes = new ArrayList<>();

    void put(ObjectTable table, SandboxRecord record) {
        changes.add(new Change(table, record.id(), table.get(record.id())));
        table.put(record);
    }

    void log(Write write) {
        writes.add(write);
    }

    void commit(WriteLog log) {
        log.append(writes);
    }

    void rollBack() {
        rollBackTo(new Mark(0, 0));
    }

    /** The point that {@link #rollBackTo} can go back to. */
    Mark mark() {
        return new Mark(changes.size(), writes.size());
    }

    void rollBackTo(Mark mark) {
        for (int i = changes.size() - 1; i >= mark.changes; i--) {
            Change change = changes.get(i);
            if (change.before == null) {
                change.table.remove(change.id);
            } else {
                change.table.put(change.before);
            }
        }
        changes.subList(mark.changes, changes.size()).clear();
        writes.subList(mark.writes, writes.size()).clear();
    }
}
