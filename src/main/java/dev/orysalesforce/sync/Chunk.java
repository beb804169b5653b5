package dev.orysalesforce.sync;

import dev.orysalesforce.salesforce.RecordError;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The items of one collections call, at most 200: new records of one object, or existing records of any object. */
public final class Chunk {

    private final String object;
    private final List<SyncItem> items;
    private final boolean whole;
    private List<SyncItem> rejected;
    private RecordError error;

    private Chunk(String object, List<SyncItem> items, boolean whole) {
        this.object = object;
        this.items = items;
        this.whole = whole;
    }

    static Chunk ofNew(String object, List<SyncItem> items) {
        return new Chunk(object, items, true);
    }

    static Chunk ofKnown(List<SyncItem> items) {
        return new Chunk(null, items, true);
    }

    /** Whether the records are assumed not to exist yet. */
    public boolean isNew() {
        return object != null;
    }

    /** Whether its records name their owners; the assignment rules of the org would overrule them. */
    public boolean isOwned() {
        return items.get(0).isOwned();
    }

    /** Whether its records are to be deleted. */
    public boolean isDeletion() {
        return items.get(0).getDraft().deletion();
    }

    /** The IDs of known records. */
    public String getIds() {
        return items.stream().map(SyncItem::getSalesforceId).collect(Collectors.joining(","));
    }

    /** The object of new records, by Salesforce's name. */
    public String getObject() {
        return object;
    }

    public List<SyncItem> getItems() {
        return items;
    }

    public int getSize() {
        return items.size();
    }

    /** Whether this is a whole chunk, not a part of one that was rejected and split. */
    public boolean isComplete() {
        return whole;
    }

    /** Why Salesforce rejected the call as a whole, or some of its records because there were too many; null unless it did. */
    public RecordError getError() {
        return error;
    }

    public boolean isRejected() {
        return error != null;
    }

    public void reject(RecordError error) {
        reject(error, items);
    }

    /** @param some the items that have to be sent again in smaller calls; the others have their results */
    public void reject(RecordError error, List<SyncItem> some) {
        this.error = error;
        this.rejected = some;
    }

    /** The rejected items in two calls, or in one if it is a single item. */
    public List<Chunk> getHalves() {
        int middle = rejected.size() / 2;
        return Stream.of(rejected.subList(0, middle), rejected.subList(middle, rejected.size())).filter(half -> !half.isEmpty())
                .map(half -> new Chunk(object, half, false)).toList();
    }
}
