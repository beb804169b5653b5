package dev.orysalesforce.sync;

import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.settings.SyncSettings.Action;
import dev.orysalesforce.sync.SyncItem.Outcome;
import java.time.Instant;

/** What has become of an item so far. */
sealed interface SyncOutcome {

    /** Why it came to that, or what was changed so that Salesforce took the record; null if there is nothing to say. */
    RecordError why();

    /** What the ledger, the metrics and the operator API call it. */
    Outcome kind();

    /** @param why the last refusal, if it was recovered from one */
    record Pending(RecordError why) implements SyncOutcome {
        @Override
        public Outcome kind() {
            return Outcome.PENDING;
        }
    }

    /** Salesforce refused the record for a reason that can be dealt with within the batch. */
    record Recovering(Action action, RecordError why) implements SyncOutcome {
        @Override
        public Outcome kind() {
            return Outcome.PENDING;
        }
    }

    /** @param primed whether the record has shown that it holds all of it, so that the ledger learns the hashes */
    record Unchanged(RecordError why, boolean primed) implements SyncOutcome {
        @Override
        public Outcome kind() {
            return Outcome.UNCHANGED;
        }
    }

    /** @param counted whether it was an attempt; false if it only waits */
    record RetryAt(Instant when, RecordError why, boolean counted) implements SyncOutcome {
        @Override
        public Outcome kind() {
            return Outcome.RETRY;
        }
    }

    /** @param kind synced, superseded, skipped or dead-lettered */
    record Ended(Outcome kind, RecordError why) implements SyncOutcome {}
}
