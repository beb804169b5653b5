package dev.orysalesforce.operator;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.journal.Queues;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.sync.EventCounters;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.apache.camel.Header;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.stereotype.Component;

/** Reads and discards what waits in the journal, scheduled retries included. */
@Component("waitingEvents")
public class WaitingEvents {

    private static final String DISCARDED = "DISCARDED";
    private static final String ID = "ID:";
    private static final int DEFAULT_LIMIT = 100;
    private static final int MOST = 1000;

    private final JmsTemplate jms;
    private final Queues queues;
    private final Ledger ledger;
    private final EventCounters counters;
    private final ObjectMapper json;
    private final Clock clock;

    WaitingEvents(JmsTemplate jms, Queues queues, Ledger ledger, EventCounters counters, ObjectMapper json, Clock clock) {
        this.jms = jms;
        this.queues = queues;
        this.ledger = ledger;
        this.counters = counters;
        this.json = json;
        this.clock = clock;
    }

    /**
     * @param items what is tried next first, then the scheduled retries
     * @param total all that wait, the batch in flight included, which is not listed; null in JSON if the broker does not tell
     */
    public record Page(List<Item> items, OptionalLong total) {}

    /**
     * An event without what it tells of the identity.
     *
     * @param event its kind; null if the message can't be read
     * @param sentAt since when it is in the journal
     * @param bytes its size; null for a retry
     * @param nextRetryAt when it is tried again; null unless it is a retry
     * @param code why it is tried again; null unless it is a retry
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Item(String id, String identity, String event, Instant sentAt, long ageSeconds, Long bytes,
            Instant nextRetryAt, String code, Integer attempts) {}

    public Page list(@Header("limit") String limit) throws Exception {
        int most = DeadLetters.number(limit, DEFAULT_LIMIT, 1, MOST, "limit is a number from 1 to " + MOST + ".");
        List<Item> items = new ArrayList<>(browse(most));
        if (items.size() < most) {
            items.addAll(scheduled(most - items.size()));
        }
        return new Page(items, queues.depth(Queues.JOURNAL));
    }

    /** Takes an event out of the journal; whether it was there, and not in a batch at the moment. */
    public boolean discard(@Header("id") String id) throws Exception {
        if (!JmsSelectors.isId(id)) {
            return false;
        }
        String identity = scheduled(Integer.MAX_VALUE).stream().filter(item -> item.id().equalsIgnoreCase(id))
                .map(Item::identity).filter(Objects::nonNull).findFirst().orElse(null);
        if (queues.remove(Queues.JOURNAL, "JMSMessageID = '" + ID + id.toLowerCase(Locale.ROOT) + "'") == 0) {
            return false;
        }
        counters.discarded();
        if (identity != null) {
            ledger.discarded(identity, DISCARDED, "The event was discarded by the operator while it waited to be tried again.");
        }
        return true;
    }

    private List<Item> browse(int most) {
        return jms.browse(Queues.JOURNAL, (session, browser) -> {
            List<Item> items = new ArrayList<>();
            Enumeration<?> all = browser.getEnumeration();
            while (items.size() < most && all.hasMoreElements()) {
                items.add(item((Message) all.nextElement()));
            }
            return items;
        });
    }

    private Item item(Message message) throws JMSException {
        Instant sentAt = Instant.ofEpochMilli(message.getJMSTimestamp());
        String text = text(message);
        return new Item(id(message.getJMSMessageID()), message.getStringProperty("identity"), event(text), sentAt, age(sentAt),
                text == null ? null : (long) text.length(), null, null, null);
    }

    private static String text(Message message) {
        try {
            return message instanceof TextMessage readable ? readable.getText() : null;
        } catch (JMSException | RuntimeException e) {
            return null; // damaged
        }
    }

    private String event(String text) {
        try {
            return text == null ? null : json.readTree(text).path("event").textValue();
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** A browser does not see them. */
    private List<Item> scheduled(int most) throws Exception {
        List<JsonNode> messages = new ArrayList<>();
        json.readTree(queues.scheduled(Queues.JOURNAL)).forEach(message -> {
            if (messages.size() < most) {
                messages.add(message);
            }
        });
        Map<String, LedgerEntry> known = ledger.find(messages.stream().map(message -> message.path("identity").textValue())
                .filter(Objects::nonNull).distinct().toList());
        return messages.stream().map(message -> retry(message, known.get(message.path("identity").asText()))).toList();
    }

    private Item retry(JsonNode message, LedgerEntry entry) {
        Instant sentAt = Instant.ofEpochMilli(message.path("timestamp").asLong());
        long due = message.path("_AMQ_SCHED_DELIVERY").asLong();
        return new Item(id(message.path("userID").asText()), message.path("identity").textValue(),
                entry == null ? null : entry.event(), sentAt, age(sentAt), null, due == 0 ? null : Instant.ofEpochMilli(due),
                entry == null ? null : entry.code(), entry == null ? null : entry.attempts());
    }

    private static String id(String messageId) {
        return messageId == null ? null : messageId.startsWith(ID) ? messageId.substring(ID.length()) : messageId;
    }

    private long age(Instant since) {
        return Math.max(0, Duration.between(since, clock.instant()).toSeconds());
    }
}
