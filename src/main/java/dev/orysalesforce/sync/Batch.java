package dev.orysalesforce.sync;

import dev.orysalesforce.settings.SyncSettings.Action;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What one transaction brings to Salesforce: a row for each identity.
 *
 * @param rows in the order in which their identities were first heard of
 * @param taken how many events they were made of
 */
public record Batch(List<Row> rows, int taken) {

    /** Salesforce's limit for one collections call. */
    static final int CHUNK = 200;

    /** Identities that are looked up by one composite call: two queries for each object, four of the five allowed. */
    static final int LOOKUP = 2 * CHUNK;

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
