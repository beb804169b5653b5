package dev.orysalesforce.sandbox;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Every row that a call wrote, in the order of commit. What people do by hand in the org is not in it. */
public final class WriteLog {
    private final Deque<Write> writes = new ArrayDeque<>();
    private long sequence;
    private int limit = 1_000_000;

    /** How many writes are kept before the oldest are forgotten; 1,000,000 unless set. */
    public synchronized void keepAtMost(int limit) {
        this.limit = limit;
    }

    /** Every write still kept, oldest first. */
    public synchronized List<Write> all() {
        return List.copyOf(writes);
    }

    /** How many rows were ever written. */
    public synchronized long count() {
        return sequence;
    }

    /** The writes of one identity, oldest first. */
    public List<Write> ofIdentity(String identity) {
        return where(write -> identity.equals(write.identity()));
    }

    /** The writes of one record, oldest first. */
    public List<Write> ofRecord(String recordId) {
        return where(write -> recordId.equals(write.recordId()));
    }

    /** The writes which a predicate picks, oldest first. */
    public synchronized List<Write> where(Predicate<Write> wanted) {
        return writes.stream().filter(wanted).toList();
    }

    /** Writes which carried an older {@code Ory_Updated_At__c} than an earlier write of the same identity. */
    public List<Write> outOfOrder() {
        List<Write> late = new ArrayList<>();
        Map<String, Instant> newest = new HashMap<>();
        for (Write write : all()) {
            Instant version = write.version();
            if (write.identity() != null && version != null) {
                Instant before = newest.get(write.identity());
                if (before != null && version.isBefore(before)) {
                    late.add(write);
                } else {
                    newest.put(write.identity(), version);
                }
            }
        }
        return late;
    }

    /** Identities for which more than one record was created, with the writes that did it. */
    public Map<String, List<Write>> createdTwice() {
        Map<String, List<Write>> created = new HashMap<>();
        for (Write write : all()) {
            if (write.operation() == Write.Operation.CREATE && write.identity() != null) {
                created.computeIfAbsent(write.identity(), identity -> new ArrayList<>()).add(write);
            }
        }
        created.values().removeIf(list -> list.size() < 2);
        return created;
    }

    synchronized void append(List<Write> committed) {
        for (Write write : committed) {
            sequence++;
            writes.addLast(new Write(sequence, write.call(), write.at(), write.object(), write.recordId(),
                    write.identity(), write.operation(), write.fields(), write.updatedAt()));
            if (writes.size() > limit) {
                writes.removeFirst();
            }
        }
    }

    synchronized void clear() {
        writes.clear();
        sequence = 0;
    }
}
