package dev.orysalesforce.sync;

import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.Journal;
import dev.orysalesforce.journal.PauseDeliveryException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.SynchronizationAdapter;
import org.springframework.stereotype.Component;

/** Takes a batch in portion by portion, so that the first are on their way to Salesforce while more are taken. */
@Component("batchPartitioner")
public class BatchPartitioner implements Processor {

    private final Journal journal;
    private final Coalescer coalescer;
    private final FailureIsolation isolation;

    BatchPartitioner(Journal journal, Coalescer coalescer, FailureIsolation isolation) {
        this.journal = journal;
        this.coalescer = coalescer;
        this.isolation = isolation;
    }

    public Batch open() {
        return Batch.empty();
    }

    /**
     * @param first the first events, at least one
     * @param most how many events the batch may have
     */
    public Iterator<Batch> portions(Batch batch, List<IdentityChange> first, int most) {
        isolation.begin(batch);
        return new Portions(batch, first, most);
    }

    /** Before a portion goes its way: whatever becomes of it, even if its route is stopped, it comes back. */
    @Override
    public void process(Exchange exchange) {
        Batch portion = exchange.getMessage().getBody(Batch.class);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {

            @Override
            public void onFailure(Exchange failed) {
                portion.shared().fail(failed.getException());
                portion.portionDone();
            }

            @Override
            public void onComplete(Exchange done) {
                portion.portionDone();
            }
        });
    }

    /** Waits until all portions are back. */
    public Batch await(Batch batch) throws InterruptedException {
        batch.await();
        return batch;
    }

    /**
     * Portions are worked on at the same time, so no identity is in two of them: what more there is of one waits until all
     * are back.
     */
    private final class Portions implements Iterator<Batch> {

        private final Batch batch;
        private final Set<String> seen = new HashSet<>();
        private final List<IdentityChange> later = new ArrayList<>();
        private List<IdentityChange> taken;
        private int room;

        Portions(Batch batch, List<IdentityChange> first, int most) {
            this.batch = batch;
            taken = first;
            room = most;
        }

        /** Takes nothing, for Camel asks before it lets go of the portion that it has. */
        @Override
        public boolean hasNext() {
            return room > 0 || !later.isEmpty();
        }

        @Override
        public Batch next() {
            if (room == 0) {
                return rest();
            }
            int asked = Math.min(room, Batch.LOOKUP);
            List<IdentityChange> events = taken != null ? taken : batch.failure() == null ? journal.takeMore(asked) : List.of();
            taken = null;
            isolation.tries(events);
            room = events.size() < asked ? 0 : room - asked;
            List<IdentityChange> fresh = events.stream().filter(event -> !seen.contains(event.identityId())).toList();
            events.stream().filter(event -> seen.contains(event.identityId())).forEach(later::add);
            fresh.stream().filter(IdentityChange::isUsable).map(IdentityChange::identityId).forEach(seen::add);
            return batch.portion(isolation.coalesce(fresh, coalescer));
        }

        private Batch rest() {
            try {
                batch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PauseDeliveryException("STOPPING", "The app stops before the batch is through.");
            }
            Batch rest = isolation.coalesce(later, coalescer);
            later.clear();
            return batch.portion(rest);
        }
    }
}
