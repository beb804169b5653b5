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

    /** Of one that is larger, a dead letter keeps what {@code mappings/event.*} has understood. */
    private static final int LONGEST_BODY = 64 << 10;

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

    /**
     * @param reduced the result of {@code mappings/event.*}
     * @param event the kind of event, if the caller knows it; else null: then the body names it, or it is a change
     */
    public IdentityChange receive(String reduced, String event, String triggerId) throws JsonProcessingException {
        IdentityChange change = json.readValue(reduced, IdentityChange.class);
        return change.receivedAs(kind(event, change), receiptClock.next(), triggerId);
    }

    private static String kind(String named, IdentityChange change) {
        String said = change == null ? null : change.event();
        return named != null ? named : said != null && IdentityChange.FLOWS.contains(said) ? said : "settings";
    }

    /** A problem of an integrator's own route; {@link Problems} has those of the app. */
    public Problem problem(int status, String code, String detail) {
        return Problem.of(HttpStatus.valueOf(status), code, detail);
    }

    /**
     * The dead letter of a rejected request.
     *
     * @param received the event, if the body could be read; else null
     * @param body the body's bytes; null if it was empty
     */
    public DeadLetter deadLetter(Problem problem, IdentityChange received, String event, byte[] body) {
        JsonNode kept = keptBody(body);
        if (received == null) {
            return DeadLetter.of(null, kind(event, null), null, problem.code(), problem.detail(), List.of(), 0, clock.instant(),
                    clock.instant(),
                    "receive", kept == null ? new TextNode(bodyText.kept(body)) : json.createObjectNode().set(DeadLetter.BODY, kept));
        }
        ObjectNode original = json.valueToTree(received);
        if (kept != null && kept.toString().length() <= LONGEST_BODY) {
            original.set(DeadLetter.BODY, kept);
        }
        return DeadLetter.of(received.identityId(), event, null, problem.code(), problem.detail(), List.of(), 0,
                received.receivedAt(), clock.instant(), "receive", original);
    }

    /** Without secrets; null if it is no JSON object or list. */
    private JsonNode keptBody(byte[] body) {
        try {
            JsonNode read = body == null ? null : json.readTree(bodyText.read(body));
            return read == null || !read.isContainerNode() ? null : KeptBody.of(read);
        } catch (IOException e) {
            return null;
        }
    }
}
