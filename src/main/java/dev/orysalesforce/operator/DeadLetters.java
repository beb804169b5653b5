package dev.orysalesforce.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.journal.DeadLetter;
import dev.orysalesforce.journal.DeadLetterReader;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.Queues;
import dev.orysalesforce.journal.Version;
import dev.orysalesforce.ledger.DeadLetterFilter;
import dev.orysalesforce.ledger.DeadLetterIndex;
import dev.orysalesforce.ledger.DeadLetterIndex.Group;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.receive.BadRequestException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedRuntimeException;
import org.springframework.jms.JmsException;
import org.springframework.jms.UncategorizedJmsException;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.stereotype.Component;

/** Reads, replays and discards messages of the queue {@code dead-letters}. */
@Component("deadLetters")
public class DeadLetters {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
    private static final int AT_ONCE = 200;
    private static final int DEFAULT_LIMIT = 100;
    private static final int MOST = 1000;

    /** Codes of letters that hold no event of an identity that Ory has stored. */
    private static final List<String> WITHOUT_EVENT = List.of("UNREADABLE_BODY", "IDENTITY_NOT_STORED", JmsSelectors.UNREADABLE_LETTER);

    /** A body that could not be used may be read otherwise now. */
    private static final String READ_AGAIN = "code IN ('NO_IDENTITY','MAPPING_FAILED')";

    /** The journal accepts events of identities that Ory has stored. */
    private static final String EVENT = "(identity IS NOT NULL AND code NOT IN ('" + String.join("','", WITHOUT_EVENT) + "'))";
    private static final String REPLAYABLE = "(" + EVENT + " OR " + READ_AGAIN + ")";

    private final JmsTemplate jms;
    private final Queues queues;
    private final Ledger ledger;
    private final DeadLetterReader reader;
    private final ObjectMapper json;
    private final DeadLetterIndex index;
    private final DeadLetterIndexer indexer;
    private final CodeExplanations explanations;
    private final Clock clock;

    DeadLetters(JmsTemplate jms, Queues queues, Ledger ledger, DeadLetterReader reader,
            ObjectMapper json,
            DeadLetterIndex index, DeadLetterIndexer indexer, CodeExplanations explanations, Clock clock) {
        this.index = index;
        this.indexer = indexer;
        this.explanations = explanations;
        this.reader = reader;
        this.jms = jms;
        this.queues = queues;
        this.ledger = ledger;
        this.json = json;
        this.clock = clock;
    }

    /** When a dead letter that is written now expires, as JMS defines it: in milliseconds, 0 is never. */
    public long expiration() {
        return indexer.expiration();
    }

    /** Whether a letter with this code may hold an event that can be sent again. */
    public static boolean isReplayable(String code) {
        return !WITHOUT_EVENT.contains(code);
    }

    /** A page of the dead letters that match, without their originals. */
    public DeadLetterPage list(@Header("code") String code, @Header("identity") String identity, @Header("event") String event,
            @Header("object") String object, @Header("offset") String offset, @Header("limit") String limit) {
        int from = number(offset, 0, 0, Integer.MAX_VALUE, "offset is a number from 0.");
        int most = number(limit, DEFAULT_LIMIT, 1, MOST, "limit is a number from 1 to " + MOST + ".");
        DeadLetterFilter filter = filter(code, identity, event, object);
        String selector = JmsSelectors.of(filter);
        return fromIndex(index -> index.page(filter, from, most)).filter(page -> areWhole(page.items()))
                .map(page -> new DeadLetterPage(items(page.items()), OptionalLong.of(page.total())))
                .orElseGet(() -> new DeadLetterPage(items(selector, from, most, false), queues.count(Queues.DEAD_LETTERS, selector)));
    }

    /** Of a letter that can't be read, only the queue tells something. */
    private static boolean areWhole(List<DeadLetterIndex.Row> rows) {
        return rows.stream().allMatch(row -> row.message() != null);
    }

    /** Which dead letters are meant; a part that is null does not matter. */
    public static DeadLetterFilter filter(String code, String identity, String event, String object) {
        check(code == null || JmsSelectors.isCode(code), "code is a code of Salesforce or of this app, such as"
                + " FIELD_CUSTOM_VALIDATION_EXCEPTION.");
        check(identity == null || JmsSelectors.isId(identity), "identity is a UUID.");
        check(event == null || JmsSelectors.isName(event), "event is a kind of event, such as registration.");
        check(object == null || JmsSelectors.isName(object), "object is an object of Salesforce, such as Lead.");
        return new DeadLetterFilter(code, identity == null ? null : identity.toLowerCase(Locale.ROOT), event, object);
    }

    /** The dead letters that match, by code, each with its explanation; the largest group first. */
    public DeadLetterGroups groups(@Header("identity") String identity, @Header("event") String event, @Header("object") String object) {
        DeadLetterFilter filter = filter(null, identity, event, object);
        List<Group> groups = fromIndex(index -> index.groups(filter)).orElseGet(() -> groupsInQueue(filter));
        return DeadLetterGroups.of(groups, explanations);
    }

    /** The index answers 100,000 letters at once; without it the queue is read, as if there were none. */
    private <T> Optional<T> fromIndex(Function<DeadLetterIndex, T> query) {
        try {
            return indexer.isInStep() ? Optional.of(query.apply(index)) : Optional.empty();
        } catch (NestedRuntimeException e) {
            return Optional.empty();
        }
    }

    /** The broker counts them without reading their bodies, so that it does not tell when they failed. */
    private List<Group> groupsInQueue(DeadLetterFilter filter) {
        try {
            return json.readTree(queues.countBy(Queues.DEAD_LETTERS, JmsSelectors.of(filter), "code")).properties().stream()
                    .map(code -> new Group(JmsSelectors.isCode(code.getKey()) && !code.getKey().equals("null") ? code.getKey()
                            : JmsSelectors.UNREADABLE_LETTER, code.getValue().asLong(), null, null))
                    .sorted(Comparator.comparingLong(Group::count).reversed()).toList();
        } catch (Exception e) {
            throw new UncategorizedJmsException("The broker does not count the dead letters", e);
        }
    }

    /** A page of the dead letters that match, as the index knows them. */
    public DeadLetterIndex.Page page(DeadLetterFilter filter, int offset, int limit) {
        check(offset >= 0, "offset is a number from 0.");
        return fromIndex(index -> index.page(filter, offset, limit)).orElseGet(() -> pageOfQueue(filter, offset, limit));
    }

    private DeadLetterIndex.Page pageOfQueue(DeadLetterFilter filter, int offset, int limit) {
        String selector = JmsSelectors.of(filter);
        List<DeadLetterIndex.Row> page = rowsOfQueue(selector, offset, limit);
        return new DeadLetterIndex.Page(page, queues.count(Queues.DEAD_LETTERS, selector).orElse(offset + (long) page.size()));
    }

    private List<DeadLetterIndex.Row> rowsOfQueue(String selector, int offset, int limit) {
        return jms.browseSelected(Queues.DEAD_LETTERS, selector, (session, letters) -> {
            List<DeadLetterIndex.Row> rows = new ArrayList<>();
            Enumeration<?> all = letters.getEnumeration();
            for (int i = 0; rows.size() < limit && all.hasMoreElements(); i++) {
                Message message = (Message) all.nextElement();
                if (i >= offset) {
                    rows.add(indexer.row(message));
                }
            }
            return rows;
        });
    }

    /** How a replay ended so far; null if there was none with this ID, or it is not remembered any more. */
    public ReplayEnding ending(@Header("id") String id) {
        return !JmsSelectors.isId(id) ? null : indexer.ending(id.toLowerCase(Locale.ROOT))
                .map(ending -> ReplayEnding.of(id.toLowerCase(Locale.ROOT), ending, queues.depth(Queues.JOURNAL))).orElse(null);
    }

    /** One dead letter, with its original if {@code reveal} is true; null if there is none with this ID. */
    public DeadLetterItem find(@Header("id") String id, @Header("reveal") String reveal) {
        if (!JmsSelectors.isId(id)) {
            return null;
        }
        boolean isRevealed = isTrue(reveal); // the queue alone has the original
        Optional<List<DeadLetterIndex.Row>> known = isRevealed ? Optional.empty()
                : fromIndex(index -> index.find(id.toLowerCase(Locale.ROOT)).stream().toList());
        return known.filter(rows -> !rows.isEmpty() && areWhole(rows)).map(this::items)
                .orElseGet(() -> items(JmsSelectors.ofLetter(id), 0, 1, isRevealed)).stream().findFirst().orElse(null);
    }

    /** The identity of a dead letter; null if the letter has none, if it is gone, or if neither index nor queue answers. */
    public String identityOf(String id) {
        if (!JmsSelectors.isId(id)) {
            return null;
        }
        try {
            return fromIndex(index -> index.find(id.toLowerCase(Locale.ROOT)).stream().toList()).filter(rows -> !rows.isEmpty())
                    .orElseGet(() -> rowsOfQueue(JmsSelectors.ofLetter(id), 0, 1)).stream()
                    .map(DeadLetterIndex.Row::identity).filter(Objects::nonNull).findFirst().orElse(null);
        } catch (JmsException e) {
            return null; // the act is told without it, and its route tells that the queue does not answer
        }
    }

    /** Discards a dead letter. Returns whether it existed. */
    public boolean discard(@Header("id") String id) {
        if (!JmsSelectors.isId(id)) {
            return false;
        }
        String selector = JmsSelectors.ofLetter(id);
        if (consume(selector) == 0 && removeByBroker(selector) == 0) {
            return false;
        }
        indexer.removed(List.of(id.toLowerCase(Locale.ROOT)));
        return true;
    }

    /** Discards all dead letters with a code, except those that arrive meanwhile; returns how many. */
    public Map<String, Long> discardOfCode(@Header("code") String code) {
        check(JmsSelectors.isCode(code), "The parameter code is missing, or is not a code such as UNREADABLE_BODY.");
        String selector = JmsSelectors.all(JmsSelectors.ofCode(code), "JMSTimestamp <= " + clock.millis());
        long discarded = removeByBroker(selector) + consume(selector); // many of them are faster so
        indexer.removed(DeadLetterFilter.ofCode(code));
        LOG.info("{} dead letters with code {} were discarded by the operator", discarded, code);
        return Map.of("discarded", discarded);
    }

    /** Discards all dead letters of an identity, and those of a body that tells no identity but holds its ID. */
    public void discardOf(String identity) {
        discardSelected(JmsSelectors.ofIdentityOrMentioning(identity));
        indexer.erased(List.of(identity));
    }

    /** Discards all dead letters of identities. */
    public void discardOfAll(Collection<String> identities) {
        List<String> all = List.copyOf(identities);
        for (int from = 0; from < all.size(); from += AT_ONCE) {
            discardSelected(JmsSelectors.ofIdentities(all.subList(from, Math.min(from + AT_ONCE, all.size()))));
        }
        indexer.erased(all);
    }

    private void discardSelected(String selector) {
        consume(selector);
        removeByBroker(selector);
    }

    private long removeByBroker(String selector) {
        return onDisk(() -> queues.remove(Queues.DEAD_LETTERS, selector));
    }

    private long consume(String selector) {
        List<String> discarded = jms.execute(session -> {
            List<String> ids = new ArrayList<>();
            try (MessageConsumer letters = session.createConsumer(session.createQueue(Queues.DEAD_LETTERS), selector)) {
                for (Message message = letters.receiveNoWait(); message != null; message = letters.receiveNoWait()) {
                    ids.add(DeadLetterIndexer.id(message));
                }
            }
            return ids;
        }, true);
        indexer.removed(discarded);
        return discarded.size();
    }

    /** All dead letters of an identity, without their originals. */
    List<DeadLetterItem> of(String identity) {
        return list(null, identity, null, null, null, String.valueOf(MOST)).items();
    }

    /** Whether one belongs to the identity, or holds a body with its ID. */
    boolean isMentioned(String identity) {
        return !items(JmsSelectors.ofIdentityOrMentioning(identity), 0, 1, false).isEmpty();
    }

    /**
     * Reads which dead letters to replay.
     *
     * @param body {@code {"ids":[…]}}, one or several of {@code {"code":"…","identity":"…","event":"…","object":"…"}}, or
     *     {@code {"all":true}}
     */
    public Replay select(String body) throws JsonProcessingException {
        JsonNode wanted = json.readTree(body == null ? "" : body);
        String now = "JMSTimestamp <= " + clock.millis(); // not those that become dead letters again during the replay
        if (wanted.size() == 1 && wanted.path("all").asBoolean()) {
            return new Replay(List.of(new Replay.Part(now, DeadLetterFilter.ALL, null)));
        }
        DeadLetterFilter filter = filter(wanted.path("code").textValue(), wanted.path("identity").textValue(),
                wanted.path("event").textValue(), wanted.path("object").textValue());
        if (wanted.isObject() && !wanted.isEmpty() && wanted.size() == filter.parts().size()) {
            return new Replay(List.of(new Replay.Part(JmsSelectors.all(JmsSelectors.of(filter), now), filter, null)));
        }
        List<String> ids = new ArrayList<>();
        wanted.path("ids").forEach(id -> ids.add(id.textValue()));
        check(wanted.size() == 1 && !ids.isEmpty() && ids.stream().allMatch(JmsSelectors::isId),
                "The body is {\"ids\":[\"…\"]} with IDs of dead letters, {\"all\":true}, or one or several of code, identity,"
                        + " event and object, e.g. {\"code\":\"…\"}.");
        List<Replay.Part> parts = new ArrayList<>();
        for (int i = 0; i < ids.size(); i += AT_ONCE) {
            List<String> some = ids.subList(i, Math.min(i + AT_ONCE, ids.size()));
            parts.add(new Replay.Part(JmsSelectors.all(JmsSelectors.ofLetters(some), now), DeadLetterFilter.ALL, some));
        }
        return new Replay(parts);
    }

    /** Takes the next events out of their dead letters, in the caller's transaction. */
    public List<IdentityChange> take(Replay replay) {
        return jms.execute(session -> {
            List<IdentityChange> taken = new ArrayList<>();
            List<DeadLetterIndex.Row> rows = new ArrayList<>();
            List<Message> useless = new ArrayList<>();
            try (MessageConsumer letters = session.createConsumer(session.createQueue(Queues.DEAD_LETTERS),
                    JmsSelectors.all(REPLAYABLE, replay.next().selector()))) {
                Message message = null;
                while (taken.size() < AT_ONCE && (message = letters.receiveNoWait()) != null) {
                    IdentityChange event = reader.replayed(letter(message));
                    if (event != null) {
                        taken.add(event);
                        rows.add(indexer.row(message).of(event.identityId()));
                    } else {
                        useless.add(message);
                    }
                }
                if (message == null) {
                    moveOthers(replay);
                    replay.exhausted();
                }
            }
            putBack(session, useless);
            replay.leftOut(useless.size()); // with a new time, so that their selector does not find them again
            if (replay.isTracked() && !indexer.replayed(replay.getId(), rows)) {
                replay.stopTracking(); // a database that does not answer is not asked for each of many transactions
            }
            return taken;
        }, true);
    }

    /**
     * The broker moves what no consumer finds; what it has moved counts as replayed when the journal tells of it. A body that
     * could not be used is not moved, because it might come back.
     */
    private void moveOthers(Replay replay) {
        String selector = JmsSelectors.all(EVENT, replay.next().selector());
        if (queues.count(Queues.DEAD_LETTERS, selector).orElse(0) > 0) {
            indexer.replayed(replay.getId(), replay.next());
            replay.committed((int) onDisk(() -> queues.move(Queues.DEAD_LETTERS, selector, Queues.JOURNAL)));
        }
    }

    /** A consumer finds only the letters that the broker has in memory, some thousand of them. The others are in its pages. */
    private long onDisk(Callable<Long> operation) {
        try {
            return operation.call();
        } catch (Exception e) {
            LOG.warn("The broker did not tell whether it has more dead letters on its disk: {}", e.getClass().getSimpleName());
            return 0;
        }
    }

    /** The answer once everything has been committed. */
    public Map<String, Object> result(Replay replay) {
        List<OptionalLong> counts = replay.asked().stream()
                .map(part -> queues.count(Queues.DEAD_LETTERS, part.selector())).toList();
        long left = counts.stream().mapToLong(count -> count.orElse(0)).sum() + replay.useless();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("replayed", replay.replayed());
        result.put("left", counts.stream().allMatch(OptionalLong::isPresent) ? left : null);
        if (left > 0) {
            result.put("message", "Letters that hold no event of a stored identity stay. The cause is at the sender;"
                    + " discard them once it is fixed.");
        }
        return result;
    }

    /** The numbers of the answer in words, for the audit. */
    public String summary(Map<String, Object> result) {
        return result.get("replayed") + " replayed" + (result.get("left") == null ? "" : ", " + result.get("left") + " left");
    }

    private void putBack(Session session, List<Message> messages) throws JMSException {
        try (MessageProducer letters = session.createProducer(session.createQueue(Queues.DEAD_LETTERS))) {
            for (Message message : messages) {
                long left = message.getJMSExpiration() == 0 ? 0
                        : Math.max(1, message.getJMSExpiration() - clock.millis());
                letters.send(message, message.getJMSDeliveryMode(), message.getJMSPriority(), left);
            }
        }
    }

    /** A letter without its original, unless that is to be shown. Many of them fit into the memory, whatever they hold. */
    private record Shown(DeadLetterItem item, Version version) {}

    private List<DeadLetterItem> items(List<DeadLetterIndex.Row> rows) {
        Map<String, LedgerEntry> known = entries(rows.stream().map(DeadLetterIndex.Row::identity));
        return rows.stream().map(row -> DeadLetterItem.of(row, isNewerSynced(row.version(), known.get(row.identity())))).toList();
    }

    private Map<String, LedgerEntry> entries(Stream<String> identities) {
        return ledger.find(identities.filter(Objects::nonNull).distinct().toList());
    }

    private List<DeadLetterItem> items(String selector, int from, int most, boolean reveal) {
        List<Shown> shown = jms.browseSelected(Queues.DEAD_LETTERS, selector, (session, queue) -> {
            List<Shown> letters = new ArrayList<>();
            Enumeration<?> all = queue.getEnumeration();
            for (int i = 0; letters.size() < most && all.hasMoreElements(); i++) {
                Message message = (Message) all.nextElement();
                if (i >= from) {
                    letters.add(shown(letter(message), reveal));
                }
            }
            return letters;
        });
        Map<String, LedgerEntry> known = entries(shown.stream().map(one -> one.item().identity()));
        return shown.stream().map(one -> one.item().newerSynced(isNewerSynced(one.version(), known.get(one.item().identity())))).toList();
    }

    private Shown shown(DeadLetter letter, boolean reveal) {
        IdentityChange change = reader.event(letter);
        return new Shown(DeadLetterItem.of(letter, false, reveal), change == null ? null : change.version());
    }

    private static boolean isNewerSynced(Version version, LedgerEntry entry) {
        return version != null && entry != null && entry.hasRecord() && entry.version() != null
                && entry.version().compareTo(version) >= 0;
    }

    private DeadLetter letter(Message message) {
        DeadLetter letter = reader.read(message);
        return letter != null ? letter
                : new DeadLetter(null, null, "unknown", null, JmsSelectors.UNREADABLE_LETTER, "A message in the queue of"
                        + " dead letters is damaged, or not one of this app. Find out whether another program writes to the queue, too.",
                        List.of(), 0, null, null, null, null);
    }

    static boolean isTrue(String reveal) {
        check(reveal == null || Stream.of("true", "false").anyMatch(reveal::equals), "reveal is true or false.");
        return "true".equals(reveal);
    }

    static int number(String text, int byDefault, int least, int most, String otherwise) {
        if (text == null) {
            return byDefault;
        }
        check(text.matches("[0-9]{1,10}"), otherwise);
        long number = Long.parseLong(text);
        check(number >= least && number <= most, otherwise);
        return (int) number;
    }

    static void check(boolean fine, String otherwise) {
        if (!fine) {
            throw new BadRequestException(otherwise);
        }
    }
}
