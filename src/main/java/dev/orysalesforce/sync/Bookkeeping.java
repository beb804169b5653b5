package dev.orysalesforce.sync;

import dev.orysalesforce.ledger.Ledger;
import java.util.Collection;
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

    /** Before the journal lets go of the batch. */
    public void remember(Batch batch) {
        ledger.forget(batch.getErased());
        save(batch.rows(), Set.of(Row.Outcome.UNCHANGED, Row.Outcome.SKIPPED, Row.Outcome.RETRY,
                Row.Outcome.DEAD_LETTER));
    }

    private void save(Collection<Row> rows, Set<Row.Outcome> outcomes) {
        ledger.save(rows.stream()
                .filter(row -> outcomes.contains(row.getOutcome()) && row.isNews() && !row.isErased())
                .map(Row::entry).collect(Collectors.toList()));
    }
}
