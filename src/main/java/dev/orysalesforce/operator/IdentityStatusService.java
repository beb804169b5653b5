package dev.orysalesforce.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.Journal;
import dev.orysalesforce.journal.Queues;
import dev.orysalesforce.ledger.ChildLedger;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.ledger.Tombstones;
import dev.orysalesforce.operator.IdentityStatus.LastEvent;
import dev.orysalesforce.operator.IdentityStatus.Values;
import dev.orysalesforce.receive.BadRequestException;
import dev.orysalesforce.reconcile.ReconcileSnapshot;
import dev.orysalesforce.salesforce.Login;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.SyncItem;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.Header;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.stereotype.Component;

/**
 * Combines what journal, ledger and dead letters know of an identity. A backlog of millions is not searched, because the
 * broker would read all of it from its disk, and what another instance has is not seen. Then it is not known whether an event
 * of the identity waits.
 */
@Component("identityStatusService")
public class IdentityStatusService {

    /**
     * An event that moves between queue and batch during a search is looked for again, so often at most. Another instance may
     * have it for longer; then it is not known whether it is this identity's.
     */
    private static final int MAX_SEARCHES = 5;
    private static final Duration A_MOMENT = Duration.ofMillis(50);

    private final JmsTemplate jms;
    private final Queues queues;
    private final long browseLimit;
    private final Journal journal;
    private final Ledger ledger;
    private final ChildLedger children;
    private final Tombstones tombstones;
    private final ReconcileSnapshot snapshot;
    private final DeadLetters deadLetters;
    private final Login login;
    private final ObjectMapper json;

    IdentityStatusService(JmsTemplate jms, Queues queues, Journal journal, Ledger ledger, ChildLedger children, Tombstones tombstones,
            ReconcileSnapshot snapshot, DeadLetters deadLetters, Login login, ObjectMapper json, SyncSettings settings) {
        this.jms = jms;
        this.queues = queues;
        this.browseLimit = settings.journal().browseLimit();
        this.journal = journal;
        this.ledger = ledger;
        this.children = children;
        this.tombstones = tombstones;
        this.snapshot = snapshot;
        this.deadLetters = deadLetters;
        this.login = login;
        this.json = json;
    }

    /**
     * @param reveal {@code true} adds the values of a pending event or of a dead letter, if there is one
     * @return null if the identity is unknown
     */
    public IdentityStatus explain(@Header("id") String id, @Header("reveal") String reveal) {
        boolean withValues = DeadLetters.isTrue(reveal);
        if (!JmsSelectors.isId(id)) {
            return null;
        }
        String identity = id.toLowerCase(Locale.ROOT);
        boolean searched = queues.depth(Queues.JOURNAL).orElse(0) <= browseLimit;
        JsonNode waiting = null;
        boolean found = false;
        boolean onItsWay = false;
        int ended = -1;
        for (int search = 0; !found && (onItsWay || ended != journal.endedBatches()) && search < MAX_SEARCHES; search++) {
            if (onItsWay) {
                LockSupport.parkNanos(A_MOMENT.toNanos());
            }
            ended = journal.endedBatches();
            found = journal.isInFlight(identity);
            waiting = searched ? lastWaiting(identity) : null;
            int received = journal.received();
            onItsWay = queues.delivering(Queues.JOURNAL).orElse(0) > received;
            found = found || waiting != null || journal.isInFlight(identity);
        }
        Boolean pending = found || searched && !onItsWay ? found : null;
        List<DeadLetterItem> letters = deadLetters.of(identity);
        LedgerEntry entry = ledger.find(identity).orElse(null); // last, so that an event that has just left the journal is here
        if (Boolean.FALSE.equals(pending) && letters.isEmpty() && entry == null) {
            return null;
        }
        IdentityStatus status = (entry != null ? of(entry, pending, letters) : ofUnknown(identity, pending, letters))
                .with(snapshot.find(identity));
        return !withValues ? status : status.with(values(waiting, letters));
    }

    /** The ID of the identity to erase. */
    public String identity(@Header("id") String id) {
        if (!JmsSelectors.isId(id)) {
            throw new BadRequestException("The path ends in the ID of an identity, which is a UUID.");
        }
        return id.toLowerCase(Locale.ROOT);
    }

    /** Whether the app knows an identity, perhaps only as one to erase, or from a body that it could not use. */
    public boolean isKnown(String identity) {
        return tombstones.isErased(identity) || deadLetters.isMentioned(identity) || explain(identity, null) != null;
    }

    /** @param record the record in Salesforce; only the fields that the app wrote are shown */
    public IdentityStatus withRecord(IdentityStatus status, String record) throws JsonProcessingException {
        ObjectNode written = json.createObjectNode();
        JsonNode all = json.readTree(record);
        status.fields().forEach(field -> written.set(field, all.path(field)));
        return status.with(new Values("salesforce", written));
    }

    private IdentityStatus of(LedgerEntry entry, Boolean pending, List<DeadLetterItem> letters) {
        return new IdentityStatus(entry.identity(), entry.nextRetryAt() != null ? Boolean.TRUE : pending, entry.outcome(), entry.code(),
                entry.message(), entry.object(), entry.salesforceId(),
                entry.hasRecord() ? login.address() + "/" + entry.salesforceId() : null, entry.foundBy(),
                entry.hasRecord() && entry.version() != null ? entry.version().at() : null, entry.mapping(),
                new TreeSet<>(entry.fields().keySet()), new TreeMap<>(entry.sentAt()), children(entry.identity()),
                entry.history().steps(), entry.attempts(),
                entry.nextRetryAt(),
                new LastEvent(entry.event(), entry.receivedAt(), entry.triggerId()), null, null, letters, null);
    }

    private List<IdentityStatus.WrittenChild> children(String identity) {
        return children.find(List.of(identity)).getOrDefault(identity, List.of()).stream()
                .map(child -> new IdentityStatus.WrittenChild(child.object(), child.salesforceId(),
                        child.salesforceId() == null ? null : login.address() + "/" + child.salesforceId()))
                .toList();
    }

    /** The ledger knows an identity once its first event has an outcome, but not from rejected requests. */
    private static IdentityStatus ofUnknown(String identity, Boolean pending, List<DeadLetterItem> letters) {
        DeadLetterItem last = Boolean.TRUE.equals(pending) || letters.isEmpty() ? null : letters.get(letters.size() - 1);
        return new IdentityStatus(identity, pending,
                last != null ? SyncItem.Outcome.DEAD_LETTER.label() : pending == null ? null : SyncItem.Outcome.PENDING.label(),
                last == null ? null : last.code(), last == null ? null : last.message(), null, null, null, null, null,
                null, Set.of(), Map.of(), List.of(), List.of(), last == null ? 0 : last.attempts(), null,
                last == null ? null : new LastEvent(last.event(), last.receivedAt(), null), null, null,
                letters, null);
    }

    private Values values(JsonNode waiting, List<DeadLetterItem> letters) {
        if (waiting != null) {
            return new Values("pending", waiting);
        }
        DeadLetterItem last = letters.isEmpty() ? null : deadLetters.find(letters.get(letters.size() - 1).id(), "true");
        return last == null ? null : new Values("dead-letter", last.original());
    }

    /** The identity's newest event in the queue; null if there is none, or if a batch holds it. */
    private JsonNode lastWaiting(String identity) {
        return jms.browseSelected(Queues.JOURNAL, JmsSelectors.ofIdentity(identity), (session, browser) -> {
            JsonNode last = null;
            for (Enumeration<?> all = browser.getEnumeration(); all.hasMoreElements();) {
                if (all.nextElement() instanceof TextMessage text) {
                    try {
                        last = json.readTree(text.getText());
                    } catch (JsonProcessingException e) {
                        last = json.missingNode();
                    }
                }
            }
            return last;
        });
    }
}
