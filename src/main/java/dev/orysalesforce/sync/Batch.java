package dev.orysalesforce.sync;

import dev.orysalesforce.settings.SyncSettings.Action;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * What one transaction brings to Salesforce, or a portion of that: rows in the order in which their identities were first
 * heard of, one for each, or several where one was settled before more was heard.
 */
public final class Batch {

    /** Salesforce's limit for one collections call. */
    static final int CHUNK = 200;

    /** Identities that are looked up by one composite call: two queries for each object, four of the five allowed. */
    static final int LOOKUP = 2 * CHUNK;

    private final List<Row> rows;
    private int taken;
    private final Fate fate;

    /**
     * What the portions of a batch share; they are worked on at the same time. {@link #hold} is here and not in the batch
     * because of {@code BeanInfo}: of a class with a method that takes an exception, Camel keeps each body that an expression
     * has asked, up to a thousand.
     */
    static final class Fate {

        private final Phaser underWay = new Phaser(1);
        private final AtomicReference<Exception> held = new AtomicReference<>();
        private final Set<String> claimed = ConcurrentHashMap.newKeySet();

        /**
         * Nothing of the batch is to count.
         *
         * @param reason null if Camel has none
         */
        void hold(Exception reason) {
            held.compareAndSet(null, Objects.requireNonNullElseGet(reason, () ->
                    new HoldException("STOPPING", "A part of the batch ended without a reason; it is tried again.")));
        }
    }

    /** @param taken how many events the rows were made of */
    Batch(List<Row> rows, int taken) {
        this(rows, taken, new Fate());
    }

    private Batch(List<Row> rows, int taken, Fate fate) {
        this.rows = rows;
        this.taken = taken;
        this.fate = fate;
    }

    /** A batch that is still to be filled. */
    static Batch empty() {
        return new Batch(new ArrayList<>(), 0);
    }

    /** Adds rows to the batch, as a portion that is under way until it is {@link #back()}. */
    Batch portion(Batch added) {
        rows.addAll(added.rows);
        taken += added.taken;
        fate.underWay.register();
        return new Batch(added.rows, added.taken, fate);
    }

    void back() {
        fate.underWay.arriveAndDeregister();
    }

    /** Waits until no portion is under way. */
    void await() throws InterruptedException {
        fate.underWay.awaitAdvanceInterruptibly(fate.underWay.arrive());
    }

    Fate fate() {
        return fate;
    }

    /** The first reason to hold the batch; null if there is none. */
    Exception held() {
        return fate.held.get();
    }

    /** Whether there is anything to do, and nothing has come up that holds the batch. */
    public boolean isGoingOn() {
        return !rows.isEmpty() && held() == null;
    }

    /** Whether nobody else in the batch has asked for this record. */
    boolean claims(String salesforceId) {
        return fate.claimed.add(salesforceId);
    }

    public List<Row> rows() {
        return rows;
    }

    /** How many events its rows were made of. */
    int taken() {
        return taken;
    }

    /** Rows that no step has settled yet. */
    public List<Row> getPending() {
        return rows.stream().filter(Row::isPending).toList();
    }

    public List<Row> getRefused() {
        return rows.stream().filter(Row::isRefused).toList();
    }

    public List<Row> getRetries() {
        return rows.stream().filter(Row::isToBeRetried).toList();
    }

    public boolean isHealing() {
        return rows.stream().anyMatch(Row::isHealing);
    }

    /** Leads that sales has converted. */
    public List<List<Row>> getConverted() {
        return slices(healing(Action.FOLLOW_CONVERSION), CHUNK);
    }

    /** Records that are not there any more. */
    public List<List<Row>> getGone() {
        return slices(healing(Action.FOLLOW_MERGE), CHUNK);
    }

    /** Rows that a duplicate rule has refused; details are told one record at a time. */
    public List<Row> getDuplicates() {
        return healing(Action.ASK_DUPLICATES);
    }

    private List<Row> healing(Action how) {
        return rows.stream().filter(row -> row.isHealing() && row.getHealing() == how).toList();
    }

    /** Rows of which the mapping has not said yet what goes out. */
    public List<Row> getUnmapped() {
        return rows.stream().filter(Row::isUnmapped).toList();
    }

    /** Rows that may take a record over that was there before them. */
    public List<List<Row>> getCandidates() {
        return slices(rows.stream().filter(Row::isCandidate).toList(), LOOKUP);
    }

    /** Rows whose record is still to be erased. */
    public List<Row> getErasures() {
        return rows.stream().filter(Row::isToBeErased).toList();
    }

    /** Identities that are erased now. */
    public List<String> getErased() {
        return rows.stream().filter(Row::isErased).map(Row::getIdentity).toList();
    }

    /** What is to be written: new records an object a call, known ones in one call whatever their object. */
    public List<Chunk> getChunks() {
        Map<String, List<Row>> fresh = new LinkedHashMap<>();
        Map<String, List<Row>> known = new LinkedHashMap<>();
        Map<String, List<Row>> deleted = new LinkedHashMap<>();
        Stream.concat(getPending().stream(), getErasures().stream()).forEach(row ->
                (row.isDeletion() ? deleted : row.hasRecord() ? known : fresh)
                        .computeIfAbsent(row.getObject(), object -> new ArrayList<>()).add(row));
        List<Chunk> chunks = new ArrayList<>();
        fresh.forEach((object, members) -> slices(members, CHUNK).forEach(slice ->
                chunks.add(Chunk.ofNew(object, slice))));
        for (Map<String, List<Row>> byObject : List.of(known, deleted)) {
            slices(byObject.values().stream().flatMap(List::stream).toList(), CHUNK).forEach(slice ->
                    chunks.add(Chunk.ofKnown(slice)));
        }
        return chunks;
    }

    static List<List<Row>> slices(List<Row> rows, int size) {
        List<List<Row>> slices = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += size) {
            slices.add(rows.subList(from, Math.min(from + size, rows.size())));
        }
        return slices;
    }

    /** For the one log line of a batch. */
    @Override
    public String toString() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        counts.put(Row.Outcome.SUPERSEDED.label(), taken - rows.size());
        rows.forEach(row -> counts.merge(row.getOutcome().label(), 1, Integer::sum));
        return taken + " events " + counts;
    }
}
