package dev.orysalesforce.journal;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.apache.activemq.artemis.utils.SelectorTranslator;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jms.JmsSecurityException;
import org.springframework.stereotype.Component;

/**
 * Reads the depth and age of the broker's queues. An external broker may not tell them, because its user lacks a permission
 * or its management address does not answer. Then the numbers are unknown, health reports that, and the next query is sent a
 * little later, so that a scrape of the metrics does not wait for each of them.
 */
@Component
public class Queues {

    public static final String JOURNAL = "identity-changes";
    public static final String DEAD_LETTERS = "dead-letters";

    private static final Logger LOG = LoggerFactory.getLogger(Queues.class);
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final BrokerManagement broker;
    private volatile Silence silence;

    /** @param since by {@link System#nanoTime()} */
    private record Silence(String reason, long since) {

        boolean isFresh() {
            return System.nanoTime() - since < PAUSE.toNanos();
        }
    }

    Queues(BrokerManagement broker) {
        this.broker = broker;
    }

    /** All messages: waiting, scheduled and in flight. */
    public OptionalLong depth(String queue) {
        return query(() -> broker.attribute(queue, "messageCount"));
    }

    /** Messages that a consumer has, but has neither committed nor put back: a queue browser does not see them. */
    public OptionalLong delivering(String queue) {
        return query(() -> broker.attribute(queue, "deliveringCount"));
    }

    /** Age of the oldest message in seconds; 0 if there is none. */
    public OptionalLong oldestSeconds(String queue) {
        OptionalLong millis = query(() -> broker.attribute(queue, "firstMessageAge"));
        return millis.isPresent() ? OptionalLong.of(millis.getAsLong() / 1000) : millis;
    }

    /** How many messages have expired since the broker started. */
    public OptionalLong expired(String queue) {
        return query(() -> broker.attribute(queue, "messagesExpired"));
    }

    /**
     * How many messages match; all of them stay in the broker.
     *
     * @param selector null for all
     */
    public OptionalLong count(String queue, String selector) {
        return selector == null ? depth(queue)
                : query(() -> broker.invoke(queue, "countMessages", SelectorTranslator.convertToActiveMQFilterString(selector)));
    }

    /**
     * How many messages match, by a property of theirs; all of them stay in the broker.
     *
     * @param selector null for all
     * @return a JSON object with a number for each value; {@code null} is the name for messages without the property
     */
    public String countBy(String queue, String selector, String property) throws Exception {
        return (String) broker.invoke(queue, "countMessages",
                selector == null ? null : SelectorTranslator.convertToActiveMQFilterString(selector), property);
    }

    /** The messages that are scheduled for later, as the broker tells them: a list of objects in JSON. */
    public String scheduled(String queue) throws Exception {
        return (String) broker.invoke(queue, "listScheduledMessagesAsJSON");
    }

    /**
     * Takes messages out of a queue, scheduled ones too, yet none that a batch has at the moment.
     *
     * @return how many there were
     */
    public long remove(String queue, String selector) throws Exception {
        return ((Number) broker.invoke(queue, "removeMessages", SelectorTranslator.convertToActiveMQFilterString(selector)))
                .longValue();
    }

    /**
     * Moves messages to another queue, each in a transaction of its own, yet none that a consumer has at the moment.
     *
     * @return how many there were
     */
    public long move(String queue, String selector, String to) throws Exception {
        return ((Number) broker.invoke(queue, "moveMessages", SelectorTranslator.convertToActiveMQFilterString(selector), to))
                .longValue();
    }

    /** Why the broker does not answer; null if it does or was not queried yet. */
    String silence() {
        Silence known = silence;
        return known == null ? null : known.reason();
    }

    private OptionalLong query(Callable<Object> question) {
        Silence known = silence;
        if (known != null && known.isFresh()) {
            return OptionalLong.empty();
        }
        try {
            Object answer = question.call();
            if (answer != null && !(answer instanceof Number)) {
                return silent("The answer is not a number.");
            }
            silence = null;
            return OptionalLong.of(answer instanceof Number number ? Math.max(0, number.longValue()) : 0); // an empty queue has no age
        } catch (JmsSecurityException e) {
            return silent("The app's user lacks a permission.");
        } catch (TimeoutException e) {
            return silent("There was no answer in time.");
        } catch (Exception e) {
            if (ObjectHelper.getException(InterruptedException.class, e) != null) {
                Thread.currentThread().interrupt(); // the caller is told to end; the broker would have answered
                return OptionalLong.empty();
            }
            return silent("It can't be asked (" + e.getClass().getSimpleName() + ").");
        }
    }

    private OptionalLong silent(String reason) {
        Silence before = silence;
        silence = new Silence(reason, System.nanoTime());
        if (before == null || !before.reason().equals(reason)) {
            LOG.warn("The broker does not say how many events and dead letters wait. {}", reason);
        }
        return OptionalLong.empty();
    }
}
