package dev.orysalesforce.operator;

import dev.orysalesforce.ledger.DeadLetterIndex;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How a replay ended.
 *
 * @param id of the replay
 * @param at when it began
 * @param replayed how many letters it put into the journal
 * @param ended outcome (synced, unchanged, superseded, skipped, dead-letter) to the number of letters whose identity has it
 * @param waiting letters whose event is in the journal, retries included
 * @param unknown letters whose event is no longer in the journal; the app ended before it could note their outcome
 */
public record ReplayEnding(String id, Instant at, long replayed, Map<String, Long> ended, long waiting, long unknown) {

    /** @param pending events in the journal, if the broker tells it */
    static ReplayEnding of(String id, DeadLetterIndex.Ending ending, OptionalLong pending) {
        long waiting = Math.min(ending.open(), pending.orElse(ending.open()));
        long ended = ending.ended().values().stream().mapToLong(Long::longValue).sum();
        return new ReplayEnding(id, ending.at(), ended + ending.open(), ending.ended(), waiting, ending.open() - waiting);
    }
}
