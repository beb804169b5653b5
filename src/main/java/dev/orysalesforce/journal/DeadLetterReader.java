package dev.orysalesforce.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.orysalesforce.settings.RouteNames;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** Reads dead letters, and the events in them. */
@Component
public class DeadLetterReader {

    private final ProducerTemplate camel;
    private final ObjectMapper json;

    DeadLetterReader(@Lazy ProducerTemplate camel, ObjectMapper json) {
        this.camel = camel;
        this.json = json;
    }

    /** Null if the message is damaged, or not one of this app: any program may write to the queues of an external broker. */
    public DeadLetter read(Message message) {
        try {
            return message instanceof TextMessage text ? json.readValue(text.getText(), DeadLetter.class) : null;
        } catch (JsonProcessingException | JMSException | RuntimeException e) {
            return null;
        }
    }

    /** The event that was received; null if the letter holds none that can be synced. */
    public IdentityChange event(DeadLetter letter) {
        try {
            IdentityChange change = letter.original() == null || !letter.original().isObject() ? null
                    : json.treeToValue(letter.original(), IdentityChange.class);
            return isSyncable(change) ? change : null;
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** Whether it is the event of an identity that Ory has stored. */
    public static boolean isSyncable(IdentityChange change) {
        return change != null && change.isUsable() && !change.isNotStored() && change.receivedAt() != null;
    }

    /**
     * The event as a replay brings it back. It keeps its time of receipt; its attempts are counted from zero. A body that
     * could not be used is read again by {@code mappings/event.*}; null if that is still no event of a stored identity.
     */
    public IdentityChange replayed(DeadLetter letter) {
        IdentityChange known = event(letter);
        IdentityChange change = known == null ? readAgain(letter) : known;
        return change == null ? null : change.receivedAs(change.event(), change.receivedAt(), change.triggerId());
    }

    private IdentityChange readAgain(DeadLetter letter) {
        JsonNode body = letter.original() == null ? MissingNode.getInstance() : letter.original().path(DeadLetter.BODY);
        if (!body.isContainerNode() || letter.receivedAt() == null) {
            return null;
        }
        try {
            IdentityChange change = json.readValue(camel.requestBody(RouteNames.READ_EVENT, body.toString(), String.class),
                    IdentityChange.class).receivedAs(letter.event(), letter.receivedAt(), null);
            return change.isUsable() && !change.isNotStored() ? change : null;
        } catch (CamelExecutionException | JsonProcessingException e) {
            return null; // the mapping still fails
        }
    }
}
