package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.IdentityChange;

/**
 * One identity on its way through a batch: its newest state, the record that the mapping made of it, and what became of
 * it. Each step of the route adds its part.
 */
public final class Row {

    /** What became of a row. */
    public enum Outcome { PENDING, SYNCED, SKIPPED, REFUSED }

    private final IdentityChange change;
    private final Mapping mapping;

    private String object;
    private ObjectNode record;
    private Outcome outcome = Outcome.PENDING;
    private Refusal refusal;
    private String salesforceId;
    private boolean created;

    Row(IdentityChange change, Mapping mapping) {
        this.change = change;
        this.mapping = mapping;
    }

    public IdentityChange getChange() {
        return change;
    }

    public String getIdentity() {
        return change.identityId();
    }

    public Mapping getMapping() {
        return mapping;
    }

    /** Lead or Contact, as the mapping says. */
    public String getObject() {
        return object;
    }

    /** The fields to send; null until the mapping has answered. */
    public ObjectNode getRecord() {
        return record;
    }

    public Outcome getOutcome() {
        return outcome;
    }

    /** Why it was refused; null unless it was. */
    public Refusal getRefusal() {
        return refusal;
    }

    public String getSalesforceId() {
        return salesforceId;
    }

    public boolean isCreated() {
        return created;
    }

    public boolean isPending() {
        return outcome == Outcome.PENDING;
    }

    public boolean isRefused() {
        return outcome == Outcome.REFUSED;
    }

    void mapped(String object, ObjectNode record) {
        this.object = object;
        this.record = record;
    }

    void skipped() {
        outcome = Outcome.SKIPPED;
    }

    public void synced(String salesforceId, boolean created) {
        this.salesforceId = salesforceId;
        this.created = created;
        outcome = Outcome.SYNCED;
    }

    public void refused(Refusal refusal) {
        this.refusal = refusal.without(record);
        outcome = Outcome.REFUSED;
    }
}
