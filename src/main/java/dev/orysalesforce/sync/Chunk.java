package dev.orysalesforce.sync;

import java.util.List;

/** The rows of one collections call: one object, at most 200 of them. */
public final class Chunk {

    private final String object;
    private final List<Row> rows;
    private final boolean whole;
    private Refusal refusal;

    Chunk(String object, List<Row> rows) {
        this(object, rows, true);
    }

    private Chunk(String object, List<Row> rows, boolean whole) {
        this.object = object;
        this.rows = rows;
        this.whole = whole;
    }

    /** Whether this is all that was to be sent, not a part of a call that was refused. */
    boolean isWhole() {
        return whole;
    }

    public String getObject() {
        return object;
    }

    public List<Row> getRows() {
        return rows;
    }

    /** Why Salesforce refused the call as a whole; null unless it did. */
    public Refusal getRefusal() {
        return refusal;
    }

    public boolean isRefused() {
        return refusal != null;
    }

    public int getSize() {
        return rows.size();
    }

    public List<Chunk> getHalves() {
        int middle = rows.size() / 2;
        return List.of(new Chunk(object, rows.subList(0, middle), false),
                new Chunk(object, rows.subList(middle, rows.size()), false));
    }

    void refused(Refusal refusal) {
        this.refusal = refusal;
    }
}
