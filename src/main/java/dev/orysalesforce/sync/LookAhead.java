package dev.orysalesforce.sync;

import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.Journal;
import java.time.Duration;
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
 * written. What was prepared is used only for the very same event, by the batch that follows soon, if the one before has
 * committed and no mapping was reloaded meanwhile; else it is prepared again.
 */
@Component("lookAhead")
public class LookAhead implements Processor {

    /** As many as four calls take, so that the next portions are prepared while those are out. */
    private static final int MOST = 2 * Batch.LOOKUP;
    /** Later, after a pause or a throttled batch, sales may have changed what was looked up. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final Journal journal;
    private final Coalescer coalescer;
    private final Mappings mappings;
    private final WriterLease lease;
    private volatile Preparation next = Preparation.NONE;

    /**
     * @param during the batch that is under way
     * @param since by {@link System#nanoTime()}
     * @param mappings their edition
     * @param byEvent the items, by the event that each is made of
     */
    private record Preparation(Batch during, long since, Object mappings, Map<IdentityChange, SyncItem> byEvent) {

        static final Preparation NONE = new Preparation(null, 0, null, Map.of());
    }

    /**
     * Does not know the batch before: each one would keep all that were before it in memory.
     *
     * @param claimedBefore Salesforce ID to identity, of the batch before
     * @param byEvent the items, by the event that each was made of
     */
    record Prepared(Map<String, String> claimedBefore, Map<IdentityChange, SyncItem> byEvent) {

        static final Prepared NOTHING = new Prepared(Map.of(), Map.of());

        /** Two identities may have found the same record: the first gets it, also if it is of the batch before. */
        private SyncItem orElse(SyncItem item, Batch portion) {
            SyncItem known = item.isPending() ? byEvent.get(item.getChange()) : null;
            SyncItem prepared = known != null && known.getEarlier().equals(item.getEarlier()) ? known : null;
            String found = prepared == null ? null : prepared.isCandidate() ? prepared.getCandidate().salesforceId()
                    : prepared.hasRecord() && prepared.getTarget().stamp() ? prepared.getSalesforceId() : null;
            boolean isTheirs = found != null && (!claimedBefore.getOrDefault(found, item.getIdentity()).equals(item.getIdentity())
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
        return batch.isFull() && next.during() != batch && batch.failure() == null && !lease.isShared();
    }

    /** The batch commits once this has ended, too, so that nothing is read from the ledger while routes are replaced. */
    @Override
    public void process(Exchange exchange) {
        Batch batch = exchange.getMessage().getBody(Batch.class);
        next = new Preparation(batch, System.nanoTime(), mappings.edition(), new ConcurrentHashMap<>());
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
        Preparation last = next;
        next = Preparation.NONE;
        boolean isValid = last.during() != null && last.during().isCommitted() && last.mappings() == mappings.edition()
                && System.nanoTime() - last.since() < LONGEST.toNanos();
        return isValid ? new Prepared(last.during().claims(), last.byEvent()) : Prepared.NOTHING;
    }

    /** Takes what is prepared already; the other items of the portion are still to be prepared. */
    public Batch use(Batch portion) {
        portion.replaceEach(item -> portion.prepared().orElse(item, portion));
        return portion;
    }
}
