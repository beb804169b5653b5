package dev.orysalesforce.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The outcomes of an identity's last events, in the form of the ledger: a batch adds a line, and reads no more than the line before.
 *
 * @param lines one for each of the last {@value #LONGEST} events that got an outcome, oldest first
 */
public record History(String lines) {

    public static final History NONE = new History("");

    static final int LONGEST = 20;
    private static final int LONGEST_VALUE = 100;
    private static final String SEPARATOR = "\t";
    private static final String RETRY = "retry";

    /**
     * An event got its outcome.
     *
     * @param at when that was
     * @param event kind of the event
     * @param receivedAt when it came in
     * @param mapping which mapping answered, with its version; may be null
     * @param outcome synced, unchanged, skipped, retry, dead-letter or discarded
     * @param code why, if it went wrong or was skipped; may be null
     * @param foundBy how its record was found, if it had none before or another one; else null
     */
    public record Step(Instant at, String event, Instant receivedAt, String mapping, String outcome, String code, String foundBy) {

        private String line() {
            return Stream.of(at, event, receivedAt, mapping, outcome, code, foundBy)
                    .map(value -> Ledger.cut(Objects.toString(value, "").replaceAll("\\p{Cntrl}", " "), LONGEST_VALUE))
                    .collect(Collectors.joining(SEPARATOR));
        }

        private static Step of(String line) {
            String[] values = line.split(SEPARATOR, -1);
            return new Step(Instant.parse(values[0]), values[1], Instant.parse(values[2]), text(values[3]), values[4], text(values[5]),
                    text(values[6]));
        }

        private static String text(String value) {
            return value.isEmpty() ? null : value;
        }

        /** Whether it is another try of the same event that is to be tried once more. */
        private boolean isAnotherTryOf(Step before) {
            return outcome.equals(RETRY) && before.outcome.equals(RETRY) && receivedAt.equals(before.receivedAt);
        }
    }

    /** The last of several tries of an event stands for all of them. */
    public History plus(Step step) {
        List<String> all = new ArrayList<>(lines.lines().toList());
        int last = all.size() - 1;
        if (last >= 0 && step.isAnotherTryOf(Step.of(all.get(last)))) {
            all.remove(last);
        }
        all.add(step.line());
        return new History(String.join("\n", all.subList(Math.max(0, all.size() - LONGEST), all.size())));
    }

    /** Oldest first. */
    public List<Step> steps() {
        return lines.lines().map(Step::of).toList();
    }
}
