package dev.orysalesforce.child;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.child.ChildReferences.Reference;
import dev.orysalesforce.ledger.ChildLedger;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.Child;
import dev.orysalesforce.sync.SyncItem;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** One child of an item's record on its way to Salesforce. */
public final class ChildRow {

    private final SyncItem item;
    private final Child child;
    private final String key;
    private final Map<String, String> hashes;
    private final ChildLedger.Entry before;
    private final String owner;
    private final ObjectNode fields;
    private final Map<String, Reference> wanted = new LinkedHashMap<>();
    private final Map<String, Map<String, Long>> values = new HashMap<>();
    private final Map<String, Boolean> forward = new HashMap<>();
    private boolean asked;
    private boolean askedAgain;
    private boolean isLeftOut;
    private boolean isSuspect;
    private int limit = Batch.CHUNK;
    private JsonNode existing;
    private ObjectNode toSend;
    private boolean open = true;
    private RecordError refusal;
    private Instant retryAt;

    /**
     * @param key what the ledger knows it by
     * @param hashes field to keyed hash of what the mapping has answered
     * @param before as it was last sent; null if it never was
     * @param owner the child's field that refers to the item's record
     */
    ChildRow(SyncItem item, Child child, String key, Map<String, String> hashes, ChildLedger.Entry before, String owner) {
        this.item = item;
        this.child = child;
        this.key = key;
        this.hashes = hashes;
        this.before = before;
        this.owner = owner;
        this.fields = child.fields().deepCopy();
        this.asked = before == null && item.isCreated();
    }

    SyncItem item() {
        return item;
    }

    Child child() {
        return child;
    }

    String object() {
        return child.object();
    }

    String owner() {
        return owner;
    }

    /** Its fields, with IDs in the place of what other records are found by. */
    ObjectNode fields() {
        return fields;
    }

    /** A field refers to a record that is still to be found. */
    void wants(String field, Reference reference) {
        wanted.put(field, reference);
    }

    /** Field to record that is still to be found. */
    Map<String, Reference> wanted() {
        return Map.copyOf(wanted);
    }

    /** A record that a field refers to is found. */
    void refer(String field, String salesforceId) {
        wanted.remove(field);
        fields.put(field, salesforceId);
    }

    /** @return the values that a field can have, each with its place in their order; null if they are not known yet */
    Map<String, Long> values(String field) {
        return values.get(field);
    }

    void learn(String field, Map<String, Long> its) {
        values.put(field, its);
    }

    /** A field that only moves forward has a value that is further than the one in Salesforce, or not. */
    void place(String field, boolean isFurther) {
        forward.put(field, isFurther);
    }

    /** Whether its value is further than the one in Salesforce; null if it is no field that only moves forward. */
    Boolean isForward(String field) {
        return forward.get(field);
    }

    /** It goes on without a value for this field. */
    void leaveOut(String field, RecordError why) {
        fields.remove(field);
        hashes.remove(field); // so that it is sent once it can be
        if (before != null && before.fields().containsKey(field)) {
            hashes.put(field, before.fields().get(field));
        }
        item.explain(why);
    }

    /** It is not written; the record goes on without it. */
    void leaveOut(RecordError why) {
        open = false;
        isLeftOut = true;
        wanted.clear();
        item.explain(why);
    }

    boolean isOpen() {
        return open;
    }

    /** Whether it is known whether the child exists. */
    boolean isAsked() {
        return asked;
    }

    /** It, or another one of the same query, has a value that Salesforce can't read: each is asked for alone. */
    void suspect() {
        isSuspect = true;
    }

    boolean isSuspect() {
        return isSuspect;
    }

    /** With how many others it may share a call: fewer once Salesforce has refused a call as a whole. */
    int limit() {
        return limit;
    }

    void limit(int most) {
        limit = most;
    }

    /** @param record null if there is none */
    void answered(JsonNode record) {
        asked = true;
        existing = record;
    }

    /**
     * It was created meanwhile by another, so it has to be looked up.
     *
     * @return whether that is the first time
     */
    boolean askAgain() {
        boolean isFirst = !askedAgain;
        asked = false;
        askedAgain = true;
        return isFirst;
    }

    /** As it is in Salesforce; null if it is not there. */
    JsonNode existing() {
        return existing;
    }

    String salesforceId() {
        return existing == null ? null : existing.path("Id").asText();
    }

    /** Whether the app has sent it before. */
    boolean isSentBefore() {
        return before != null;
    }

    /** Whether the value of a field is another than the one that was last sent. */
    boolean isChanged(String field) {
        return before == null || !hashes.get(field).equals(before.fields().get(field));
    }

    void toSend(ObjectNode changes) {
        toSend = changes;
    }

    ObjectNode toSend() {
        return toSend;
    }

    /** Salesforce has it. */
    void done() {
        open = false;
    }

    /** It is in Salesforce under this ID. */
    void sentAs(String salesforceId) {
        existing = fields.objectNode().put("Id", salesforceId);
        done();
    }

    /** @param retryAt null if the event becomes a dead letter */
    void refuse(RecordError error, Instant retryAt) {
        open = false;
        refusal = error;
        this.retryAt = retryAt;
    }

    boolean isRefused() {
        return refusal != null;
    }

    RecordError refusal() {
        return refusal;
    }

    Instant retryAt() {
        return retryAt;
    }

    /** Whether Salesforce has it, or had it until sales deleted it. */
    boolean isWritten() {
        return !open && !isLeftOut && refusal == null && (existing != null || before != null && asked);
    }

    /** What the ledger keeps of it once it is done. */
    ChildLedger.Entry entry() {
        String id = salesforceId() != null ? salesforceId() : before == null ? null : before.salesforceId();
        return new ChildLedger.Entry(item.getIdentity(), key, object(), id, hashes);
    }
}
