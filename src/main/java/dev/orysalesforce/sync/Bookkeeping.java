package dev.orysalesforce.sync;

import dev.orysalesforce.ledger.Ledger;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Writes outcomes into the ledger. */
@Component("bookkeeping")
public class Bookkeeping {

    private final Ledger ledger;

    Bookkeeping(Ledger ledger) {
        this.ledger = ledger;
    }

    /**
     * Before a batch goes out, so that a write whose answer is lost, or that a kill interrupts, is not taken for one that
     * never was.
     */
    public void intend(Batch batch) {
        ledger.save(batch.getPending().stream().map(Row::intent).toList());
    }

    /** As soon as a call has come back, so that a batch that rolls back does not send these rows again. */
    public void remember(Chunk chunk) {
        save(chunk.getRows(), Set.of(Row.Outcome.SYNCED));
    }

    /**
     * Before the journal lets go of the batch. Where more was heard of an identity than one portion could take, its last row
     * has the last word; else a state that is tried again later would seem newer than the one that went out after it.
     */
    public void remember(Batch batch) {
        ledger.forget(batch.getErased());
        Map<String, Row> last = new LinkedHashMap<>();
        batch.rows().stream().filter(row -> row.getIdentity() != null && row.getOutcome() != Row.Outcome.SUPERSEDED)
                .forEach(row -> last.put(row.getIdentity(), row));
        save(last.values(), Set.of(Row.Outcome.UNCHANGED, Row.Outcome.SKIPPED, Row.Outcome.RETRY,
                Row.Outcome.DEAD_LETTER));
    }

    private void save(Collection<Row> rows, Set<Row.Outcome> outcomes) {
        ledger.save(rows.stream()
                .filter(row -> outcomes.contains(row.getOutcome()) && row.isNews() && !row.isErased())
                .map(Row::entry).collect(Collectors.toList()));
    }
}
