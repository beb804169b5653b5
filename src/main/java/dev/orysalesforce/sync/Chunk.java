package dev.orysalesforce.sync;

import java.util.List;
import java.util.stream.Collectors;

/** The rows of one collections call, at most 200: new records of one object, or known records of any. */
public final class Chunk {

    private final String object;
    private final List<Row> rows;
    private final boolean whole;
    private Refusal refusal;

    private Chunk(String object, List<Row> rows, boolean whole) {
        this.object = object;
        this.rows = rows;
        this.whole = whole;
    }

    static Chunk ofNew(String object, List<Row> rows) {
        return new Chunk(object, rows, true);
    }

    static Chunk ofKnown(List<Row> rows) {
        return new Chunk(null, rows, true);
    }

    /** Whether its records do not exist yet, as far as anybody knows. */
    public boolean isNew() {
        return object != null;
    }

    /** Whether its records are to be deleted. */
    public boolean isDeletion() {
        return rows.get(0).isDeletion();
    }

    /** The IDs of known records. */
    public String getIds() {
        return rows.stream().map(Row::getSalesforceId).collect(Collectors.joining(","));
    }

    /** The object of new records. */
    public String getObject() {
        return object;
    }

    public List<Row> getRows() {
        return rows;
    }

    public int getSize() {
        return rows.size();
    }

    /** Whether this is all that was to be sent, not a part of a call that was refused. */
    boolean isWhole() {
        return whole;
    }

    /** Why Salesforce refused the call as a whole; null unless it did. */
    public Refusal getRefusal() {
        return refusal;
    }

    public boolean isRefused() {
        return refusal != null;
    }

    void refuse(Refusal refusal) {
        this.refusal = refusal;
    }

    public List<Chunk> getHalves() {
        int middle = rows.size() / 2;
        return List.of(new Chunk(object, rows.subList(0, middle), false),
                new Chunk(object, rows.subList(middle, rows.size()), false));
    }
}
