package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.DeadLetter;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.Version;
import dev.orysalesforce.ledger.History;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.settings.SyncSettings.Action;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One identity on its way through a batch: its newest state, which record it is, what is written, and what became of it.
 * Each step of the route replaces one of these parts, which do not change themselves.
 */
public final class SyncItem {

    /** What became of an item; ledger, metrics and the identity's status have its name in lower case. */
    public enum Outcome {
        PENDING, SYNCED, UNCHANGED, SUPERSEDED, SKIPPED, RETRY, DEAD_LETTER;

        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** An existing record that may be adopted. */
    public record Candidate(String object, String salesforceId, String foundBy) {}

    private static final int MAX_RECOVERIES = 2;
    private static final RecordError CONVERTED = RecordError.of("CONVERTED",
            "The Lead was converted; its Contact was not found.");

    private IdentityChange change;
    private MappingChoice mapping;
    private Target target = Target.UNKNOWN;
    private RecordDraft draft = RecordDraft.EMPTY;
    private SyncOutcome outcome = new SyncOutcome.Pending(null);
    private int recoveries;
    private LedgerEntry known;
    private LedgerEntry intended;
    private Candidate candidate;
    private JsonNode shown = MissingNode.getInstance();
    private boolean leavesOpen;
    private boolean sentBefore;
    private RecordError note;
    private boolean recreated;
    private boolean prepared;
    private DeadLetter letter;
    private final List<IdentityChange> earlier;
    private final Set<String> withdrawn = new TreeSet<>();
    private boolean overtaken;
    private ObjectNode late;
    private boolean withdraws;
    private final Map<String, String> takenBack = new TreeMap<>();
    private final Map<String, Boolean> edited = new TreeMap<>();
    private String confirmedMappings;
    private ObjectNode checked;
    private LedgerEntry former;
    private Map<String, String> due = Map.of();
    private Map<String, ParentLink> links = Map.of();
    private Set<String> kept = Set.of();
    private boolean compared;
    private boolean parentsLost;
    private List<Child> children = List.of();
    private List<Child> childrenOfOwn = List.of();
    private final List<Child> childrenOfOthers = new ArrayList<>();
    private boolean childrenDone;
    private boolean childExplained;
    private boolean created;
    private SyncOutcome ofRecord;

    public SyncItem(IdentityChange change, Mapping mapping) {
        this(change, mapping, List.of());
    }

    /** @param earlier events that the change was merged from, and that say something else */
    SyncItem(IdentityChange change, Mapping mapping, List<IdentityChange> earlier) {
        this.change = change;
        this.mapping = MappingChoice.of(mapping);
        this.earlier = earlier;
    }

    /** An item that is mapped for the same record and not written. */
    SyncItem inPlaceOf(SyncItem other) {
        target = other.target;
        candidate = other.candidate;
        return this;
    }

    public IdentityChange getChange() {
        return change;
    }

    public String getIdentity() {
        return change.identityId();
    }

    void keptAs(DeadLetter bare) {
        letter = bare;
    }

    /** Its dead letter without the original; null if it has none. */
    public DeadLetter getLetter() {
        return letter;
    }

    public Mapping getMapping() {
        return mapping.current();
    }

    /** The mappings that have answered for it: that of its schema, and the one that was used for an object of another kind. */
    public Stream<Mapping> mappings() {
        return Stream.of(mapping.own(), mapping.current()).distinct();
    }

    public Target getTarget() {
        return target;
    }

    /** Lead, Contact or PersonAccount; null until the mapping has answered. */
    public String getObject() {
        return target.object();
    }

    /** The record's ID in Salesforce; null while there is none. */
    public String getSalesforceId() {
        return target.salesforceId();
    }

    public boolean hasRecord() {
        return target.hasRecord();
    }

    public RecordDraft getDraft() {
        return draft;
    }

    /** The fields to send; null until the mapping has answered. */
    public ObjectNode getRecord() {
        return draft.fields();
    }

    /** Whether its record names an owner. */
    public boolean isOwned() {
        return getRecord() != null && (getRecord().hasNonNull("OwnerId") || getRecord().hasNonNull("Owner"));
    }

    /** Ory has told the state of an identity whose event did not. */
    public void complete(IdentityChange listed, Mapping own) {
        change = change.merge(listed);
        mapping = MappingChoice.of(own);
    }

    /** Null if the ledger has not heard of the identity. */
    public LedgerEntry getKnown() {
        return known;
    }

    public Outcome getOutcome() {
        return outcome.kind();
    }

    /** Why it became a dead letter, was skipped or is retried, or what was changed so that Salesforce took it; else null. */
    public RecordError getError() {
        return outcome.why();
    }

    /** It is known what is to be written for it. */
    void prepare() {
        prepared = true;
    }

    boolean isPrepared() {
        return prepared;
    }

    /** Whether it is a state of the identity that still has to be processed. */
    public boolean isPending() {
        return isOpen() && !isErasure();
    }

    private boolean isOpen() {
        return outcome instanceof SyncOutcome.Pending;
    }

    /** Whether it is no state of the identity, but the request to erase it. */
    public boolean isErasure() {
        return change.isErasure();
    }

    /** Whether its record still has to be erased. */
    boolean isToBeErased() {
        return isOpen() && isErasure();
    }

    /** Whether Ory no longer has the identity, so that its record is marked. */
    public boolean isGone() {
        return change.isGone();
    }

    /** Whether it is erased; perhaps there was no record. */
    public boolean isErased() {
        return isErasure() && (getOutcome() == Outcome.SYNCED || getOutcome() == Outcome.UNCHANGED);
    }

    /** Whether it would leave data behind: a record, a dead letter, an event that is retried later. */
    public boolean isLeavingData() {
        return !isErasure() && getIdentity() != null
                && (getOutcome() == Outcome.PENDING || isDeadLettered() || isToBeRetried());
    }

    /** Whether a mapping makes its record, not only the gateway. */
    public boolean isToBeMapped() {
        return change.isState() || isGone();
    }

    /** Whether its record still has to be mapped. */
    public boolean isUnmapped() {
        return isPending() && getRecord() == null;
    }

    /** Whether a mapping still has to make its record. */
    public boolean isForMapping() {
        return isUnmapped() && isToBeMapped();
    }

    /** Whether its record has to be found anew before it can be written. */
    public boolean isRecovering() {
        return outcome instanceof SyncOutcome.Recovering;
    }

    /** Null unless it is recovering. */
    public Action getRecoveryAction() {
        return outcome instanceof SyncOutcome.Recovering recovering ? recovering.action() : null;
    }

    public boolean isToBeRetried() {
        return outcome instanceof SyncOutcome.RetryAt;
    }

    /** Null unless it is to be retried. */
    public Instant getNextRetryAt() {
        return outcome instanceof SyncOutcome.RetryAt retry ? retry.when() : null;
    }

    public boolean isDeadLettered() {
        return getOutcome() == Outcome.DEAD_LETTER;
    }

    /** Whether the look-up has shown that the record holds all of it. */
    boolean isPrimed() {
        return outcomeOfRecord() instanceof SyncOutcome.Unchanged unchanged && unchanged.primed();
    }

    /** Whether it is newer than what the ledger knows; a message that is no event is not. */
    public boolean isNewer() {
        return getIdentity() != null && (isErasure() || intended != null || known == null || known.version() == null
                || known.isConverted() || known.isOlderThan(change));
    }

    /** Whether it is a registration, and no earlier attempt may have created the record. */
    public boolean isFirstRegistration() {
        return change.event().equals("registration") && intended == null;
    }

    /** Compares it with what the ledger knows. A version that is not newer is not sent. */
    public void loadKnown(LedgerEntry entry) {
        if (isGone()) {
            loadForMark(entry);
            return;
        }
        if (!entry.hasRecord() && Outcome.PENDING.label().equals(entry.outcome())) {
            intended = entry;
            return;
        }
        known = entry;
        target = target.found(entry.object(), entry.salesforceId(), entry.foundBy()).at(entry.version());
        int newer = entry.version() == null || entry.isOlderThan(change) ? 1 : change.version().compareTo(entry.version());
        if (newer < 0) {
            superseded(getError());
            overtaken = true;
        } else if (entry.isConverted()) {
            outcome = new SyncOutcome.Recovering(Action.FOLLOW_CONVERSION, CONVERTED);
        } else if (newer == 0) {
            outcome = new SyncOutcome.Unchanged(getError(), false);
        } else if (entry.isOfLostLedger()) {
            compareWithRecord(entry.version());
        } else if (entry.version() != null) {
            leaveOut(entry.version());
        }
    }

    /**
     * A record is marked once, and not if the identity had an event since. The mark has no version of its own: what Ory says if
     * it has the identity again is newer.
     */
    private void loadForMark(LedgerEntry entry) {
        known = entry;
        target = target.found(entry.object(), entry.salesforceId(), entry.foundBy()).at(entry.version());
        if (!entry.hasRecord() || entry.isMarked() || entry.receivedAt().isAfter(change.receivedAt())) {
            superseded(null);
        } else if (entry.isConverted()) {
            outcome = new SyncOutcome.Recovering(Action.FOLLOW_CONVERSION, CONVERTED);
        }
    }

    /** What the ledger knows of an identity that is to be erased. */
    public void loadForErasure(LedgerEntry entry) {
        known = entry;
        target = target.found(target.object(), target.salesforceId(), entry.foundBy()).at(entry.version());
    }

    /** Continues with a record that the ledger does not know, or with another one than it knows. */
    public void follow(String object, String salesforceId, String foundBy, boolean stamp) {
        target = target.follow(object, salesforceId, foundBy, stamp);
        shown = MissingNode.getInstance();
        mapAgain();
    }

    /** Has the record mapped again, and sent again if it is recovering. */
    public void mapAgain() {
        draft = draft.with(late == null ? null : late.deepCopy());
        links = Map.of();
        children = List.of();
        childrenOfOwn = List.of();
        compared = false;
        ofRecord = null;
        mapping = MappingChoice.of(mapping.own());
        if (isRecovering()) {
            outcome = new SyncOutcome.Pending(getError());
        }
    }

    public void mayAdopt(Candidate found) {
        if (isRecovering() || !found.object().equals(getObject())) {
            mapAgain();
        }
        candidate = found;
        target = target.as(found.object());
    }

    /** Null unless there is one. */
    public Candidate getCandidate() {
        return candidate;
    }

    public boolean isCandidate() {
        return isPending() && candidate != null;
    }

    /** Whether the object of its record is known, whatever a mapping answers. */
    boolean isBound() {
        return hasRecord() || candidate != null || recreated;
    }

    /** Another item of the batch adopts the candidate. */
    public void dropCandidate() {
        candidate = null;
    }

    /** Adopts the candidate; the fields that it has filled stay. */
    public void adopt(Collection<String> filled) {
        target = target.follow(candidate.object(), candidate.salesforceId(), candidate.foundBy(), true);
        draft = draft.preserve(filled);
        candidate = null;
    }

    /** Continues as if there had never been a record. */
    public void reset() {
        former = known == null ? former : known;
        known = null;
        target = target.found(null, null, null);
        mapAgain();
    }

    /** Continues as if there had never been a record, with a new one of this object, whatever a mapping answers. */
    public void recreate(String object) {
        reset();
        target = target.as(object);
        recreated = true;
    }

    /** Whether a record of this object is made in the place of one that was deleted, whatever a mapping answers. */
    public boolean isRecreated() {
        return recreated;
    }

    /** Salesforce rejected it for a reason that the batch can deal with, a limited number of times. */
    public void recover(Action how, RecordError error) {
        if (++recoveries > MAX_RECOVERIES) {
            deadLetter(error);
        } else {
            outcome = new SyncOutcome.Recovering(how, error.without(getRecord()));
        }
    }

    /** Sends the record again without some fields. */
    public void drop(Collection<String> fields, RecordError note) {
        draft = draft.drop(fields);
        this.note = note;
        mapAgain();
    }

    /** Sends the record again with some texts cut to a length. */
    public void truncate(Map<String, Integer> lengths, RecordError note) {
        draft = draft.truncate(lengths);
        this.note = note;
        mapAgain();
    }

    /** The same rejection with a better message. */
    public void replaceError(RecordError better) {
        outcome = new SyncOutcome.Recovering(getRecoveryAction(), better.without(getRecord()));
    }

    /** The recovery has failed. */
    public void deadLetter() {
        outcome = new SyncOutcome.Ended(Outcome.DEAD_LETTER, getError());
    }

    public void deadLetter(RecordError error) {
        outcome = new SyncOutcome.Ended(Outcome.DEAD_LETTER, error.without(getRecord()));
    }

    public void retry(RecordError error, Instant at) {
        outcome = new SyncOutcome.RetryAt(at, error.without(getRecord()), true);
    }

    /** The event waits until then, without an attempt being counted. */
    public void postpone(RecordError why, Instant until) {
        outcome = new SyncOutcome.RetryAt(until, why.without(getRecord()), false);
    }

    /** How often Salesforce has been asked to take the record for this event. */
    int attempts() {
        return change.attempts() + (outcome instanceof SyncOutcome.RetryAt retry && !retry.counted() ? 0 : 1);
    }

    /**
     * Salesforce has a record that the ledger does not know. If the ledger knows the intent of creating it, the answer to
     * that call was lost. Otherwise an event that is not newer than the record is not sent.
     *
     * @param stored the record's version in whole seconds; null if it has none
     * @param shown what the look-up has read of the record
     */
    public void found(String object, String salesforceId, String foundBy, Instant stored, JsonNode shown) {
        if (!object.equals(getObject())) {
            mapAgain();
        }
        if (intended != null && intended.version().second().equals(stored)) {
            loadKnown(intended.asApplied(object, salesforceId));
            return;
        }
        this.shown = shown;
        target = target.found(object, salesforceId, foundBy);
        if (stored != null) {
            target = target.at(Version.ofRecord(stored));
            compareWithRecord(target.version());
        }
    }

    /** An event that is older than the record is not sent; one of the same version tells what was sent last. */
    private void compareWithRecord(Version inSalesforce) {
        int newer = change.version().second().compareTo(inSalesforce.at());
        leaveOut(newer > 0 ? inSalesforce.endOfSecond() : inSalesforce);
        if (newer < 0) {
            outcome = new SyncOutcome.Unchanged(getError(), false);
            overtaken = true;
        }
        sentBefore = newer == 0;
    }

    /** Of a state and a prebuilt record in one event, one of both may be in Salesforce already. */
    private void leaveOut(Version older) {
        IdentityChange newer = change.since(older);
        if (newer != change) {
            change = newer;
            mapAgain();
        }
    }

    public void unchanged(Version inSalesforce) {
        target = target.at(inSalesforce);
        outcome = new SyncOutcome.Unchanged(mapping.note(), false);
    }

    /**
     * The record in Salesforce needs none of it.
     *
     * @param held with the hashes that the ledger keeps, as if it had been sent now
     */
    public void primed(RecordDraft held) {
        draft = held;
        target = target.at(version());
        outcome = new SyncOutcome.Unchanged(getNote(), true);
    }

    /** Whether it is the state that was sent last, which a lost ledger does not know. */
    public boolean isSentBefore() {
        return sentBefore;
    }

    /** The fields that a look-up has read from its record; missing if none was read. */
    public JsonNode getShown() {
        return shown;
    }

    /** @param fields more of what its record holds; null for a field without a value */
    public void shows(ObjectNode fields) {
        ObjectNode all = fields.objectNode();
        shown.properties().forEach(field -> all.set(field.getKey(), field.getValue()));
        shown = all.setAll(fields);
    }

    MappingChoice getMappingChoice() {
        return mapping;
    }

    /** Another mapping is to be invoked. */
    void mapWith(MappingChoice next) {
        mapping = next;
    }

    public void mapped(String object, ObjectNode record) {
        if (!isBound()) {
            target = target.as(object);
        }
        draft = draft.with(record);
    }

    /** The result for a record whose object is not that of the schema's mapping. */
    void mapped(MappingChoice settled, ObjectNode record) {
        mapping = settled;
        draft = draft.with(record);
    }

    /** What the mapping has answered beside fields: its parents become links, which are to be found; its children wait. */
    void takeParts() {
        List<Child> answered = Child.of(getRecord() == null ? null : getRecord().remove(Mapping.CHILDREN));
        children = answered.isEmpty() ? childrenOfOwn : answered;
        kept = AnswerShape.kept(getRecord() == null ? null : getRecord().remove(Mapping.KEEP));
        JsonNode parents = getRecord() == null ? null : getRecord().remove(Mapping.PARENTS);
        links = new LinkedHashMap<>();
        if (parents != null) {
            Parent.of(parents).forEach((field, parent) -> links.put(field, ParentLink.wish(parent)));
        }
    }

    /**
     * The schema's mapping has answered another object than the record has, so that another mapping is asked for the record; children
     * do not depend on that.
     */
    void keepChildren(JsonNode ofOwn) {
        childrenOfOwn = Child.of(ofOwn);
    }

    /** What the mapping answers for this state of the identity. */
    public List<Child> getChildren() {
        return isVersioned() ? children : List.of();
    }

    /** What it answers for events that a newer one has replaced: each of them may bring a child of its own. */
    public List<Child> getChildrenOfOthers() {
        return childrenOfOthers;
    }

    /** Adds the children of an event that a newer one has replaced. */
    public void addChildrenOf(SyncItem other) {
        childrenOfOthers.addAll(other.children);
    }

    /** Whether its record is there, and records that hang on it may have to be written. */
    public boolean isAwaitingChildren() {
        boolean isWritten = getOutcome() == Outcome.SYNCED || getOutcome() == Outcome.UNCHANGED || overtaken && !isPending();
        return isWritten && hasRecord() && !isErasure() && !isGone() && hasOpenChildren();
    }

    /** Whether the mapping has answered children, for this event or for one that it has replaced. */
    public boolean hasChildren() {
        return !getChildren().isEmpty() || !childrenOfOthers.isEmpty();
    }

    private boolean hasOpenChildren() {
        return !childrenDone && hasChildren();
    }

    /** All its children are written or left out. */
    public void childrenDone() {
        childrenDone = true;
    }

    /**
     * A child has shown that the record has to be found anew. Until that is done and written, the event is not done.
     */
    public void recoverForChild(Action how, RecordError error) {
        if (!isRecovering()) {
            Version version = target.version();
            target = version == null || version.isOfRecord() ? target : target.at(version.beforeReceipt());
            SyncOutcome written = outcome;
            recover(how, error);
            ofRecord = written;
        }
    }

    /** Whether its record is as it is to be, and only a child has shown that it may have to be found anew. */
    public boolean isRecoveringForChild() {
        return isRecovering() && ofRecord != null;
    }

    /**
     * Salesforce has refused a child. The outcome of the record itself is kept.
     *
     * @param retryAt null if the event becomes a dead letter
     */
    public void childRefused(RecordError error, Instant retryAt) {
        ofRecord = outcomeOfRecord();
        if (retryAt == null) {
            deadLetter(error);
        } else {
            retry(error, retryAt);
        }
    }

    /**
     * A child of its record, or a value of one, is left out.
     *
     * @param first null if there is nothing to say; the first one is told, before what there is to say of the record itself
     */
    public void explain(RecordError first) {
        if (first != null && !childExplained) {
            childExplained = true;
            RecordError other = getError();
            RecordError why = other == null ? first
                    : new RecordError(first.code(), first.message() + " " + other.code() + ": " + other.message(), first.fields());
            note = why;
            outcome = outcome instanceof SyncOutcome.Unchanged unchanged ? new SyncOutcome.Unchanged(why, unchanged.primed())
                    : getOutcome() == Outcome.SYNCED ? new SyncOutcome.Ended(Outcome.SYNCED, why) : outcome;
        }
    }

    /** The outcome of the record itself, without that of its children. */
    private SyncOutcome outcomeOfRecord() {
        return ofRecord == null ? outcome : ofRecord;
    }

    /** Whether its record was written. */
    public boolean isSent() {
        return outcomeOfRecord().kind() == Outcome.SYNCED;
    }

    /** Whether its record was created by this event, so that it has no children yet but those that the org itself has made. */
    public boolean isCreated() {
        return created;
    }

    /** Whether the field stays as it is if the mapping has answered no value. */
    public boolean keeps(String field) {
        return kept.contains(field);
    }

    /** Field to what became of the parent that it refers to. */
    public Map<String, ParentLink> getLinks() {
        return links;
    }

    /** Parents that still have to be found or created. */
    public List<Parent> getWantedParents() {
        return isLate() ? List.of() : links.values().stream().filter(ParentLink::isWanted).map(ParentLink::parent).toList();
    }

    /** Whether it can't be compared yet, because it is not known what it is to refer to. */
    public boolean isAwaitingParents() {
        return isPending() && !getWantedParents().isEmpty();
    }

    /** The parent is known, so the record gets a field that refers to it. */
    public void link(Parent parent, String salesforceId) {
        links.put(parent.field(), new ParentLink(parent, ParentLink.State.LINKED, salesforceId));
        getRecord().put(parent.field(), salesforceId);
    }

    /** The parent is not known; the record keeps the link that it has. */
    public void leaveUnlinked(Parent parent, RecordError why) {
        links.put(parent.field(), new ParentLink(parent, ParentLink.State.LEFT_OUT, null));
        note = why;
    }

    /** The record has a link that the app did not write, which stays. */
    public void keepLink(Parent parent) {
        links.put(parent.field(), new ParentLink(parent, ParentLink.State.OF_SALES, null));
    }

    /**
     * The record is to refer to no parent, as if the mapping had answered none.
     *
     * @param why null if there is nothing to say
     */
    public void dropLink(Parent parent, RecordError why) {
        links.remove(parent.field());
        note = why == null ? note : why;
    }

    /**
     * Salesforce may have rejected the record because a parent was deleted or merged. This is tried once.
     *
     * @return the IDs of the parents that the rejected record refers to; then they are found again
     */
    public List<String> loseParents() {
        List<String> lost = parentsLost || getRecord() == null ? List.of() : links.values().stream().filter(ParentLink::isLinked)
                .filter(link -> getRecord().hasNonNull(link.parent().field()))
                .filter(link -> getError().fields().isEmpty() || getError().fields().contains(link.parent().field()))
                .map(ParentLink::salesforceId).toList();
        if (!lost.isEmpty()) {
            parentsLost = true;
            mapAgain();
        }
        return lost;
    }

    /** The record's object lacks these fields. */
    public void lacks(List<String> fields) {
        mapping = mapping.leavingOut(fields);
    }

    /** Whether its fields were mapped for another object. */
    public boolean isOfOtherObject() {
        return getRecord() != null && mapping.hasPassedOver(getMapping());
    }

    /**
     * A prebuilt record is sent even if the mapping skips the identity.
     *
     * @param given fields that are not from a mapping
     */
    void usePrebuilt(String object, ObjectNode record, Set<String> given) {
        mapped(object, record);
        draft = draft.withPrebuilt(record, given);
        if (getOutcome() == Outcome.SKIPPED) {
            outcome = new SyncOutcome.Pending(getError());
        }
    }

    public RecordError getNote() {
        return note == null ? mapping.note() : note;
    }

    /** What the identity's status says once it is synced. */
    public void note(RecordError note) {
        this.note = note;
    }

    /** @param toSend holds only the fields that are sent, so that it is not compared again */
    public void compared(RecordDraft toSend) {
        draft = toSend;
        compared = true;
    }

    /** Whether its record holds only the fields that are sent. */
    public boolean isReducedToChanges() {
        return compared;
    }

    public void delete(ObjectNode nothing) {
        draft = draft.delete(nothing);
    }

    /** Its event names only a part of the identity, so a field that was sent before may have to be emptied. */
    public void leaveOpen() {
        leavesOpen = true;
    }

    boolean leavesOpen() {
        return leavesOpen;
    }

    /** Which version of the identity the record holds once it is written. */
    private Version version() {
        return isVersioned() ? change.version() : target.version();
    }

    /** Whether it writes a version of the identity, and not only a part of a record. */
    public boolean isVersioned() {
        return !isLate() && !isGone();
    }

    /** Whether its state is older than that of its record. */
    public boolean isOvertaken() {
        return overtaken;
    }

    /** Events whose opt-outs and children count although a newer state is written, or none. */
    List<IdentityChange> getOthers() {
        boolean counts = !isErasure() && (isPending() || isPassedOver() || getOutcome() == Outcome.SKIPPED);
        return !counts ? List.of() : !overtaken ? earlier : Stream.concat(earlier.stream(), Stream.of(change)).toList();
    }

    List<IdentityChange> getEarlier() {
        return earlier;
    }

    /** Whether it has an outcome that only says that its state is not written: it is not newer, or the mapping skips it. */
    public boolean isPassedOver() {
        return overtaken || outcome instanceof SyncOutcome.Unchanged unchanged && !unchanged.primed()
                || getOutcome() == Outcome.SKIPPED && getRecord() == null;
    }

    /** An event of the identity, perhaps not the newest, sets this field to its one value ({@code sync.one-way}). */
    public void withdraw(String field) {
        withdrawn.add(field);
    }

    public Set<String> getWithdrawn() {
        return withdrawn;
    }

    /**
     * An operator has asked to take back a one-way field that an edited mapping had set.
     *
     * @param field as it was set
     * @param now its name in the record, which may have become a person account
     */
    public void takeBack(String field, String now) {
        takenBack.put(field, now);
    }

    /** It is not known what the record holds, so the fields stay until that is. */
    public void takeNothingBack() {
        takenBack.clear();
    }

    public Map<String, String> getTakenBack() {
        return takenBack;
    }

    /**
     * An edited mapping sets a one-way field that the confirmed one does not set.
     *
     * @param isKnown whether the ledger knows that an edit has set it before
     * @param reference the confirmed mappings, as a hash
     */
    public void edit(String field, boolean isKnown, String reference) {
        edited.put(field, isKnown);
        confirmedMappings = reference;
    }

    /** The confirmed mappings that do not answer the edited fields, as a hash. */
    public String getConfirmedMappings() {
        return confirmedMappings;
    }

    public Set<String> getEdited() {
        return edited.keySet();
    }

    /** Those of them that the ledger knows of this event only. */
    public Set<String> getNewlyEdited() {
        return edited.keySet().stream().filter(field -> !edited.get(field)).collect(Collectors.toCollection(TreeSet::new));
    }

    /** What its record says of one-way fields was compared with the confirmed mapping. */
    public void noteChecked() {
        checked = getRecord();
    }

    /** Whether it need not be compared again: it has the same record, or has been written since. */
    public boolean isChecked() {
        return checked != null && (checked == getRecord() || !isPending());
    }

    /**
     * Writes withdrawals alone, because its state is not newer than the record.
     *
     * @param record the fields to write
     */
    public void withdrawAlone(ObjectNode record) {
        late = record;
        outcome = new SyncOutcome.Pending(null);
        mapAgain();
    }

    /** Whether it writes withdrawals alone. */
    public boolean isLate() {
        return late != null;
    }

    /** What it sends has a withdrawal in it. */
    public void withdraws() {
        withdraws = true;
    }

    boolean isWithdrawal() {
        return withdraws;
    }

    /** Whether the event is newer than what the ledger knows. */
    public boolean isNews(IdentityChange event) {
        return known == null || known.version() == null || known.isOlderThan(event);
    }

    /** Whether a record of the identity was deleted, and another one is made. */
    public boolean isMadeAnew() {
        return former != null;
    }

    /** Whether only its record tells its version. */
    public boolean isOfLostLedger() {
        return hasRecord() && target.version() != null && target.version().isOfRecord()
                && (known == null || known.isOfLostLedger());
    }

    /** The version that the ledger keeps of the record. While a child is not written, it is just below the event's own. */
    Version versionInLedger() {
        Version version = target.version();
        boolean isDone = isSent() || outcomeOfRecord().kind() == Outcome.UNCHANGED;
        return isDone && hasOpenChildren() && version != null && !version.isOfRecord() ? version.beforeReceipt() : version;
    }

    /** What the ledger keeps of the identity's fields, also if the record was deleted or its first call had no answer. */
    public Map<String, String> getRemembered() {
        LedgerEntry entry = remembered();
        return entry == null ? Map.of() : entry.fields();
    }

    private LedgerEntry remembered() {
        return known != null ? known : former != null ? former : intended;
    }

    /** What became of earlier events, also if the record was deleted or its first call had no answer. */
    History getHistory() {
        LedgerEntry entry = remembered();
        return entry == null ? History.NONE : entry.history();
    }

    /** The record that the identity had before this event; null if it had none, or if the answer to its first call was lost. */
    String getRecordBefore() {
        return known == null || intended != null ? null : known.salesforceId();
    }

    /** @param due what the ledger keeps of withdrawals until they are written */
    public void keepDue(Map<String, String> due) {
        this.due = due;
    }

    Map<String, String> getDue() {
        return due;
    }

    public void superseded(RecordError why) {
        outcome = new SyncOutcome.Ended(Outcome.SUPERSEDED, why);
    }

    void skipped() {
        outcome = new SyncOutcome.Ended(Outcome.SKIPPED, getError());
    }

    public void skipped(String code, String why) {
        outcome = new SyncOutcome.Ended(Outcome.SKIPPED, RecordError.of(code, why));
    }

    /**
     * Another identity has the record that it would continue with.
     *
     * @param how what led to that record: conversion or merge
     */
    public void belongsToOther(String salesforceId, String how) {
        target = target.found(getObject(), getSalesforceId(), how);
        skipped("BELONGS_TO_OTHER", "This identity's record ended in " + salesforceId + " by " + how + ", which belongs to"
                + " another identity; nothing is written. If both are the same person, delete one of them at Ory.");
    }

    public void synced(String salesforceId, boolean created) {
        this.created |= created;
        String how = created ? "created" : target.foundBy() == null ? "ory-id" : target.foundBy();
        target = target.found(getObject(), salesforceId, how).at(version());
        outcome = new SyncOutcome.Ended(Outcome.SYNCED, getNote()); // what was changed so that Salesforce took it
    }
}
