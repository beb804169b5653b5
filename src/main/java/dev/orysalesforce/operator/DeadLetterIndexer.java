package dev.orysalesforce.operator;

import dev.orysalesforce.journal.DeadLetter;
import dev.orysalesforce.journal.DeadLetterReader;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.Queues;
import dev.orysalesforce.ledger.DeadLetterFilter;
import dev.orysalesforce.ledger.DeadLetterIndex;
import dev.orysalesforce.ledger.DeadLetterIndex.Row;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.SyncItem;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.QueueBrowser;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedRuntimeException;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.stereotype.Component;

/**
 * Keeps the index of the dead letters in step with their queue. Batches and webhooks only leave a note here after their letter is
 * in the queue; the notes are written in the background, or before the index is read. Letters may come and go without a note: by
 * another instance, by the broker's own means, when they expire, or while the database does not answer. So the counts are
 * compared all the time, and if they differ, the index is compared with the queue letter by letter.
 */
@Component("deadLetterIndexer")
public class DeadLetterIndexer {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterIndexer.class);
    private static final int MOST_NOTES = 1_000;
    private static final int AT_ONCE = 500;
    /** Two errors may cancel each other in the counts. */
    private static final Duration BETWEEN_COMPARISONS = Duration.ofHours(1);
    /** After a comparison there is none for this multiple of the time that it took. */
    private static final int PAUSE = 4;
    /** What was not checked for so long is not trusted: the route with the check may be stopped. */
    private static final Duration TRUSTED = Duration.ofSeconds(30);

    /** What is known of a letter that can't be read. */
    private static final DeadLetter NOTHING = new DeadLetter(null, null, null, null, null, null, null, 0, null, null, null, null);

    private final DeadLetterIndex index;
    private final DeadLetterReader reader;
    private final JmsTemplate jms;
    private final Queues queues;
    private final SyncSettings.DeadLetters settings;
    private final Clock clock;
    private final Clock monotonicClock;
    private final BlockingQueue<Runnable> notes = new LinkedBlockingQueue<>(MOST_NOTES);
    private volatile boolean inStep;
    private volatile long checkedAt;
    private long comparedAt;
    private long notBefore;
    /** How many more letters the queue has than the index after a comparison: two with the same ID, for instance. */
    private long explained;
    private long lastDifference;

    DeadLetterIndexer(DeadLetterIndex index, DeadLetterReader reader, JmsTemplate jms,
            Queues queues, SyncSettings settings, Clock clock, Clock monotonicClock) {
        this.index = index;
        this.reader = reader;
        this.jms = jms;
        this.queues = queues;
        this.settings = settings.deadLetters();
        this.clock = clock;
        this.monotonicClock = monotonicClock;
    }

    /** When a dead letter that is written now expires, as JMS defines it: in milliseconds, 0 is never. */
    long expiration() {
        return settings.isForEver() ? 0 : clock.millis() + settings.retention().toMillis();
    }

    /** A dead letter is in the queue. */
    public void add(DeadLetter letter) {
        List<Row> rows = List.of(row(letter, reader.event(letter), null, expiration()));
        note(() -> index.add(rows));
    }

    /** A batch has committed: its dead letters are in the queue, and the identities of others have their outcome. */
    public void recordOutcomes(Object body) {
        if (!(body instanceof Batch batch)) {
            return;
        }
        long expiration = expiration();
        List<Row> rows = batch.items().stream().filter(item -> item.getLetter() != null)
                .map(item -> row(item.getLetter(), event(item.getChange()), null, expiration)).toList();
        Map<String, List<String>> ended = batch.items().stream()
                .filter(item -> !item.isToBeRetried() && item.getIdentity() != null)
                .collect(Collectors.groupingBy(item -> item.getOutcome().label(),
                        Collectors.mapping(SyncItem::getIdentity, Collectors.toList())));
        note(() -> {
            index.add(rows);
            if (index.hasOpenReplays()) {
                ended.forEach(index::ended);
            }
        });
    }

    /** The event that the letter of this one holds; a letter that came into the journal without an event is kept as it was. */
    private IdentityChange event(IdentityChange processed) {
        return processed.letter() == null ? processed : reader.event(processed.letter());
    }

    /** These letters have left the queue. */
    void removed(Collection<String> ids) {
        noteAtOnce(ids, index::remove);
    }

    /** Letters that match have left the queue. */
    void removed(DeadLetterFilter filter) {
        note(() -> index.remove(filter));
        tryToWrite();
    }

    /** Letters that match are about to leave the queue, like {@link #replayed(String, Collection)}. */
    void replayed(String replay, Replay.Part part) {
        try {
            write();
            index.replayed(replay, part.filter(), part.ids());
        } catch (NestedRuntimeException e) {
            lost(e);
        }
    }

    /** These identities were erased. */
    void erased(Collection<String> identities) {
        noteAtOnce(identities, index::forget);
    }

    /** Most batches erase nothing, and do not wait for the database here. */
    private void noteAtOnce(Collection<String> ids, Consumer<Collection<String>> change) {
        if (!ids.isEmpty()) {
            note(() -> change.accept(ids));
            tryToWrite();
        }
    }

    /**
     * These letters leave the queue in the caller's transaction; should it roll back, the check finds them in the queue.
     *
     * @return whether the index knows it
     */
    boolean replayed(String replay, Collection<Row> rows) {
        try {
            write();
            index.replayed(replay, rows);
            return true;
        } catch (NestedRuntimeException e) {
            lost(e);
            return false;
        }
    }

    /**
     * Whether the index may be read instead of the queue; what is noted so far is in it then. Otherwise the queue has to be read:
     * the index is new or differs, or its database does not answer.
     */
    boolean isInStep() {
        if (!inStep || monotonicClock.millis() - checkedAt > TRUSTED.toMillis()) {
            return false;
        }
        tryToWrite();
        return inStep;
    }

    /** How a replay ended so far; nothing if it is unknown. */
    Optional<DeadLetterIndex.Ending> ending(String replay) {
        write();
        return index.ending(replay);
    }

    private void note(Runnable note) {
        if (!notes.offer(note)) {
            inStep = false;
        }
    }

    private void tryToWrite() {
        try {
            write();
        } catch (NestedRuntimeException e) {
            lost(e);
        }
    }

    private synchronized void write() {
        for (Runnable note = notes.peek(); note != null; note = notes.peek()) {
            note.run();
            notes.remove(); // if it failed, it is tried again
        }
    }

    private void lost(NestedRuntimeException e) {
        if (inStep) {
            LOG.warn("The index of dead letters can't be written or read ({}). Until it can, the queue is read instead",
                    e.getClass().getSimpleName());
        }
        inStep = false;
    }

    /**
     * Compares the counts, and the letters where the counts differ. A letter that is in the queue and not noted yet is a
     * difference, too, but only for a moment, so that the same one has to be found twice.
     */
    public void check() {
        try {
            OptionalLong queued = queues.depth(Queues.DEAD_LETTERS);
            if (queued.isEmpty()) {
                return;
            }
            write();
            long difference = difference(queued.getAsLong());
            long now = monotonicClock.millis();
            if (inStep && (difference != explained && difference == lastDifference
                    || now - comparedAt > BETWEEN_COMPARISONS.toMillis())) {
                inStep = false;
            }
            lastDifference = difference;
            if (!inStep && now >= notBefore) {
                compare();
            }
            checkedAt = monotonicClock.millis();
        } catch (NestedRuntimeException e) {
            lost(e);
        }
    }

    private long difference(long queued) {
        long indexed = index.count();
        if (indexed > queued) {
            index.removeExpired();
            indexed = index.count();
        }
        return queued - indexed;
    }

    private void compare() {
        long began = monotonicClock.millis();
        OptionalLong atFirst = queues.depth(Queues.DEAD_LETTERS);
        index.forgetIncomplete();
        Set<String> indexed = index.ids();
        int before = indexed.size();
        Set<String> queued = new HashSet<>();
        long seen = jms.browse(Queues.DEAD_LETTERS, (session, letters) -> addMissing(letters, indexed, queued));
        OptionalLong atLast = queues.depth(Queues.DEAD_LETTERS);
        comparedAt = monotonicClock.millis();
        notBefore = comparedAt + PAUSE * (comparedAt - began);
        if (atFirst.isEmpty() || atLast.isEmpty() || seen < Math.min(atFirst.getAsLong(), atLast.getAsLong())) {
            return; // a browser may end early, and does not see letters that a replay is taking
        }
        index.remove(indexed); // those that are not in the queue
        index.forgetReplays();
        index.forgetErased();
        explained = seen - queued.size(); // what changes meanwhile is no explanation, and the next check finds it
        lastDifference = explained;
        inStep = true;
        if (seen != before || !indexed.isEmpty()) {
            LOG.info("The index of dead letters had {} letters, and the queue has {}; {} are no longer in the queue. It took {} ms",
                    before, seen, indexed.size(), comparedAt - began);
        }
    }

    /**
     * @param indexed loses the IDs that are in the queue
     * @param queued gets them
     * @return how many letters the queue has
     */
    private long addMissing(QueueBrowser queue, Set<String> indexed, Set<String> queued) throws JMSException {
        long seen = 0;
        List<Row> missing = new ArrayList<>();
        for (Enumeration<?> letters = queue.getEnumeration(); letters.hasMoreElements(); seen++) {
            Message message = (Message) letters.nextElement();
            queued.add(id(message));
            if (!indexed.remove(id(message))) {
                missing.add(row(message));
            }
            if (missing.size() == AT_ONCE) {
                index.found(missing);
                missing.clear();
            }
        }
        index.found(missing);
        return seen;
    }

    /**
     * A letter is filtered by the labels of its message here as in the queue. Also for a message whose letter can't be read, which
     * another program may have written.
     */
    Row row(Message message) throws JMSException {
        DeadLetter letter = reader.read(message);
        DeadLetter known = letter == null ? NOTHING : letter;
        String text = letter == null ? null : Objects.requireNonNullElse(letter.message(), "");
        return row(new DeadLetter(null, message.getStringProperty("identity"), message.getStringProperty("event"),
                message.getStringProperty("object"), message.getStringProperty("code"), text, known.fields(), known.attempts(),
                known.receivedAt(), known.failedAt(), null, null), reader.event(known), id(message), message.getJMSExpiration());
    }

    /** As the operator API shows it. */
    static String id(Message message) throws JMSException {
        String id = message.getStringProperty("deadLetterId");
        return JmsSelectors.isId(id) ? id : message.getJMSMessageID();
    }

    /** Any program may write to an external broker, so only what looks like an ID or a name is taken from a letter. */
    private static Row row(DeadLetter letter, IdentityChange event, String id, long expiresAt) {
        return new Row(id == null ? letter.id() : id,
                JmsSelectors.isId(letter.identity()) ? letter.identity().toLowerCase(Locale.ROOT) : null,
                JmsSelectors.isName(letter.event()) ? letter.event() : null, JmsSelectors.isName(letter.object()) ? letter.object() : null,
                JmsSelectors.isCode(letter.code()) ? letter.code() : JmsSelectors.UNREADABLE_LETTER, letter.message(),
                letter.fields() == null ? List.of() : letter.fields().stream().filter(JmsSelectors::isCode).toList(), letter.attempts(),
                letter.receivedAt(), letter.failedAt(), DeadLetterReader.isSyncable(event) ? event.version() : null, expiresAt);
    }
}
