package dev.orysalesforce.ledger;

import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.Version;
import java.time.Instant;
import java.util.Map;

/**
 * What the ledger knows of an identity. It holds no trait.
 *
 * @param identity the identity's ID
 * @param object Lead or Contact; null while there is no record
 * @param salesforceId the record's 18-character ID; null while there is none
 * @param foundBy how the record was found: created, ory-id, email, duplicate-rule, conversion, merge
 * @param version newest version that is in Salesforce; null while none is; of a pending new record, the one being sent
 * @param seen version of the last event that got an outcome, whatever that was; null while none did
 * @param fields field to keyed hash of the value that was last sent, or to its {@link Mark}
 * @param sentAt field to the time when it was last sent, to the second; not for fields that the record had already, and not for those
 *     that were last sent before the app kept these times
 * @param event kind of the last event
 * @param receivedAt when the last event came in
 * @param triggerId Ory's trigger ID of the last event; may be null
 * @param mapping which mapping answered last, with its version; may be null
 * @param outcome synced, unchanged, superseded, skipped, dead-letter, or pending: about to be sent, if not sent already
 * @param code why, if it went wrong or was skipped; may be null
 * @param message the same in words, without a value of the identity; may be null
 * @param attempts how often the last event was sent
 * @param nextRetryAt when it is tried again; null unless it is
 * @param history what became of its events
 */
public record LedgerEntry(
        String identity,
        String object,
        String salesforceId,
        String foundBy,
        Version version,
        Version seen,
        Map<String, String> fields,
        Map<String, Instant> sentAt,
        String event,
        Instant receivedAt,
        String triggerId,
        String mapping,
        String outcome,
        String code,
        String message,
        int attempts,
        Instant nextRetryAt,
        History history) {

    /** The code of an identity whose record is marked. */
    public static final String GONE_AT_ORY = "GONE_AT_ORY";

    /** Whether its record is marked, because Ory no longer had the identity. */
    public boolean isMarked() {
        return GONE_AT_ORY.equals(code);
    }

    public boolean hasRecord() {
        return salesforceId != null;
    }

    /** Whether the record is a Lead that was converted: its Contact has to be found before anything is written. */
    public boolean isConverted() {
        return "Lead".equals(object) && "conversion".equals(foundBy);
    }

    /** Whether a converted Lead is known, and its Contact may be this identity's. */
    public boolean isLeftBehind() {
        return isConverted() && !"BELONGS_TO_OTHER".equals(code);
    }

    /** Whether the event is newer than what is in Salesforce, of which the version is known. */
    public boolean isOlderThan(IdentityChange change) {
        return change.version().compareTo(version) > 0 || change.event().equals(IdentityChange.RECONCILE)
                && !version.isOfRecord() && isOverruledBy(change, version, version.receivedAt());
    }

    /** Whether Ory's list differs from the last received state, which was forged or had no time. */
    public boolean isUnknownTo(IdentityChange listed) {
        return isOverruledBy(listed, seen, receivedAt);
    }

    /** Ory does not list a prebuilt record, so a comparison leaves it. */
    private boolean isOverruledBy(IdentityChange listed, Version older, Instant received) {
        return !event.equals(IdentityChange.GATEWAY) && older.isOverruledBy(listed.version(), received);
    }

    /** Whether only the version in the record itself is known, and not the fields that were sent. */
    public boolean isOfLostLedger() {
        return hasRecord() && version != null && version.isOfRecord() && fields.isEmpty();
    }

    /** This entry of a new record as applied: the answer to its call was lost. */
    public LedgerEntry asApplied(String object, String salesforceId) {
        return new LedgerEntry(identity, object, salesforceId, "created", version, seen, fields, sentAt, event, receivedAt,
                triggerId, mapping, outcome, code, message, attempts, nextRetryAt, history);
    }
}
