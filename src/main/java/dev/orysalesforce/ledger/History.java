package dev.orysalesforce.ledger;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What became of an identity's events, as the ledger keeps it: a line for each that got an outcome, which no batch has to parse.
 *
 * @param lines the last {@value #LONGEST}, oldest first
 */
public record History(String lines) {

    public static final History NONE = new History("");

    static final int LONGEST = 20;
    private static final String SEPARATOR = "\t";

    /**
     * An event got its outcome.
     *
     * @param at when that was
     * @param event kind of the event
     * @param receivedAt when it came in
     * @param mapping which mapping answered, with its version; may be null
     * @param outcome synced, unchanged, skipped, retry or dead-letter
     * @param code why, if it went wrong or was skipped; may be null
     * @param foundBy how its record was found, if it had none before or another one; else null
     */
    public record Step(Instant at, String event, Instant receivedAt, String mapping, String outcome, String code, String foundBy) {

        private String line() {
            return Stream.of(at, event, receivedAt, mapping, outcome, code, foundBy)
                    .map(value -> Objects.toString(value, "").replaceAll("\\p{Cntrl}", " ")).collect(Collectors.joining(SEPARATOR));
        }

        private static Step of(String line) {
            String[] values = line.split(SEPARATOR, -1);
            return new Step(Instant.parse(values[0]), values[1], Instant.parse(values[2]), text(values[3]), values[4], text(values[5]),
                    text(values[6]));
        }

        private static String text(String value) {
            return value.isEmpty() ? null : value;
        }
    }

    public History plus(Step step) {
        List<String> all = Stream.concat(lines.lines(), Stream.of(step.line())).toList();
        return new History(String.join("\n", all.subList(Math.max(0, all.size() - LONGEST), all.size())));
    }

    /** Oldest first. */
    public List<Step> steps() {
        return lines.lines().map(Step::of).toList();
    }
}
