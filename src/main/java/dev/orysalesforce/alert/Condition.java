package dev.orysalesforce.alert;

import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Whether there is something to alert of, as it is now.
 *
 * @param verdict whether it holds
 * @param since when it began, if that is known
 * @param text its circumstances; null if it does not hold
 * @param counts numbers by their names; asked for only if an alert is sent
 * @param remedy what a person can do about it
 */
record Condition(AlertKind kind, Verdict verdict, Instant since, String text, Supplier<Map<String, Long>> counts,
        String remedy) {

    enum Verdict {
        HOLDS, DOES_NOT_HOLD,
        /** It can't be told now, for instance shortly after the start; what was told before stays true. */
        UNKNOWN
    }

    static Condition unknown(AlertKind kind) {
        return new Condition(kind, Verdict.UNKNOWN, null, null, Map::of, null);
    }

    static Condition over(AlertKind kind, String text) {
        return new Condition(kind, Verdict.DOES_NOT_HOLD, null, text, Map::of, null);
    }

    boolean holds() {
        return verdict == Verdict.HOLDS;
    }
}
