package dev.orysalesforce.sync;

import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.Journal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.SynchronizationAdapter;
import org.springframework.stereotype.Component;

/**
 * Prepares what the next batch begins with while the last calls of a full one are out: otherwise nothing is on its way to
 * Salesforce while the first events of the next batch are mapped and looked up. The events stay in the journal, and nothing is
 * written. What was prepared is used only for the very same event, by the batch that follows, if the one before has committed
 * and no mapping was reloaded meanwhile; else it is prepared again.
 */
@Component("lookAhead")
public class LookAhead implements Processor {

    /** As many as four calls take, so that the next portions are prepared while those are out. */
    private static final int MOST = 2 * Batch.LOOKUP;

    private final Journal journal;
    private final Coalescer coalescer;
    private final Mappings mappings;
    private final WriterLease lease;
    private volatile Prepared next = Prepared.NOTHING;

    /**
     * @param before the batch that was under way
     * @param mappings their edition
     * @param byEvent the items, by the event that each was made of
     */
    record Prepared(Batch before, Object mappings, Map<IdentityChange, SyncItem> byEvent) {

        static final Prepared NOTHING = new Prepared(null, null, Map.of());

        /** Two identities may have found the same record: the first gets it, also if it is of the batch before. */
        private SyncItem orElse(SyncItem item, Batch portion) {
            SyncItem prepared = item.isPending() ? byEvent.get(item.getChange()) : null;
            String found = prepared == null ? null : prepared.isCandidate() ? prepared.getCandidate().salesforceId()
                    : prepared.hasRecord() && prepared.getTarget().stamp() ? prepared.getSalesforceId() : null;
            boolean isTheirs = found != null && (before.isClaimedByOther(found, item.getIdentity())
                    || !portion.claims(found, item.getIdentity()));
            return prepared == null || isTheirs ? item : prepared;
        }
    }

    LookAhead(Journal journal, Coalescer coalescer, Mappings mappings, WriterLease lease) {
        this.journal = journal;
        this.coalescer = coalescer;
        this.mappings = mappings;
        this.lease = lease;
    }

    /** Whether the batch has read all that it may, and its successor is not prepared yet. */
    public boolean isDue(Batch batch) {
        return batch.isFull() && next.before() != batch && batch.failure() == null && !lease.isShared();
    }

    /** The batch commits once this has ended, too, so that nothing is read from the ledger while routes are replaced. */
    @Override
    public void process(Exchange exchange) {
        Batch batch = exchange.getMessage().getBody(Batch.class);
        next = new Prepared(batch, mappings.edition(), new ConcurrentHashMap<>());
        batch.portionBegins();
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {

            @Override
            public void onDone(Exchange done) {
                batch.portionDone();
            }
        });
    }

    /** The next events of the journal, in portions. */
    public List<Batch> portions() {
        Batch ahead = Batch.empty();
        List<SyncItem> items = coalescer.coalesce(journal.lookAhead(MOST)).getPending();
        return Batch.slices(items, Batch.LOOKUP).stream().map(slice -> ahead.portion(new Batch(slice, 0))).toList();
    }

    /** An item that Ory had to complete is not of the event that the next batch reads, which completes it again. */
    public void keep(Batch portion) {
        portion.items().forEach(item -> {
            item.prepare();
            next.byEvent().put(item.getChange(), item);
        });
    }

    /** What is prepared for the batch that begins. */
    Prepared handOver() {
        Prepared prepared = next;
        next = Prepared.NOTHING;
        boolean isValid = prepared.before() != null && prepared.before().isCommitted() && prepared.mappings() == mappings.edition();
        return isValid ? prepared : Prepared.NOTHING;
    }

    /** Takes what is prepared already; the other items of the portion are still to be prepared. */
    public Batch use(Batch portion) {
        portion.replaceEach(item -> portion.prepared().orElse(item, portion));
        return portion;
    }
}
