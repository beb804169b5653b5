package dev.orysalesforce.sync;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one transaction brings to Salesforce: a row for each identity.
 *
 * @param rows in the order in which their identities were first heard of
 * @param taken how many events they were made of
 */
public record Batch(List<Row> rows, int taken) {

    /** Salesforce's limit for one collections call. */
    static final int CHUNK = 200;

    public boolean isEmpty() {
        return taken == 0;
    }

    /** Rows that no step has settled yet. */
    public List<Row> getPending() {
        return rows.stream().filter(Row::isPending).toList();
    }

    public List<Row> getRefused() {
        return rows.stream().filter(Row::isRefused).toList();
    }

    /** What is to be written, one object a call, at most 200 records each. */
    public List<Chunk> getChunks() {
        Map<String, List<Row>> byObject = new LinkedHashMap<>();
        getPending().forEach(row -> byObject.computeIfAbsent(row.getObject(), object -> new ArrayList<>()).add(row));
        List<Chunk> chunks = new ArrayList<>();
        byObject.forEach((object, members) -> {
            for (int from = 0; from < members.size(); from += CHUNK) {
                chunks.add(new Chunk(object, members.subList(from, Math.min(from + CHUNK, members.size()))));
            }
        });
        return chunks;
    }

    /** For the one log line of a batch. */
    @Override
    public String toString() {
        Map<Row.Outcome, Integer> counts = new LinkedHashMap<>();
        rows.forEach(row -> counts.merge(row.getOutcome(), 1, Integer::sum));
        return "%d events, %d superseded, %s".formatted(taken, taken - rows.size(), counts.toString().toLowerCase());
    }
}
