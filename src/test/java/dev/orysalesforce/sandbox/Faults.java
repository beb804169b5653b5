package dev.orysalesforce.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** What goes wrong at the moment. Thread safe. */
public final class Faults {
    private final List<ActiveFault> active = new CopyOnWriteArrayList<>();
    private final List<RowFault> rows = new CopyOnWriteArrayList<>();

    private volatile RowError queries;
    private volatile int mostInTime = Integer.MAX_VALUE;

    private record RowFault(Predicate<RowAttempt> which, RowError error, AtomicInteger left, boolean wholeCall) {
    }

    /** Switches a fault on. Delays add up; of other faults, the first one that fits a call hits it. */
    public ActiveFault start(Fault fault) {
        ActiveFault started = new ActiveFault(fault);
        active.removeIf(old -> old.isOver() && old.fault().effect() != Fault.Effect.HANG);
        active.add(started);
        return started;
    }

    /** Refuses the next {@code times} rows that a predicate picks; -1 for all. */
    public void refuseRows(Predicate<RowAttempt> which, RowError error, int times) {
        rows.add(new RowFault(which, error, new AtomicInteger(times), false));
    }

    /** Refuses with 400 every call that carries a row which a predicate picks. */
    public void refuseCalls(Predicate<RowAttempt> which, RowError error) {
        rows.add(new RowFault(which, error, new AtomicInteger(-1), true));
    }

    /** Refuses every query with 400, also as a part of a composite call. */
    public void refuseQueries(RowError error) {
        queries = error;
    }

    /** Refuses an identity's rows {@code times} times, because another program holds the record's lock. */
    public void lockRow(String identity, int times) {
        lockRows(row -> identity.equals(row.identity()), times);
    }

    /** Refuses the next {@code times} rows that a predicate picks with {@code UNABLE_TO_LOCK_ROW}. */
    public void lockRows(Predicate<RowAttempt> which, int times) {
        refuseRows(which, new RowError("UNABLE_TO_LOCK_ROW",
                "unable to obtain exclusive access to this record or 1 records: 00Q5e0000000001"), times);
    }

    /** Refuses every new record with {@code STORAGE_LIMIT_EXCEEDED}. */
    public void storageFull() {
        refuseRows(row -> row.recordId() == null, new RowError("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded"),
                -1);
    }

    /** Everything works again; calls that hang are let go. */
    public void clear() {
        active.forEach(ActiveFault::stop);
        active.clear();
        rows.clear();
        queries = null;
        mostInTime = Integer.MAX_VALUE;
    }

    /** Triggers and flows need so long for the records of a call that a gateway gives up if there are more. */
    public void slowAbove(int rows) {
        mostInTime = rows;
    }

    boolean isTooSlow(int rows) {
        return rows > mostInTime;
    }

    /** The faults that are on. */
    public List<ActiveFault> active() {
        return active.stream().filter(fault -> !fault.isOver()).toList();
    }

    /** The faults that hit a call: delays, then at most one of another effect. */
    List<ActiveFault> hitting(CallKind kind) {
        if (active.isEmpty()) {
            return List.of();
        }
        List<ActiveFault> hits = new ArrayList<>();
        ActiveFault other = null;
        for (ActiveFault fault : active) {
            boolean delay = fault.fault().effect() == Fault.Effect.DELAY;
            if ((delay || other == null) && fault.hit(kind)) {
                if (delay) {
                    hits.add(fault);
                } else {
                    other = fault;
                }
            }
        }
        if (other != null) {
            hits.add(other);
        }
        return hits;
    }

    /** Ends a query that is to be refused. */
    void checkQuery() {
        RowError error = queries;
        if (error != null) {
            throw new ApiError(400, error);
        }
    }

    /** Why a row is to be refused, or null. Ends the whole call if it is to be refused for this row. */
    RowError refusalOf(RowAttempt row) {
        for (RowFault fault : rows) {
            if (fault.left.get() != 0 && fault.which.test(row)) {
                int before = fault.left.getAndUpdate(left -> left > 0 ? left - 1 : left);
                if (before != 0 && fault.wholeCall) {
                    throw new ApiError(400, fault.error);
                }
                if (before != 0) {
                    return fault.error;
                }
            }
        }
        return null;
    }
}
