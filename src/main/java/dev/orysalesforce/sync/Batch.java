package dev.orysalesforce.sync;

import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.salesforce.CallListener;
import dev.orysalesforce.salesforce.PersonObject;
import dev.orysalesforce.settings.SyncSettings.Action;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The events of one transaction, or a portion of them, as items in the order in which their identities first appeared. An
 * identity has one item, or several if its first one was completed before its later events were read.
 */
public final class Batch implements CallListener {

    /** Salesforce's limit for one collections call. */
    public static final int CHUNK = 200;

    /** Identities that one composite call looks up. Each object needs two queries, so four of the five allowed are used. */
    public static final int LOOKUP = 2 * CHUNK;

    /** Without those of its portions. */
    private List<SyncItem> own;
    private final List<Batch> portions = new ArrayList<>();
    private int taken;
    private boolean onlyShown;
    private final Shared shared;

    /**
     * State that the portions of a batch share; they are processed at the same time. {@link #fail} is here and not in the
     * batch because of {@code BeanInfo}: if a class has a method that takes an exception, Camel keeps up to a thousand of
     * the bodies that expressions were evaluated on.
     */
    static final class Shared {

        private final Phaser underWay = new Phaser(1);
        private final AtomicReference<Exception> failure = new AtomicReference<>();
        /** Salesforce ID to identity. */
        private final Map<String, String> claimed = new ConcurrentHashMap<>();
        private final LookAhead.Prepared prepared;
        private final Instant began;
        private final AtomicLong calls = new AtomicLong();
        private volatile boolean full;
        private volatile boolean committed;

        private Shared(LookAhead.Prepared prepared, Instant began) {
            this.prepared = prepared;
            this.began = began;
        }

        /**
         * Makes the whole batch roll back.
         *
         * @param reason null if Camel has none
         */
        void fail(Exception reason) {
            failure.compareAndSet(null, Objects.requireNonNullElseGet(reason,
                    () -> new PauseDeliveryException("STOPPING", "A part of the batch ended without a reason; it is tried again.")));
        }
    }

    /** @param taken how many events the items were made of */
    Batch(List<SyncItem> items, int taken) {
        this(items, taken, new Shared(LookAhead.Prepared.NOTHING, null));
    }

    private Batch(List<SyncItem> items, int taken, Shared fate) {
        this.own = items;
        this.taken = taken;
        this.shared = fate;
    }

    /** An empty batch, to be filled by {@link #portion}. */
    static Batch empty() {
        return after(LookAhead.Prepared.NOTHING, null);
    }

    /** @param prepared what was prepared for it while the batch before was under way */
    static Batch after(LookAhead.Prepared prepared, Instant began) {
        return new Batch(List.of(), 0, new Shared(prepared, began));
    }

    /** Adds items to the batch as a portion, which is in flight until {@link #portionDone()}. */
    Batch portion(Batch added) {
        Batch portion = new Batch(added.own, added.taken, shared);
        portions.add(portion);
        taken += added.taken;
        portionBegins();
        return portion;
    }

    /** The batch waits for one more {@link #portionDone()}. */
    void portionBegins() {
        shared.underWay.register();
    }

    void portionDone() {
        shared.underWay.arriveAndDeregister();
    }

    /** Waits until no portion is in flight. */
    void await() throws InterruptedException {
        shared.underWay.awaitAdvanceInterruptibly(shared.underWay.arrive());
    }

    Shared shared() {
        return shared;
    }

    /** The first reason to roll the batch back; null if there is none. */
    public Exception failure() {
        return shared.failure.get();
    }

    /** It has as many events as a batch may have, so the journal may hold more. */
    void markFull() {
        shared.full = true;
    }

    boolean isFull() {
        return shared.full;
    }

    /** Its transaction has ended well. */
    void commit() {
        shared.committed = true;
    }

    boolean isCommitted() {
        return shared.committed;
    }

    /** The same batch, which is prepared and shown, and not written. */
    public Batch toBeShown() {
        onlyShown = true;
        return this;
    }

    /** Whether it is shown and not written, so that nothing of it may be noted. */
    public boolean isOnlyShown() {
        return onlyShown;
    }

    /** Null for a batch that is not delivered. */
    Instant began() {
        return shared.began;
    }

    @Override
    public void recordCall() {
        shared.calls.incrementAndGet();
    }

    /** How many calls to Salesforce were made for it, or while it was under way for the next one. */
    long calls() {
        return shared.calls.get();
    }

    /** What was prepared while the batch before was under way. */
    LookAhead.Prepared prepared() {
        return shared.prepared;
    }

    void replaceEach(UnaryOperator<SyncItem> by) {
        own = own.stream().map(by).toList();
    }

    /** The items that are not {@link SyncItem#isPrepared prepared} yet, as a batch that shares this one's fate. */
    public Batch getUnprepared() {
        return new Batch(items().stream().filter(item -> !item.isPrepared()).toList(), 0, shared);
    }

    /** Whether the batch has items and no reason to roll back. */
    public boolean isRunning() {
        return !items().isEmpty() && failure() == null;
    }

    /** Whether no other identity of the batch has claimed the record. */
    public boolean claims(String salesforceId, String identity) {
        String first = shared.claimed.putIfAbsent(salesforceId, identity);
        return first == null || first.equals(identity);
    }

    /** Salesforce ID to the identity that has claimed the record. */
    Map<String, String> claims() {
        return shared.claimed;
    }

    public List<SyncItem> items() {
        return portions.isEmpty() ? own : Stream.concat(own.stream(), portions.stream().flatMap(portion -> portion.own.stream())).toList();
    }

    /** The last item of each identity. */
    public Map<String, SyncItem> byIdentity() {
        Map<String, SyncItem> last = new LinkedHashMap<>();
        items().stream().filter(item -> item.getIdentity() != null).forEach(item -> last.put(item.getIdentity(), item));
        return last;
    }

    /** How many events the items were made of. */
    int taken() {
        return taken;
    }

    /** Items without an outcome. */
    public List<SyncItem> getPending() {
        return items().stream().filter(SyncItem::isPending).toList();
    }

    public List<SyncItem> getDeadLettered() {
        return items().stream().filter(SyncItem::isDeadLettered).toList();
    }

    public List<SyncItem> getRetries() {
        return items().stream().filter(SyncItem::isToBeRetried).toList();
    }

    public boolean isRecovering() {
        return items().stream().anyMatch(SyncItem::isRecovering);
    }

    /** Leads that sales has converted. */
    public List<List<SyncItem>> getConverted() {
        return slices(recovering(Action.FOLLOW_CONVERSION), CHUNK);
    }

    /** Items whose record is missing in Salesforce. */
    public List<List<SyncItem>> getGone() {
        return slices(recovering(Action.FOLLOW_MERGE), CHUNK);
    }

    /** Items that a duplicate rule has rejected. Salesforce tells details only for one record at a time. */
    public List<SyncItem> getDuplicates() {
        return recovering(Action.RESOLVE_DUPLICATE);
    }

    private List<SyncItem> recovering(Action how) {
        return items().stream().filter(item -> item.isRecovering() && item.getRecoveryAction() == how).toList();
    }

    /** Whether parents of its items still have to be found or created. */
    public boolean isAwaitingParents() {
        return failure() == null && items().stream().anyMatch(SyncItem::isAwaitingParents);
    }

    /** Whether records that hang on those of its items may still have to be written. */
    public boolean isAwaitingChildren() {
        return failure() == null && items().stream().anyMatch(SyncItem::isAwaitingChildren);
    }

    /** Items that still have to be mapped. */
    public List<SyncItem> getUnmapped() {
        return items().stream().filter(SyncItem::isUnmapped).toList();
    }

    /** Items that may adopt an existing record. */
    public List<List<SyncItem>> getCandidates() {
        return slices(items().stream().filter(SyncItem::isCandidate).toList(), LOOKUP);
    }

    /** Items whose record is still to be erased. */
    public List<SyncItem> getErasures() {
        return items().stream().filter(SyncItem::isToBeErased).toList();
    }

    /** Identities that this batch has erased. */
    public List<String> getErased() {
        return items().stream().filter(SyncItem::isErased).map(SyncItem::getIdentity).toList();
    }

    /**
     * The calls to make: new records share a call per object, those with an owner another one, because assignment rules are
     * on or off for a whole call. Existing records share calls across objects. Calls with a withdrawal are the first.
     *
     * @param largest the largest number of records in a call
     * @param sizes how many of an object's new or known records a call may have
     * @param first how many the first of those calls has; 0 if as many as the others
     */
    public List<Chunk> chunks(int largest, CallSize sizes, CallSize first) {
        Map<String, List<SyncItem>> fresh = new LinkedHashMap<>();
        Map<String, List<SyncItem>> known = new LinkedHashMap<>();
        Map<String, List<SyncItem>> deleted = new LinkedHashMap<>();
        Stream.concat(getPending().stream(), getErasures().stream()).sorted(Comparator.comparing(item -> !item.isWithdrawal()))
                .forEach(item -> (item.getDraft().deletion() ? deleted : item.hasRecord() ? known : fresh)
                        .computeIfAbsent(item.getObject() + (item.isOwned() && !item.hasRecord() ? " with owner" : ""),
                                kind -> new ArrayList<>())
                        .add(item));
        List<Chunk> chunks = new ArrayList<>();
        fresh.values().forEach(members -> {
            String object = members.get(0).getObject();
            slices(members, sizes.of(object, true), first.of(object, true))
                    .forEach(slice -> chunks.add(Chunk.ofNew(PersonObject.sObject(object), slice)));
        });
        List<SyncItem> together = new ArrayList<>();
        known.forEach((object, members) -> {
            int size = sizes.of(object, false);
            int ahead = first.of(object, false);
            if (size == largest && ahead == 0) {
                together.addAll(members);
            } else {
                slices(members, size, ahead).forEach(slice -> chunks.add(Chunk.ofKnown(slice)));
            }
        });
        slices(together, largest).forEach(slice -> chunks.add(Chunk.ofKnown(slice)));
        slices(deleted.values().stream().flatMap(List::stream).toList(), CHUNK).forEach(slice -> chunks.add(Chunk.ofKnown(slice)));
        chunks.sort(Comparator.comparing(chunk -> chunk.getItems().stream().noneMatch(SyncItem::isWithdrawal)));
        return chunks;
    }

    /** How many records a call may have. */
    public interface CallSize {
        int of(String object, boolean isNew);
    }

    private static List<List<SyncItem>> slices(List<SyncItem> items, int size, int first) {
        int ahead = Math.min(items.size(), first);
        List<List<SyncItem>> slices = new ArrayList<>(ahead == 0 ? List.of() : List.of(items.subList(0, ahead)));
        slices.addAll(slices(items.subList(ahead, items.size()), size));
        return slices;
    }

    /** Splits a list into parts of at most this size. */
    public static <T> List<List<T>> slices(List<T> items, int size) {
        List<List<T>> slices = new ArrayList<>();
        for (int from = 0; from < items.size(); from += size) {
            slices.add(items.subList(from, Math.min(from + size, items.size())));
        }
        return slices;
    }

    /** For the batch's log line. */
    @Override
    public String toString() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        List<SyncItem> items = items();
        counts.put(SyncItem.Outcome.SUPERSEDED.label(), taken - items.size());
        items.forEach(item -> counts.merge(item.getOutcome().label(), 1, Integer::sum));
        return taken + " events " + counts;
    }
}
