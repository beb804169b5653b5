package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.Version;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.settings.SyncSettings.Action;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One identity on its way through a batch: its newest state, the record that the mapping made of it, and what became of
 * it. Each step of the route adds its part.
 */
public final class SyncItem {

    /** What became of a row; its name in lower case is what ledger, metrics and explain say. */
    public enum Outcome {
        PENDING, SYNCED, UNCHANGED, SUPERSEDED, SKIPPED, RETRY, DEAD_LETTER;

        public String label() {
            return name().toLowerCase().replace('_', '-');
        }
    }

    private static final int MAX_RECOVERIES = 2;

    /** No value has this hash, so that the field goes out again. */
    public static final String IN_DOUBT = "?";

    private IdentityChange change;
    private final Mapping own;
    private Mapping mapping;
    private final List<PassedOver> passedOver = new ArrayList<>();
    private RecordError mappingNote;
    private LedgerEntry known;
    private LedgerEntry intended;
    private String object;
    private ObjectNode record;
    private Map<String, String> hashes = Map.of();
    private Outcome outcome = Outcome.PENDING;
    private RecordError error;
    private String salesforceId;
    private String foundBy;
    private Version version;
    private Action recoveryAction;
    private int recoveries;
    private boolean stamp;
    private boolean followed;
    private Instant nextRetryAt;
    private final Set<String> dropped = new HashSet<>();
    private final Map<String, Integer> truncated = new HashMap<>();
    private final Set<String> filled = new HashSet<>();
    private Set<String> prebuiltFields = Set.of();
    private RecordError note;
    private Candidate candidate;
    private boolean deletion;
    private JsonNode shown = MissingNode.getInstance();
    private boolean sentBefore;
    private boolean primed;

    public SyncItem(IdentityChange change, Mapping mapping) {
        this.change = change;
        this.own = mapping;
        this.mapping = mapping;
    }

    public IdentityChange getChange() {
        return change;
    }

    public String getIdentity() {
        return change.identityId();
    }

    public Mapping getMapping() {
        return mapping;
    }

    /** Lead or Contact; null until the mapping has answered. */
    public String getObject() {
        return object;
    }

    /** The fields to send; null until the mapping has answered. */
    public ObjectNode getRecord() {
        return record;
    }

    /** Null if the ledger has not heard of the identity. */
    public LedgerEntry getKnown() {
        return known;
    }

    public Outcome getOutcome() {
        return outcome;
    }

    /** Why it became a dead letter, was skipped, or is tried again; what was changed, if it went only so; else null. */
    public RecordError getError() {
        return error;
    }

    /** The record's ID in Salesforce; null while there is none. */
    public String getSalesforceId() {
        return salesforceId;
    }

    public String getFoundBy() {
        return foundBy;
    }

    /** Whether there is still something to do for its state, as things stand. */
    public boolean isPending() {
        return isOpen() && !isErasure();
    }

    private boolean isOpen() {
        return outcome == Outcome.PENDING && recoveryAction == null;
    }

    /** Whether it is no state of the identity, but the wish that it be forgotten. */
    public boolean isErasure() {
        return change.isErasure();
    }

    /** Whether its record is still to be erased, as things stand. */
    boolean isToBeErased() {
        return isOpen() && isErasure();
    }

    /** Whether it is erased now; perhaps there was no record. */
    public boolean isErased() {
        return isErasure() && (outcome == Outcome.SYNCED || outcome == Outcome.UNCHANGED);
    }

    /** Whether what is written is that its record is deleted. */
    boolean isDeletion() {
        return deletion;
    }

    /** Whether it would leave something behind: a record, a dead letter, an event that is tried later. */
    public boolean isLeavingData() {
        return !isErasure() && getIdentity() != null
                && (outcome == Outcome.PENDING || isDeadLettered() || isToBeRetried());
    }

    /** Whether a mapping has a say in its record; it has none in one that came in finished. */
    public boolean isToBeMapped() {
        return change.isState();
    }

    /** Whether it still has to be said what goes into the record that it has turned out to be. */
    public boolean isUnmapped() {
        return isPending() && record == null;
    }

    /** Whether its record has to be found anew before it can be written. */
    public boolean isRecovering() {
        return outcome == Outcome.PENDING && recoveryAction != null;
    }

    public Action getRecoveryAction() {
        return recoveryAction;
    }

    /** Whether the record does not carry the Ory ID yet. */
    public boolean isToBeStamped() {
        return stamp;
    }

    public boolean isToBeRetried() {
        return outcome == Outcome.RETRY;
    }

    public Instant getNextRetryAt() {
        return nextRetryAt;
    }

    public boolean isDeadLettered() {
        return outcome == Outcome.DEAD_LETTER;
    }

    /** Whether the ledger learns something from it; it does not from an event that it knows, or from a message that is none. */
    public boolean isNewer() {
        return getIdentity() != null && (isErasure() || intended != null || known == null || known.version() == null
                || known.isOlderThan(change));
    }

    /** Whether it tells of somebody new, and no earlier try may have made the record. */
    public boolean isFirstRegistration() {
        return change.event().equals("registration") && intended == null;
    }

    public boolean hasRecord() {
        return salesforceId != null;
    }

    /** What the ledger knows. A version that is not newer needs nothing more. */
    public void loadKnown(LedgerEntry entry) {
        if (!entry.hasRecord() && Outcome.PENDING.label().equals(entry.outcome())) {
            intended = entry;
            return;
        }
        known = entry;
        object = entry.object();
        salesforceId = entry.salesforceId();
        foundBy = entry.foundBy();
        version = entry.version();
        int newer = entry.version() == null || entry.isOlderThan(change) ? 1 : change.version().compareTo(entry.version());
        if (newer < 0) {
            superseded();
        } else if (newer == 0) {
            outcome = Outcome.UNCHANGED;
        } else if (entry.isOfLostLedger()) {
            compareWithRecord(entry.version());
        } else if (entry.version() != null) {
            leaveOut(version);
        }
    }

    /** What the ledger knows of an identity that is to be erased. */
    public void loadForErasure(LedgerEntry entry) {
        known = entry;
        foundBy = entry.foundBy();
        version = entry.version();
    }

    /** Goes on with a record that the ledger did not know, or another one than it knew. */
    public void follow(String object, String salesforceId, String foundBy, boolean stamp) {
        this.object = object;
        this.salesforceId = salesforceId;
        this.foundBy = foundBy;
        this.stamp = stamp;
        shown = MissingNode.getInstance();
        followed = true;
        mapAgain();
    }

    /** What goes out is decided anew. */
    private void mapAgain() {
        record = null;
        recoveryAction = null;
        mapping = own;
        passedOver.clear();
        mappingNote = null;
    }

    /** A record that was there before the identity, and may be taken over. */
    public record Candidate(String object, String salesforceId, String foundBy) {}

    public void mayAdopt(Candidate found) {
        if (recoveryAction != null || !found.object().equals(object)) {
            mapAgain();
        }
        candidate = found;
        object = found.object();
    }

    /** Null unless there is one. */
    public Candidate getCandidate() {
        return candidate;
    }

    public boolean isCandidate() {
        return isPending() && candidate != null;
    }

    /** Whether it is settled which object its record is, whatever a mapping says. */
    boolean isBound() {
        return hasRecord() || candidate != null;
    }

    /** Somebody else in the batch has taken the candidate. */
    public void dropCandidate() {
        candidate = null;
    }

    /** Takes the candidate over; the fields that it has filled stay. */
    public void adopt(Collection<String> filled) {
        object = candidate.object();
        salesforceId = candidate.salesforceId();
        foundBy = candidate.foundBy();
        stamp = true;
        followed = true;
        this.filled.addAll(filled);
        candidate = null;
    }

    public Set<String> getFilled() {
        return filled;
    }

    /** Goes on as if there had never been a record. */
    public void reset() {
        known = null;
        object = null;
        salesforceId = null;
        foundBy = null;
        mapAgain();
    }

    /** Salesforce refused it for a reason that can be healed within the batch; not for ever. */
    public void recover(Action how, RecordError error) {
        if (++recoveries > MAX_RECOVERIES) {
            deadLetter(error);
        } else {
            this.error = error.without(record);
            recoveryAction = how;
        }
    }

    /** Sends the record again without some fields. */
    public void drop(Collection<String> fields, RecordError note) {
        dropped.addAll(fields);
        this.note = note;
        mapAgain();
    }

    /** Sends the record again with some texts cut to a length. */
    public void truncate(Map<String, Integer> lengths, RecordError note) {
        truncated.putAll(lengths);
        this.note = note;
        mapAgain();
    }

    public Set<String> getDropped() {
        return dropped;
    }

    public Map<String, Integer> getTruncated() {
        return truncated;
    }

    /** The same refusal, told better. */
    public void replaceError(RecordError better) {
        error = better.without(record);
    }

    /** There was no way to heal it. */
    public void deadLetter() {
        outcome = Outcome.DEAD_LETTER;
    }

    public void retry(RecordError error, Instant at) {
        this.error = error.without(record);
        nextRetryAt = at;
        outcome = Outcome.RETRY;
    }

    /**
     * A record that Salesforce knows and the ledger does not. If it is the one that was about to be made when the answer
     * went missing, the ledger knows it after all. Else an event that is not newer than its record needs nothing more.
     *
     * @param stored the record's version in whole seconds; null if it has none
     * @param shown what the look-up has read of the record
     */
    public void found(String object, String salesforceId, String foundBy, Instant stored, JsonNode shown) {
        if (!object.equals(this.object)) {
            mapAgain();
        }
        if (intended != null && intended.version().second().equals(stored)) {
            loadKnown(intended.asApplied(object, salesforceId));
            return;
        }
        this.shown = shown;
        this.object = object;
        this.salesforceId = salesforceId;
        this.foundBy = foundBy;
        if (stored != null) {
            version = Version.ofRecord(stored);
            compareWithRecord(version);
        }
    }

    /** What is older than the record needs nothing more; of the same version, it tells what was sent last. */
    private void compareWithRecord(Version inSalesforce) {
        int newer = change.version().second().compareTo(inSalesforce.at());
        leaveOut(newer > 0 ? inSalesforce.endOfSecond() : inSalesforce);
        if (newer < 0) {
            outcome = Outcome.UNCHANGED;
        }
        sentBefore = newer == 0;
    }

    /** Of a state and a finished record in one, the one may be in Salesforce already. */
    private void leaveOut(Version older) {
        IdentityChange newer = change.since(older);
        if (newer != change) {
            change = newer;
            mapAgain();
        }
    }

    public void unchanged(Version inSalesforce) {
        version = inSalesforce;
        error = mappingNote;
        outcome = Outcome.UNCHANGED;
    }

    /**
     * Salesforce has all of it.
     *
     * @param hashes what the ledger keeps, as if it had been sent now
     */
    public void primed(Map<String, String> hashes) {
        this.hashes = hashes;
        primed = true;
        unchanged(change.version());
    }

    /** Whether it is what was last sent, though the ledger has lost it. */
    public boolean isSentBefore() {
        return sentBefore;
    }

    /** What the look-up has read of its record, field to value. */
    public JsonNode getShown() {
        return shown;
    }

    void mapWith(Mapping mapping) {
        this.mapping = mapping;
    }

    public void mapped(String object, ObjectNode record) {
        if (!isBound()) {
            this.object = object;
        }
        this.record = record;
    }

    /** The answer of another mapping than its schema's. */
    void mappedByOther(ObjectNode record) {
        mapped(object, record);
        mappingNote = RecordError.of("OTHER_MAPPING", "The record is a " + object + ", but " + own.name() + " answers a "
                + passedOver.get(0).object() + " for this identity; so " + mapping.name() + " was used.");
    }

    /** A mapping's answer that is of another object than the record. */
    record PassedOver(Mapping mapping, String object, ObjectNode record) {}

    void passOver(PassedOver answer) {
        passedOver.add(answer);
    }

    /** Whether its schema's mapping has answered something else than its record is. */
    boolean hasPassedOver() {
        return !passedOver.isEmpty();
    }

    boolean hasPassedOver(Mapping mapping) {
        return passedOver.stream().anyMatch(one -> one.mapping().equals(mapping));
    }

    /** No mapping answers the record's object: the answer of the schema's own is taken for it. */
    void mappedByFirst() {
        PassedOver answer = passedOver.get(0);
        mapping = own;
        record = answer.record();
        mappingNote = RecordError.of("NO_OTHER_MAPPING", "The record is a " + object + ", " + own.name() + " answers a "
                + answer.object() + " for this identity, and no other mapping answers a " + object
                + ". Fields that a " + object + " lacks are left out.");
    }

    /** The record's object lacks these fields. */
    public void lacks(List<String> fields) {
        if (!fields.isEmpty()) {
            mappingNote = new RecordError(mappingNote.code(), mappingNote.message() + " These fields: "
                    + String.join(", ", fields) + ".", fields);
        }
    }

    /** Whether what is in its record was meant for another object. */
    public boolean isOfOtherObject() {
        return record != null && hasPassedOver(mapping);
    }

    /**
     * A finished record goes out, even if a mapping wanted to skip the identity.
     *
     * @param given fields that no mapping has told
     */
    void usePrebuilt(String object, ObjectNode record, Set<String> given) {
        mapped(object, record);
        this.prebuiltFields = given;
        if (outcome == Outcome.SKIPPED) {
            outcome = Outcome.PENDING;
        }
    }

    public Set<String> getPrebuiltFields() {
        return prebuiltFields;
    }

    public RecordError getNote() {
        return note == null ? mappingNote : note;
    }

    /** Which other mapping had to step in; null if none did. */
    RecordError getMappingNote() {
        return mappingNote;
    }

    /** What explain says of it once it is synced. */
    public void note(RecordError note) {
        this.note = note;
    }

    /** @param hashes what the ledger keeps once {@code record} has been sent */
    public void compared(ObjectNode record, Map<String, String> hashes) {
        this.record = record;
        this.hashes = hashes;
    }

    public void delete(ObjectNode nothing) {
        compared(nothing, Map.of());
        deletion = true;
    }

    void superseded() {
        outcome = Outcome.SUPERSEDED;
    }

    public void superseded(RecordError why) {
        error = why;
        superseded();
    }

    void skipped() {
        outcome = Outcome.SKIPPED;
    }

    public void skipped(String code, String why) {
        error = RecordError.of(code, why);
        outcome = Outcome.SKIPPED;
    }

    public void synced(String salesforceId, boolean created) {
        this.salesforceId = salesforceId;
        foundBy = created ? "created" : foundBy == null ? "ory-id" : foundBy;
        version = change.version();
        error = getNote(); // what was changed so that Salesforce took it
        outcome = Outcome.SYNCED;
    }

    public void deadLetter(RecordError error) {
        this.error = error.without(record);
        outcome = Outcome.DEAD_LETTER;
    }

    /**
     * What the ledger is to remember before the call: nobody can tell any more what is in the fields that it carries. A
     * new record either has all that was sent or does not exist.
     */
    public LedgerEntry intent() {
        Place place = place(false);
        Map<String, String> fields = new HashMap<>(followed && place.isThere() ? known.fields() : hashes);
        if (place.isThere()) {
            hashes.keySet().stream().filter(record::has)
                    .filter(field -> object.equals(place.object()) || fields.containsKey(field))
                    .forEach(field -> fields.put(field, IN_DOUBT));
        }
        return new LedgerEntry(getIdentity(), place.object(), place.salesforceId(), place.foundBy(),
                place.isThere() ? version : change.version(), null, fields, change.event(), change.receivedAt(),
                change.triggerId(), mapping.label(), outcome.label(), null, null, 0, null);
    }

    /** What the ledger is to remember. */
    public LedgerEntry entry() {
        boolean sent = outcome == Outcome.SYNCED;
        Map<String, String> before = known == null ? Map.of() : known.fields();
        int attempts = sent || isDeadLettered() || isToBeRetried() ? change.attempts() + 1 : 0;
        Place place = place(sent || primed && !stamp);
        return new LedgerEntry(getIdentity(), place.object(), place.salesforceId(), place.foundBy(), version,
                change.version(), sent || primed ? hashes : before, change.event(), change.receivedAt(), change.triggerId(),
                mapping.label(), outcome.label(), error == null ? null : error.code(), error == null ? null : error.message(),
                attempts, nextRetryAt);
    }

    /** Where the ledger says that the identity is; all null if it has no record. */
    private record Place(String object, String salesforceId, String foundBy) {

        boolean isThere() {
            return salesforceId != null;
        }
    }

    /** A record that was followed is asked for again until it was written to: only then does it surely carry the Ory ID. */
    private Place place(boolean written) {
        if (followed && !written) {
            return known == null ? new Place(null, null, null)
                    : new Place(known.object(), known.salesforceId(), known.foundBy());
        }
        return new Place(hasRecord() ? object : null, salesforceId, foundBy);
    }
}
