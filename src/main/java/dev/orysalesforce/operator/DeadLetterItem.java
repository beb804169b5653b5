package dev.orysalesforce.operator;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.journal.DeadLetter;
import dev.orysalesforce.ledger.DeadLetterIndex;
import java.time.Instant;
import java.util.List;

/**
 * A dead letter as the operator API shows it.
 *
 * @param newerSynced whether Salesforce has this state of the identity, or a newer one, by now: it can be discarded
 * @param original the event; only on request, because it holds traits
 */
public record DeadLetterItem(
        String id,
        String identity,
        String event,
        String code,
        String message,
        List<String> fields,
        int attempts,
        Instant receivedAt,
        Instant failedAt,
        boolean newerSynced,
        @JsonInclude(JsonInclude.Include.NON_NULL) JsonNode original) {

    static DeadLetterItem of(DeadLetter letter, boolean newerSynced, boolean reveal) {
        return new DeadLetterItem(letter.id(), letter.identity(), letter.event(), letter.code(), letter.message(),
                letter.fields(), letter.attempts(), letter.receivedAt(), letter.failedAt(), newerSynced,
                reveal ? letter.original() : null);
    }

    /** As the index knows it. */
    static DeadLetterItem of(DeadLetterIndex.Row row, boolean newerSynced) {
        return new DeadLetterItem(row.id(), row.identity(), row.event(), row.code(), row.message(), row.fields(), row.attempts(),
                row.receivedAt(), row.failedAt(), newerSynced, null);
    }

    DeadLetterItem newerSynced(boolean isNewerSynced) {
        return new DeadLetterItem(id, identity, event, code, message, fields, attempts, receivedAt, failedAt, isNewerSynced,
                original);
    }
}
