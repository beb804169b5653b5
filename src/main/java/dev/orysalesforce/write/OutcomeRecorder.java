package dev.orysalesforce.write;

import dev.orysalesforce.ledger.ChildLedger;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.OneWayLedger;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.Chunk;
import dev.orysalesforce.sync.FailureIsolation;
import dev.orysalesforce.sync.LedgerEntries;
import dev.orysalesforce.sync.SyncItem;
import java.time.Clock;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Writes outcomes into the ledger. */
@Component("outcomeRecorder")
public class OutcomeRecorder {

    private static final Set<SyncItem.Outcome> IN_STEP = Set.of(SyncItem.Outcome.SYNCED, SyncItem.Outcome.UNCHANGED);

    private final Ledger ledger;
    private final ChildLedger children;
    private final OneWayLedger oneWays;
    private final Clock clock;

    OutcomeRecorder(Ledger ledger, ChildLedger children, OneWayLedger oneWays, Clock clock) {
        this.ledger = ledger;
        this.oneWays = oneWays;
        this.children = children;
        this.clock = clock;
    }

    /** Called before a batch is sent, so that a write whose answer is lost is not mistaken for one that never happened. */
    public void recordIntent(Batch batch) {
        ledger.save(batch.getPending().stream().filter(SyncItem::isVersioned).map(LedgerEntries::intent).toList());
    }

    /** Called after each call, so that a batch that rolls back does not send these items again. */
    public void recordOutcomes(Chunk chunk) {
        chunk.getItems().stream().filter(item -> item.isMadeAnew() && item.getOutcome() == SyncItem.Outcome.SYNCED)
                .forEach(item -> children.forget(item.getIdentity())); // those of the deleted record
        save(chunk.getItems(), Set.of(SyncItem.Outcome.SYNCED));
    }

    /** Called once the children of records are written: only now the events of these records are done. */
    public void recordWithChildren(Batch portion) {
        save(portion.items().stream().filter(SyncItem::hasChildren).toList(), Set.of(SyncItem.Outcome.SYNCED));
    }

    /**
     * Called before the journal releases the batch. If an identity has several items, the last one is recorded; otherwise a
     * state that is retried later would seem newer than the state that was sent after it.
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
        List<SyncItem> ended = items.stream()
                .filter(item -> outcomes.contains(item.getOutcome()) && !FailureIsolation.isFailedInApp(item)
                        && (item.isNewer() || !item.isVersioned())
                        && !item.isErased())
                .toList();
        ledger.save(ended.stream().map(item -> LedgerEntries.entry(item, clock.instant())).toList());
        oneWays.forget(ended.stream().filter(item -> !forgotten(item).isEmpty())
                .collect(Collectors.toMap(SyncItem::getIdentity, OutcomeRecorder::forgotten, (one, other) -> one)));
    }

    /** What was taken back, and what an edit of a mapping would have set, but Salesforce did not get: it had the value, or refused it. */
    private static Set<String> forgotten(SyncItem item) {
        Set<String> fields = new TreeSet<>();
        if (IN_STEP.contains(item.getOutcome())) {
            fields.addAll(item.getTakenBack().keySet());
        }
        if (item.getOutcome() != SyncItem.Outcome.RETRY) {
            item.getNewlyEdited().stream().filter(field -> !item.isSent() || !item.getDraft().fields().has(field)).forEach(fields::add);
        }
        return fields;
    }
}
