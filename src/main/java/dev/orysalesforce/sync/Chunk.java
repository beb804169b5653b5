package dev.orysalesforce.sync;

import dev.orysalesforce.salesforce.RecordError;
import java.util.List;
import java.util.stream.Collectors;

/** The items of one collections call, at most 200: new records of one object, or existing records of any object. */
public final class Chunk {

    private final String object;
    private final List<SyncItem> items;
    private final boolean whole;
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

    /** Whether its records are to be deleted. */
    public boolean isDeletion() {
        return items.get(0).getDraft().deletion();
    }

    /** The IDs of known records. */
    public String getIds() {
        return items.stream().map(SyncItem::getSalesforceId).collect(Collectors.joining(","));
    }

    /** The object of new records. */
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

    /** Why Salesforce rejected the call as a whole; null unless it did. */
    public RecordError getError() {
        return error;
    }

    public boolean isRejected() {
        return error != null;
    }

    public void reject(RecordError error) {
        this.error = error;
    }

    public List<Chunk> getHalves() {
        int middle = items.size() / 2;
        return List.of(new Chunk(object, items.subList(0, middle), false),
                new Chunk(object, items.subList(middle, items.size()), false));
    }
}
