package dev.orysalesforce.receive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.orysalesforce.journal.DeadLetter;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.ReceiptClock;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** Creates events with their kind and time of receipt. */
@Component("eventFactory")
public class EventFactory {

    private final ObjectMapper json;
    private final BodyText bodyText;
    private final ReceiptClock receiptClock;
    private final Clock clock;

    EventFactory(ObjectMapper json, BodyText bodyText, ReceiptClock receiptClock, Clock clock) {
        this.json = json;
        this.bodyText = bodyText;
        this.receiptClock = receiptClock;
        this.clock = clock;
    }

    /** @param reduced the result of {@code mappings/event.*} */
    public IdentityChange receive(String reduced, String event, String triggerId) throws JsonProcessingException {
        return json.readValue(reduced, IdentityChange.class).receivedAs(event, receiptClock.next(), triggerId);
    }

    public Problem problem(int status, String code, String detail) {
        return Problem.of(HttpStatus.valueOf(status), code, detail);
    }

    /**
     * The dead letter of a rejected request.
     *
     * @param original the event, if the body could be read; else the bytes of the body; null if it was empty
     * @param body the body's bytes
     */
    public DeadLetter deadLetter(Problem problem, Object original, String event, byte[] body) {
        if (original instanceof IdentityChange change) {
            ObjectNode kept = json.valueToTree(change);
            return DeadLetter.of(change.identityId(), event, problem.code(), problem.detail(), List.of(), 0,
                    change.receivedAt(), clock.instant(), "receive", kept.set(DeadLetter.BODY, keptBody(body)));
        }
        JsonNode kept = keptBody((byte[]) original);
        return DeadLetter.of(null, event, problem.code(), problem.detail(), List.of(), 0, clock.instant(), clock.instant(), "receive",
                kept == null ? new TextNode(bodyText.kept((byte[]) original)) : json.createObjectNode().set(DeadLetter.BODY, kept));
    }

    /** Null if it is no JSON object or list, or too large to be kept. */
    private JsonNode keptBody(byte[] body) {
        try {
            JsonNode read = body == null ? null : json.readTree(bodyText.read(body));
            return read == null || !read.isContainerNode() ? null : KeptBody.of(read);
        } catch (IOException e) {
            return null;
        }
    }
}
