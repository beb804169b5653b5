package dev.orysalesforce.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.settings.SyncSettings;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.TextMessage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.jms.client.ActiveMQQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.jms.support.JmsUtils;
import org.springframework.stereotype.Component;

/** Reads many messages of the journal in the caller's transaction, which no Camel consumer does. */
@Component("journal")
public class Journal {

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final Duration IDLE = Duration.ofMillis(500);
    /** A batch is in memory as a whole, where it is several times as large. */
    private static final int MOST_CHARACTERS = 16 << 20;

    /** One instance, because the broker is queried for the queue once per instance. */
    private static final Queue QUEUE = new ActiveMQQueue(Queues.JOURNAL);

    private final JmsTemplate jms;
    private final DeadLetterReader letters;
    private final ObjectMapper json;
    private final Clock clock;
    private final Duration linger;
    private final Set<String> inFlight = ConcurrentHashMap.newKeySet();
    private final AtomicInteger received = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger moved = new AtomicInteger();
    private int characters;

    Journal(@Qualifier("journalReader") JmsTemplate journalReader, DeadLetterReader letters, ObjectMapper json, Clock clock,
            SyncSettings settings) {
        this.jms = journalReader;
        this.letters = letters;
        this.json = json;
        this.clock = clock;
        this.linger = settings.linger();
    }

    /**
     * Waits a moment for a first event, then for more until that one has waited for {@code sync.linger}, then reads all that
     * are there, up to the limit. The events return to the queue if the transaction rolls back.
     *
     * @param most the largest number of events, 1 or more
     * @return the events in the order in which they were received; empty if there was none
     */
    public List<IdentityChange> take(int most) {
        return take(most, IDLE);
    }

    /** Does not wait for a first event; stops before the batch gets too large for the memory. */
    public List<IdentityChange> takeMore(int most) {
        return take(most, Duration.ZERO);
    }

    private List<IdentityChange> take(int most, Duration idle) {
        List<IdentityChange> taken = new ArrayList<>();
        long deadline = System.nanoTime() + idle.toNanos();
        Message message;
        while (taken.size() < most && characters < MOST_CHARACTERS && (message = receive(deadline - System.nanoTime())) != null) {
            if (taken.isEmpty()) {
                deadline = System.nanoTime() + patience(message).toNanos();
            }
            IdentityChange change = letterOr(read(message), message);
            characters += length(message);
            taken.add(change);
            if (change.identityId() != null) {
                inFlight.add(change.identityId());
            }
            received.incrementAndGet();
        }
        return taken;
    }

    /**
     * The events that come next; they stay in the queue. Those of identities that the batch in flight has events of are
     * left out.
     */
    public List<IdentityChange> lookAhead(int most) {
        List<IdentityChange> next = jms.browse(QUEUE, (session, browser) -> {
            List<IdentityChange> events = new ArrayList<>();
            Enumeration<?> messages = browser.getEnumeration();
            for (int seen = 0; seen < 2 * most && events.size() < most && messages.hasMoreElements(); seen++) {
                IdentityChange event = read((Message) messages.nextElement());
                if (event.isUsable() && !isInFlight(event.identityId())) {
                    events.add(event);
                }
            }
            return events;
        });
        return next == null ? List.of() : next;
    }

    /** Called after the batch has committed or rolled back. */
    public void clearInFlight() {
        inFlight.clear();
        received.set(0);
        moved.set(0);
        ended.incrementAndGet();
        characters = 0;
    }

    /** Whether the batch in flight holds an event of the identity, which a queue browser does not see then. */
    public boolean isInFlight(String identity) {
        return inFlight.contains(identity);
    }

    /**
     * How many events the batch in flight holds. The broker may have handed out more: one that is on its way to the batch, or
     * those of another instance.
     */
    public int received() {
        return received.get();
    }

    /** How many of the events in flight were moved here from the dead letters by the broker's own means. */
    public int moved() {
        return moved.get();
    }

    /**
     * How many batches have ended. If one ends during a search, its events may have been in neither place: taken from the
     * queue when the queue was searched, and back in it when the batch was asked.
     */
    public int endedBatches() {
        return ended.get();
    }

    /** How much longer the event may wait, whatever the clock was when it was sent; a retry has waited since it was due. */
    private Duration patience(Message first) {
        try {
            long sent = Math.max(first.getJMSTimestamp(), first.getJMSDeliveryTime());
            Duration waited = Duration.ofMillis(clock.millis() - sent);
            return waited.isNegative() ? linger : waited.compareTo(linger) > 0 ? Duration.ZERO : linger.minus(waited);
        } catch (JMSException e) {
            throw JmsUtils.convertJmsAccessException(e);
        }
    }

    /** Once the time is over, events that the broker has at hand are still received, without waiting for others. */
    private Message receive(long nanos) {
        long millis = nanos / 1_000_000;
        jms.setReceiveTimeout(millis > 0 ? millis : JmsTemplate.RECEIVE_TIMEOUT_NO_WAIT);
        return jms.receive(QUEUE);
    }

    private static int length(Message message) {
        try {
            return message instanceof TextMessage text && text.getText() != null ? text.getText().length() : 0;
        } catch (JMSException | RuntimeException e) {
            return 0; // it can't be read
        }
    }

    /** An operator may move a dead letter here by the broker's own means, which is a replay. */
    private IdentityChange letterOr(IdentityChange change, Message message) {
        DeadLetter letter = change.isUsable() ? null : letters.read(message);
        if (letter == null || letter.id() == null || letter.code() == null || letter.original() == null) {
            return change;
        }
        moved.incrementAndGet();
        IdentityChange event = letters.replayed(letter);
        return event != null ? event : IdentityChange.without(letter);
    }

    /** A message of another program (any program may write to an external broker) becomes an event without an identity. */
    private IdentityChange read(Message message) {
        try {
            IdentityChange change = message instanceof TextMessage text
                    ? json.readValue(text.getText(), IdentityChange.class) : foreign(message);
            String traceparent = message.getStringProperty("traceparent");
            return change == null ? foreign(message) : traceparent == null ? change : change.tracedBy(traceparent);
        } catch (JsonProcessingException e) {
            return foreign(message);
        } catch (JMSException | RuntimeException e) {
            return unreadable(message);
        }
    }

    /** Damaged on the disk: what it was about is told by its properties, if at all. */
    private IdentityChange unreadable(Message message) {
        String identity = null;
        try {
            identity = message.getStringProperty("identity");
        } catch (JMSException | RuntimeException e) {
            // nothing of it can be read
        }
        LOG.warn("A message in the journal can't be read, and becomes a dead letter without its original. Identity: {}. POST"
                + " /api/reconcile brings the identity's state from Ory", identity);
        return foreign(message).of(identity);
    }

    private IdentityChange foreign(Message message) {
        return new IdentityChange("unknown", clock.instant(), null, null, null, null, null, 0, null);
    }
}
