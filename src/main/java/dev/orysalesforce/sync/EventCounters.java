package dev.orysalesforce.sync;

import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.Journal;
import dev.orysalesforce.journal.JournalCount;
import dev.orysalesforce.journal.Queues;
import dev.orysalesforce.ledger.Activity;
import dev.orysalesforce.settings.SyncSettings;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * The balance of this process: pendingAtStart + accepted + reconciled + replayed = synced + unchanged + superseded + skipped
 * + deadLettered + pending, whenever no batch is in flight. Counters move after the commit.
 */
@Component("eventCounters")
public class EventCounters {

    private static final String NO_OBJECT = "none";
    /** Counters that exist from the start: an alert does not notice the first event of a counter that begins at 1. */
    private static final List<String> EVENTS = Stream.concat(IdentityChange.FLOWS.stream(),
            Stream.of(IdentityChange.GATEWAY, IdentityChange.ERASE)).toList();
    private static final List<String> OBJECTS = List.of("Lead", "Contact", "PersonAccount", NO_OBJECT);

    /** Selects dead letters that an operator has moved into the journal by the broker's own means. */
    private static final String MOVED = "deadLetterId IS NOT NULL";

    private final Queues queues;
    private final Journal journal;
    private final JournalCount journalCount;
    private final MeterRegistry meters;
    private final Activity activity;
    private final Long pendingAtStart;
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong reconciled = new AtomicLong();
    private final AtomicLong replayed = new AtomicLong();
    private final AtomicLong quarantined = new AtomicLong();
    private final Map<SyncItem.Outcome, AtomicLong> outcomes = new EnumMap<>(SyncItem.Outcome.class);
    private long movedBeforeStart;

    EventCounters(Queues queues, Journal journal, JournalCount journalCount, MeterRegistry meters, Activity activity,
            SyncSettings settings) {
        this.queues = queues;
        this.journal = journal;
        this.journalCount = journalCount;
        this.meters = meters;
        this.activity = activity;
        for (SyncItem.Outcome outcome : SyncItem.Outcome.values()) {
            outcomes.put(outcome, new AtomicLong());
        }
        EVENTS.forEach(event -> meters.counter("ory.sync.accepted", "event", event));
        outcomes.keySet().stream().filter(outcome -> outcome != SyncItem.Outcome.PENDING && outcome != SyncItem.Outcome.RETRY)
                .forEach(outcome -> OBJECTS.forEach(object -> count(outcome, object, 0)));
        FunctionCounter.builder("ory.sync.quarantined", quarantined, AtomicLong::get).register(meters);
        pendingAtStart = orNull(queues.depth(Queues.JOURNAL));
        if (!journalCount.isEmbedded() && pendingAtStart != null && pendingAtStart <= settings.journal().browseLimit()) {
            movedBeforeStart = queues.count(Queues.JOURNAL, MOVED).orElse(0);
        }
        meters.gauge("ory.sync.pending", queues, q -> orNaN(q.depth(Queues.JOURNAL)));
        meters.gauge("ory.sync.dead.letters", queues, q -> orNaN(q.depth(Queues.DEAD_LETTERS)));
        FunctionCounter.builder("ory.sync.dead.letters.expired", queues, q -> orNaN(q.expired(Queues.DEAD_LETTERS)))
                .register(meters);
        meters.gauge("ory.sync.oldest.pending.seconds", queues, q -> orNaN(q.oldestSeconds(Queues.JOURNAL)));
    }

    private static Long orNull(OptionalLong known) {
        return known.isPresent() ? known.getAsLong() : null;
    }

    private static double orNaN(OptionalLong known) {
        return known.isPresent() ? known.getAsLong() : Double.NaN;
    }

    /** The event is in the journal; the sender gets its 204 after this. */
    public void accepted(String event) {
        accepted.incrementAndGet();
        activity.accepted();
        meters.counter("ory.sync.accepted", "event", event).increment();
    }

    /** Events from Ory's list are in the journal. */
    public void reconciled(int count) {
        reconciled.addAndGet(count);
    }

    /** Dead letters are in the journal again. */
    public void replayed(int count) {
        replayed.addAndGet(count);
    }

    /** A body was rejected and kept as a dead letter; it never was in the journal. */
    public void quarantined() {
        quarantined.incrementAndGet();
    }

    /** Called after a batch has committed; a poll without events has no batch. */
    public void recordOutcomes(Object body) {
        if (body instanceof Batch batch) {
            countMoved(journalCount.isEmbedded() ? 0 : journal.moved());
            meters.summary("ory.sync.batch.size").record(batch.taken());
            count(SyncItem.Outcome.SUPERSEDED, NO_OBJECT, batch.taken() - batch.items().size());
            batch.items().stream().filter(item -> !item.isToBeRetried()).forEach(item -> // those are in the journal again
            count(item.getOutcome(), item.getObject() == null ? NO_OBJECT : item.getObject(), 1));
            activity.batch(batch.began(), activityOf(batch));
        }
    }

    private static Map<Activity.Count, Long> activityOf(Batch batch) {
        Map<Activity.Count, Long> counts = new EnumMap<>(Activity.Count.class);
        counts.put(Activity.Count.CALLS, batch.calls());
        counts.put(Activity.Count.SUPERSEDED, (long) batch.taken() - batch.items().size());
        batch.items().forEach(item -> counts.merge(switch (item.getOutcome()) {
            case SYNCED -> Activity.Count.SYNCED;
            case UNCHANGED -> Activity.Count.UNCHANGED;
            case SUPERSEDED -> Activity.Count.SUPERSEDED;
            case SKIPPED -> Activity.Count.SKIPPED;
            case DEAD_LETTER -> Activity.Count.DEAD_LETTERED;
            case RETRY, PENDING -> Activity.Count.RETRIED;
        }, 1L, Long::sum));
        return counts;
    }

    /** The app learns of a move in an external broker when it reads the event. */
    private void countMoved(int events) {
        long pendingBefore = Math.min(events, movedBeforeStart);
        movedBeforeStart -= pendingBefore;
        replayed.addAndGet(events - pendingBefore);
    }

    private void count(SyncItem.Outcome outcome, String object, int many) {
        outcomes.get(outcome).addAndGet(many);
        meters.counter("ory.sync.outcomes", "outcome", outcome.label(), "object", object).increment(many);
    }

    /** The operator has taken an event out of the journal. */
    public void discarded() {
        count(SyncItem.Outcome.SKIPPED, NO_OBJECT, 1);
    }

    public long quarantinedSoFar() {
        return quarantined.get();
    }

    /**
     * The ten counters in the order of the equation. The two that need the broker (pendingAtStart, pending) are null if it
     * does not tell them.
     */
    public Map<String, Long> balance() {
        Map<String, Long> balance = new LinkedHashMap<>();
        balance.put("pendingAtStart", pendingAtStart);
        balance.put("accepted", accepted.get());
        balance.put("reconciled", reconciled.get());
        balance.put("replayed", replayed.get() + journalCount.moved());
        balance.put("synced", outcomes.get(SyncItem.Outcome.SYNCED).get());
        balance.put("unchanged", outcomes.get(SyncItem.Outcome.UNCHANGED).get());
        balance.put("superseded", outcomes.get(SyncItem.Outcome.SUPERSEDED).get());
        balance.put("skipped", outcomes.get(SyncItem.Outcome.SKIPPED).get());
        balance.put("deadLettered", outcomes.get(SyncItem.Outcome.DEAD_LETTER).get());
        balance.put("pending", orNull(queues.depth(Queues.JOURNAL)));
        return balance;
    }
}
