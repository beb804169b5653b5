package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.ledger.History;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.ledger.Mark.Kind;
import dev.orysalesforce.salesforce.RecordError;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Makes the ledger's entries of an item. */
public final class LedgerEntries {

    /** No value has this hash, so the field is sent again. */
    public static final String IN_DOUBT = "?";

    private static final RecordError MARKED = RecordError.of(LedgerEntry.GONE_AT_ORY, "Ory no longer has this identity. Its"
            + " record is marked as the mapping of sync.gone-mapping says.");

    private LedgerEntries() {}

    /** The identity's record by the ledger; all null if there is none. */
    private record Place(String object, String salesforceId, String foundBy) {

        boolean isThere() {
            return salesforceId != null;
        }
    }

    /**
     * The entry before the call. If the answer is lost, the values of the fields that it carries are unknown. A new record either has
     * all of them or does not exist.
     */
    public static LedgerEntry intent(SyncItem item) {
        IdentityChange change = item.getChange();
        Target target = item.getTarget();
        RecordDraft draft = item.getDraft();
        Place place = place(item, false);
        Map<String, String> fields = new HashMap<>(target.followed() && place.isThere() ? item.getKnown().fields() : draft.hashes());
        if (place.isThere()) {
            draft.hashes().keySet().stream().filter(draft.fields()::has)
                    .filter(field -> target.object().equals(place.object()) || fields.containsKey(field))
                    .forEach(field -> fields.put(field, inDoubt(before(item).get(field), draft.hashes().get(field))));
            fields.putAll(item.getDue());
        }
        return new LedgerEntry(item.getIdentity(), place.object(), place.salesforceId(), place.foundBy(),
                place.isThere() ? target.version() : change.version(), null, fields, sentAt(item), change.event(), change.receivedAt(),
                change.triggerId(), item.getMapping().label(), item.getOutcome().label(), null, null, 0, null, item.getHistory());
    }

    /** If the field gets a stand-in or a link, the record holds it or the one before, unless sales has typed something. */
    private static String inDoubt(String before, String sent) {
        if (Kind.LINK.isOn(sent)) {
            return Kind.LINK.read(before).or(Kind.LINK.read(sent)).or(Kind.LINK.of(IN_DOUBT)).toString();
        }
        return Kind.STAND_IN.isOn(sent) ? Kind.STAND_IN.read(before).or(Kind.STAND_IN.read(sent)).toString() : IN_DOUBT;
    }

    private static Map<String, String> before(SyncItem item) {
        return item.getKnown() == null ? Map.of() : item.getKnown().fields();
    }

    /**
     * The entry once the item has its outcome.
     *
     * @param now when that was
     */
    public static LedgerEntry entry(SyncItem item, Instant now) {
        IdentityChange change = item.getChange();
        Target target = item.getTarget();
        RecordError error = item.getError();
        boolean sent = item.isSent();
        int attempts = sent || item.isDeadLettered() || item.isToBeRetried() ? item.attempts() : 0;
        Place place = place(item, sent || item.isPrimed() && !target.stamp());
        Map<String, String> fields = sent || item.isPrimed() ? item.getDraft().hashes() : unsent(item);
        if (item.isLate() && item.getKnown() != null) {
            return late(item, place, fields, now);
        }
        if (item.isGone() && item.getKnown() != null) {
            return gone(item, place, fields, now);
        }
        return new LedgerEntry(item.getIdentity(), place.object(), place.salesforceId(), place.foundBy(), item.versionInLedger(),
                item.leavesOpen() ? change.version().ofPart() : change.version(),
                fields, sentAt(item, now), change.event(), change.receivedAt(),
                change.triggerId(), item.getMapping().label(), item.getOutcome().label(),
                error == null ? null : error.code(), error == null ? null : error.message(), attempts, item.getNextRetryAt(),
                history(item, place, now));
    }

    private static Map<String, Instant> sentAt(SyncItem item) {
        return item.getKnown() == null ? Map.of() : item.getKnown().sentAt();
    }

    private static Map<String, Instant> sentAt(SyncItem item, Instant now) {
        ObjectNode sent = item.isSent() ? item.getDraft().fields() : null;
        if (sent == null) {
            return sentAt(item);
        }
        Map<String, Instant> times = new HashMap<>(sentAt(item));
        sent.fieldNames().forEachRemaining(field -> times.put(field, now.truncatedTo(ChronoUnit.SECONDS)));
        times.keySet().retainAll(item.getDraft().hashes().keySet()); // not the app's own fields, which each write has
        return times;
    }

    private static History history(SyncItem item, Place place, Instant now) {
        IdentityChange change = item.getChange();
        boolean isMapped = item.getRecord() != null || !item.isToBeRetried();
        return item.getHistory()
                .plus(new History.Step(now, change.event(), change.receivedAt(), isMapped ? item.getMapping().label() : null,
                        item.getOutcome().label(), item.getError() == null ? null : item.getError().code(),
                        Objects.equals(item.getRecordBefore(), place.salesforceId()) ? null : place.foundBy()));
    }

    private static Map<String, String> unsent(SyncItem item) {
        Map<String, String> fields = new HashMap<>(before(item));
        fields.putAll(item.getDue());
        return fields;
    }

    /** The entry of a newer event, which stays the last one, with what an older event has withdrawn. */
    private static LedgerEntry late(SyncItem item, Place place, Map<String, String> withdrawn, Instant now) {
        LedgerEntry known = item.getKnown();
        Map<String, String> fields = new HashMap<>(known.fields());
        fields.putAll(withdrawn);
        RecordError why = known.code() == null && item.getOutcome() == SyncItem.Outcome.SYNCED ? item.getError() : null;
        return new LedgerEntry(known.identity(), place.object(), place.salesforceId(), place.foundBy(), known.version(), null,
                fields, sentAt(item, now), known.event(), known.receivedAt(), known.triggerId(), known.mapping(), known.outcome(),
                why == null ? known.code() : why.code(), why == null ? known.message() : why.message(), known.attempts(),
                known.nextRetryAt(), history(item, place, now));
    }

    /** The entry of an identity that Ory no longer has: as it was, with the fields of the mark. */
    private static LedgerEntry gone(SyncItem item, Place place, Map<String, String> marked, Instant now) {
        LedgerEntry known = item.getKnown();
        boolean isOpen = item.isDeadLettered() || item.isToBeRetried();
        RecordError why = isOpen ? item.getError() : MARKED;
        return new LedgerEntry(known.identity(), place.object(), place.salesforceId(), place.foundBy(), known.version(), null,
                item.isOfLostLedger() ? known.fields() : marked, sentAt(item, now), known.event(), known.receivedAt(), known.triggerId(),
                known.mapping(), item.getOutcome().label(), why.code(), why.message(), isOpen ? item.attempts() : 0,
                item.getNextRetryAt(), history(item, place, now));
    }

    /** Only a write proves that a followed record carries the Ory ID; until then it is looked up again. */
    private static Place place(SyncItem item, boolean written) {
        Target target = item.getTarget();
        LedgerEntry known = item.getKnown();
        if (target.followed() && !written) {
            return known == null ? new Place(null, null, null)
                    : new Place(known.object(), known.salesforceId(), known.foundBy());
        }
        return new Place(target.hasRecord() ? target.object() : null, target.salesforceId(), target.foundBy());
    }
}
