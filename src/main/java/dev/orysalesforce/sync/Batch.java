package dev.orysalesforce.sync;

import dev.orysalesforce.journal.PauseDeliveryException;
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
    public static final int CHUNK = 200;

    /** Identities that are looked up by one composite call: two queries for each object, four of the five allowed. */
    public static final int LOOKUP = 2 * CHUNK;

    private final List<SyncItem> items;
    private int taken;
    private final Shared shared;

    /**
     * What the portions of a batch share; they are worked on at the same time. {@link #fail} is here and not in the batch
     * because of {@code BeanInfo}: of a class with a method that takes an exception, Camel keeps each body that an expression
     * has asked, up to a thousand.
     */
    static final class Shared {

        private final Phaser underWay = new Phaser(1);
        private final AtomicReference<Exception> failure = new AtomicReference<>();
        private final Set<String> claimed = ConcurrentHashMap.newKeySet();

        /**
         * Nothing of the batch is to count.
         *
         * @param reason null if Camel has none
         */
        void fail(Exception reason) {
            failure.compareAndSet(null, Objects.requireNonNullElseGet(reason, () ->
                    new PauseDeliveryException("STOPPING", "A part of the batch ended without a reason; it is tried again.")));
        }
    }

    /** @param taken how many events the rows were made of */
    Batch(List<SyncItem> items, int taken) {
        this(items, taken, new Shared());
    }

    private Batch(List<SyncItem> items, int taken, Shared fate) {
        this.items = items;
        this.taken = taken;
        this.shared = fate;
    }

    /** A batch that is still to be filled. */
    static Batch empty() {
        return new Batch(new ArrayList<>(), 0);
    }

    /** Adds rows to the batch, as a portion that is under way until it is {@link #portionDone()}. */
    Batch portion(Batch added) {
        items.addAll(added.items);
        taken += added.taken;
        shared.underWay.register();
        return new Batch(added.items, added.taken, shared);
    }

    void portionDone() {
        shared.underWay.arriveAndDeregister();
    }

    /** Waits until no portion is under way. */
    void await() throws InterruptedException {
        shared.underWay.awaitAdvanceInterruptibly(shared.underWay.arrive());
    }

    Shared shared() {
        return shared;
    }

    /** The first reason to hold the batch; null if there is none. */
    public Exception failure() {
        return shared.failure.get();
    }

    /** Whether there is anything to do, and nothing has come up that holds the batch. */
    public boolean isRunning() {
        return !items.isEmpty() && failure() == null;
    }

    /** Whether nobody else in the batch has asked for this record. */
    public boolean claims(String salesforceId) {
        return shared.claimed.add(salesforceId);
    }

    public List<SyncItem> items() {
        return items;
    }

    /** How many events its rows were made of. */
    int taken() {
        return taken;
    }

    /** Rows that no step has settled yet. */
    public List<SyncItem> getPending() {
        return items.stream().filter(SyncItem::isPending).toList();
    }

    public List<SyncItem> getDeadLettered() {
        return items.stream().filter(SyncItem::isDeadLettered).toList();
    }

    public List<SyncItem> getRetries() {
        return items.stream().filter(SyncItem::isToBeRetried).toList();
    }

    public boolean isRecovering() {
        return items.stream().anyMatch(SyncItem::isRecovering);
    }

    /** Leads that sales has converted. */
    public List<List<SyncItem>> getConverted() {
        return slices(recovering(Action.FOLLOW_CONVERSION), CHUNK);
    }

    /** Records that are not there any more. */
    public List<List<SyncItem>> getGone() {
        return slices(recovering(Action.FOLLOW_MERGE), CHUNK);
    }

    /** Rows that a duplicate rule has refused; details are told one record at a time. */
    public List<SyncItem> getDuplicates() {
        return recovering(Action.RESOLVE_DUPLICATE);
    }

    private List<SyncItem> recovering(Action how) {
        return items.stream().filter(item -> item.isRecovering() && item.getRecoveryAction() == how).toList();
    }

    /** Rows of which the mapping has not said yet what goes out. */
    public List<SyncItem> getUnmapped() {
        return items.stream().filter(SyncItem::isUnmapped).toList();
    }

    /** Rows that may take a record over that was there before them. */
    public List<List<SyncItem>> getCandidates() {
        return slices(items.stream().filter(SyncItem::isCandidate).toList(), LOOKUP);
    }

    /** Rows whose record is still to be erased. */
    public List<SyncItem> getErasures() {
        return items.stream().filter(SyncItem::isToBeErased).toList();
    }

    /** Identities that are erased now. */
    public List<String> getErased() {
        return items.stream().filter(SyncItem::isErased).map(SyncItem::getIdentity).toList();
    }

    /** What is to be written: new records an object a call, known ones in one call whatever their object. */
    public List<Chunk> getChunks() {
        Map<String, List<SyncItem>> fresh = new LinkedHashMap<>();
        Map<String, List<SyncItem>> known = new LinkedHashMap<>();
        Map<String, List<SyncItem>> deleted = new LinkedHashMap<>();
        Stream.concat(getPending().stream(), getErasures().stream()).forEach(item ->
                (item.isDeletion() ? deleted : item.hasRecord() ? known : fresh)
                        .computeIfAbsent(item.getObject(), object -> new ArrayList<>()).add(item));
        List<Chunk> chunks = new ArrayList<>();
        fresh.forEach((object, members) -> slices(members, CHUNK).forEach(slice ->
                chunks.add(Chunk.ofNew(object, slice))));
        for (Map<String, List<SyncItem>> byObject : List.of(known, deleted)) {
            slices(byObject.values().stream().flatMap(List::stream).toList(), CHUNK).forEach(slice ->
                    chunks.add(Chunk.ofKnown(slice)));
        }
        return chunks;
    }

    public static List<List<SyncItem>> slices(List<SyncItem> items, int size) {
        List<List<SyncItem>> slices = new ArrayList<>();
        for (int from = 0; from < items.size(); from += size) {
            slices.add(items.subList(from, Math.min(from + size, items.size())));
        }
        return slices;
    }

    /** For the one log line of a batch. */
    @Override
    public String toString() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        counts.put(SyncItem.Outcome.SUPERSEDED.label(), taken - items.size());
        items.forEach(item -> counts.merge(item.getOutcome().label(), 1, Integer::sum));
        return taken + " events " + counts;
    }
}
