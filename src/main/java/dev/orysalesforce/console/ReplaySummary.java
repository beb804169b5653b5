package dev.orysalesforce.console;

import dev.orysalesforce.operator.ReplayEnding;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A replay in one sentence. */
final class ReplaySummary {

    /** What is told of the letters with an outcome, in this order. */
    private static final List<Map.Entry<String, String>> OUTCOMES = List.of(Map.entry("synced", "synced"),
            Map.entry("unchanged", "already in Salesforce as they are"), Map.entry("superseded", "superseded by a newer state"),
            Map.entry("skipped", "skipped"), Map.entry("dead-letter", "refused again"));

    private ReplaySummary() {}

    /** @param left letters that hold no event of a stored identity */
    static String begun(long replayed, long left) {
        return (replayed == 0 ? "No dead letter was replayed." : "%s replayed.".formatted(letters(replayed)))
                + (left == 0 ? ""
                        : " %s left, because a letter without an event of a stored identity can't be replayed.".formatted(letters(left)));
    }

    /** The beginning of a sentence about letters. */
    static String letters(long count) {
        return count == 1 ? "1 dead letter was" : OverviewReport.number(count) + " dead letters were";
    }

    /** How many letters have which outcome. */
    static String ended(ReplayEnding ending) {
        Stream<Map.Entry<Long, String>> ended = OUTCOMES.stream()
                .map(outcome -> Map.entry(ending.ended().getOrDefault(outcome.getKey(), 0L), outcome.getValue()));
        Stream<Map.Entry<Long, String>> open = Stream.of(Map.entry(ending.waiting(), "waiting"),
                Map.entry(ending.unknown(), "without a known outcome"));
        return Stream.concat(ended, open).filter(part -> part.getKey() > 0)
                .map(part -> OverviewReport.number(part.getKey()) + " " + part.getValue())
                .collect(Collectors.joining(", ", "Of " + OverviewReport.number(ending.replayed()) + " replayed: ", "."));
    }
}
