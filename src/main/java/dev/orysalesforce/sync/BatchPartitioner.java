package dev.orysalesforce.sync;

import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.Journal;
import dev.orysalesforce.journal.PauseDeliveryException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.SynchronizationAdapter;
import org.springframework.stereotype.Component;

/** Reads a batch portion by portion, so that the first portions are sent while later ones are still being read. */
@Component("batchPartitioner")
public class BatchPartitioner implements Processor {

    private final Journal journal;
    private final Coalescer coalescer;
    private final FailureIsolation isolation;
    private final LookAhead lookAhead;
    private final Clock clock;

    BatchPartitioner(Journal journal, Coalescer coalescer, FailureIsolation isolation, LookAhead lookAhead, Clock clock) {
        this.journal = journal;
        this.coalescer = coalescer;
        this.isolation = isolation;
        this.lookAhead = lookAhead;
        this.clock = clock;
    }

    public Batch open() {
        return Batch.after(lookAhead.handOver(), clock.instant());
    }

    /**
     * @param first the first events, at least one
     * @param most the largest number of events for the batch
     */
    public Iterator<Batch> portions(Batch batch, List<IdentityChange> first, int most) {
        isolation.begin(batch);
        return new Portions(batch, first, most);
    }

    /** Registers the portion's end, which is reported in any case, even if its route is stopped. */
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

    /** Waits until all portions have ended. */
    public Batch await(Batch batch) throws InterruptedException {
        batch.await();
        return batch;
    }

    /**
     * Portions are processed at the same time, so no identity is in two of them: further events of the same identity wait
     * until all portions have ended.
     */
    private final class Portions implements Iterator<Batch> {

        private final Batch batch;
        private final Set<String> seen = new HashSet<>();
        private final List<IdentityChange> later = new ArrayList<>();
        private List<IdentityChange> taken;
        /** A try after a failure, or a search for its cause, has fewer events, and causes no call beside its own. */
        private final boolean isLarge;
        private int room;

        Portions(Batch batch, List<IdentityChange> first, int most) {
            this.batch = batch;
            taken = first;
            room = most;
            isLarge = most > Batch.LOOKUP;
        }

        /** Reads nothing, because Camel asks for the next portion before it releases the current one. */
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
            if (room == 0 && events.size() == asked && isLarge) {
                batch.markFull();
            }
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
                throw new PauseDeliveryException("STOPPING", "The app stops before the batch is complete.");
            }
            Batch rest = isolation.coalesce(later, coalescer);
            later.clear();
            return batch.portion(rest);
        }
    }
}
