package dev.orysalesforce.write;

import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.Chunk;
import dev.orysalesforce.sync.FailureIsolation;
import dev.orysalesforce.sync.SyncItem;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Writes outcomes into the ledger. */
@Component("outcomeRecorder")
public class OutcomeRecorder {

    private final Ledger ledger;

    OutcomeRecorder(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * Before a batch goes out, so that a write whose answer is lost, or that a kill interrupts, is not taken for one that
     * never was.
     */
    public void recordIntent(Batch batch) {
        ledger.save(batch.getPending().stream().map(SyncItem::intent).toList());
    }

    /** As soon as a call has come back, so that a batch that rolls back does not send these rows again. */
    public void recordOutcomes(Chunk chunk) {
        save(chunk.getItems(), Set.of(SyncItem.Outcome.SYNCED));
    }

    /**
     * Before the journal lets go of the batch. Where more was heard of an identity than one portion could take, its last row
     * has the last word; else a state that is tried again later would seem newer than the one that went out after it.
     */
    public void recordOutcomes(Batch batch) {
        ledger.forget(batch.getErased());
        Map<String, SyncItem> last = new LinkedHashMap<>();
        batch.items().stream().filter(item -> item.getIdentity() != null && item.getOutcome() != SyncItem.Outcome.SUPERSEDED)
                .forEach(item -> last.put(item.getIdentity(), item));
        save(last.values(), Set.of(SyncItem.Outcome.UNCHANGED, SyncItem.Outcome.SKIPPED, SyncItem.Outcome.RETRY,
                SyncItem.Outcome.DEAD_LETTER));
    }

    private void save(Collection<SyncItem> items, Set<SyncItem.Outcome> outcomes) {
        ledger.save(items.stream()
                .filter(item -> outcomes.contains(item.getOutcome()) && !FailureIsolation.isFailedInApp(item) && item.isNewer()
                        && !item.isErased())
                .map(SyncItem::entry).collect(Collectors.toList()));
    }
}
