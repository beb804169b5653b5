package dev.orysalesforce.operator;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.ledger.History;
import dev.orysalesforce.reconcile.ReconcileSnapshot.Listed;
import dev.orysalesforce.reconcile.ReconcileSnapshot.Read;
import dev.orysalesforce.reconcile.ReconcileSnapshot.Sighting;
import dev.orysalesforce.salesforce.PersonObject;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The status of an identity: its last event, the outcome, and its record.
 *
 * @param identity the identity's ID
 * @param pending whether an event of it is in the journal, in the batch in flight, or waits for a retry; null if so many
 *     events wait (sync.journal.browse-limit) that the journal is not searched
 * @param outcome of its last event: synced, unchanged, skipped, retry, dead-letter; pending if it has none yet; null if that
 *     is not known either
 * @param code the reason if it failed or was skipped
 * @param message the same in words
 * @param object Lead, Contact or PersonAccount
 * @param salesforceId its record
 * @param link its record in the browser
 * @param foundBy how the record was found
 * @param version {@code updated_at} of the newest state that is in Salesforce
 * @param mapping the mapping that was invoked last, with its version
 * @param fields the fields that were sent, without values
 * @param fieldsSentAt field to the time when it was last sent; not for fields that the record had already
 * @param children the records that hang on its record, such as campaign members, as the ledger holds them
 * @param history what became of its events, the last ones, oldest first
 * @param attempts how often the last event was sent
 * @param nextRetryAt when it is retried
 * @param lastEvent the last event that was processed
 * @param ory the version that Ory listed, and when; null until it did
 * @param salesforce the version that the record showed when it was read, and when; null until it was
 * @param deadLetters its dead letters, oldest first
 * @param values the values of the identity's fields; only on request
 */
public record IdentityStatus(
        String identity,
        Boolean pending,
        String outcome,
        String code,
        String message,
        String object,
        String salesforceId,
        String link,
        String foundBy,
        Instant version,
        String mapping,
        Set<String> fields,
        Map<String, Instant> fieldsSentAt,
        List<WrittenChild> children,
        List<History.Step> history,
        int attempts,
        Instant nextRetryAt,
        LastEvent lastEvent,
        Listed ory,
        Read salesforce,
        List<DeadLetterItem> deadLetters,
        @JsonInclude(JsonInclude.Include.NON_NULL) Values values) {

    /**
     * @param salesforceId null if the app has not learnt it, because its ledger was lost
     * @param link the child in the browser; null without an ID
     */
    public record WrittenChild(String object, String salesforceId, String link) {}

    /** @param triggerId Ory's trigger ID, to find the event in Ory's own log */
    public record LastEvent(String event, Instant receivedAt, String triggerId) {}

    /**
     * @param source where they were read: pending, dead-letter or salesforce
     * @param content an event, or a record of Salesforce
     */
    public record Values(String source, JsonNode content) {}

    /** Salesforce's name of the record's object. */
    public String sObject() {
        return PersonObject.sObject(object);
    }

    IdentityStatus with(Sighting seen) {
        return new IdentityStatus(identity, pending, outcome, code, message, object, salesforceId, link, foundBy, version,
                mapping, fields, fieldsSentAt, children, history, attempts, nextRetryAt, lastEvent, seen.ory(), seen.salesforce(),
                deadLetters, values);
    }

    IdentityStatus with(Values values) {
        return new IdentityStatus(identity, pending, outcome, code, message, object, salesforceId, link, foundBy, version,
                mapping, fields, fieldsSentAt, children, history, attempts, nextRetryAt, lastEvent, ory, salesforce, deadLetters, values);
    }
}
