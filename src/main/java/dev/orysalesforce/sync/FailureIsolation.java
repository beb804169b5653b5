package dev.orysalesforce.sync;

import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.journal.Version;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.mapping.MappingFailedException;
import dev.orysalesforce.mapping.MappingLoopsException;
import dev.orysalesforce.salesforce.RecordError;
import jakarta.jms.JMSException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jms.JmsException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Finds the event that makes each batch fail, and sets it aside as a dead letter, so that the others continue. A batch that
 * fails in the app itself is tried again with half as many events, down to one: that is the cause. An event whose mapping
 * did not come to an end is known without a search. What is set aside is remembered until its dead letter has been
 * committed.
 *
 * <p>A failure that every event meets (the database or the broker does not answer) pauses delivery instead.
 */
@Component
public class FailureIsolation {

    /** The code of a dead letter that the app itself failed on. */
    public static final String FAILED_IN_APP = "FAILED_IN_APP";

    private static final Logger LOG = LoggerFactory.getLogger(FailureIsolation.class);

    /** So many events in succession are set aside without a pause. More may be a bug that every event meets. */
    private static final int SUCCESSION = 3;
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final int ALL = Integer.MAX_VALUE;

    private static final int SQLITE_TOO_BIG = 18;
    private static final int SQLITE_CONSTRAINT = 19;
    private static final int SQLITE_MISMATCH = 20;

    private final Map<Key, SetAside> setAside = new ConcurrentHashMap<>();
    private volatile int size = ALL;
    private Batch batch = Batch.empty();
    private int tried;
    private IdentityChange first;
    private int inSuccession;

    /** An event; another version of its identity is another one. */
    private record Key(String identity, Version version) {

        static Key of(IdentityChange change) {
            boolean hasVersion = change.identityId() != null && change.receivedAt() != null;
            return new Key(change.identityId(), hasVersion ? change.version() : null);
        }
    }

    /**
     * @param mapping the mapping that failed; null if it was none. An edited mapping gets the event once more
     * @param bare whether not even the dead letter with its original could be written
     */
    private record SetAside(RecordError error, Mapping mapping, boolean bare) {}

    /** How many events the next batch may have, while a cause is searched. */
    int size() {
        return size;
    }

    void begin(Batch begun) {
        batch = begun;
        tried = 0;
        first = null;
    }

    void tries(List<IdentityChange> events) {
        first = tried == 0 && !events.isEmpty() ? events.get(0) : first;
        tried += events.size();
    }

    /** An event that is set aside goes no further, not even through the steps that a batch begins with. */
    Batch coalesce(List<IdentityChange> events, Coalescer coalescer) {
        SetAside alone = events.size() == 1 ? setAside.get(Key.of(events.get(0))) : null;
        if (alone != null && alone.mapping() == null) {
            SyncItem item = new SyncItem(alone.bare() ? events.get(0).bare() : events.get(0), PrebuiltRecords.NO_MAPPING);
            item.deadLetter(alone.error());
            return new Batch(List.of(item), 1);
        }
        Batch coalesced = coalescer.coalesce(events);
        if (!setAside.isEmpty()) {
            coalesced.items().stream().filter(item -> !item.isErasure() && !item.isDeadLettered()).forEach(this::apply);
        }
        return coalesced;
    }

    private void apply(SyncItem item) {
        SetAside known = setAside.get(Key.of(item.getChange()));
        if (known != null && (known.mapping() == null || known.mapping().equals(item.getMapping()))) {
            item.deadLetter(known.error());
        }
    }

    /** Whether the ledger has to do without the item: it may be what the ledger can't store. */
    public static boolean isFailedInApp(SyncItem item) {
        return item.isDeadLettered() && item.getError().code().equals(FAILED_IN_APP);
    }

    /** The identities whose mapping did not come to an end, for health and log; they are not committed yet. */
    String identities() {
        return String.join(", ", setAside.entrySet().stream().filter(one -> one.getValue().mapping() != null)
                .map(one -> one.getKey().identity()).sorted().distinct().limit(10).toList());
    }

    /**
     * A batch has failed and was rolled back.
     *
     * @return how long delivery pauses; null if the failure is not that of one event, and the usual back-off applies
     */
    synchronized Duration failed(Exception failure) {
        if (ObjectHelper.getException(MappingLoopsException.class, failure) != null) {
            batch.items().stream().filter(item -> item.isDeadLettered() && item.getError().code().equals(MappingFailedException.CODE))
                    .forEach(item -> setAside.putIfAbsent(Key.of(item.getChange()),
                            new SetAside(item.getError(), item.getMapping(), false)));
            size = 1;
            return null;
        }
        if (tried == 0 || isOfEveryEvent(failure)) {
            return null;
        }
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        if (tried > 1) {
            if (size == ALL) {
                LOG.warn("A batch of {} events failed in the app itself, at {} ({}). The event that causes it is searched, and"
                        + " set aside as a dead letter", tried, FailurePlace.of(root), root.getClass().getSimpleName());
            }
            size = Math.max(1, tried / 2);
            return Duration.ZERO;
        }
        return setAside(first, root);
    }

    private Duration setAside(IdentityChange event, Throwable root) {
        size = 1;
        SetAside before = setAside.get(Key.of(event));
        if (before != null && before.bare()) {
            return null; // no dead letter can be written at all
        }
        String kind = root.getClass().getSimpleName();
        setAside.put(Key.of(event), new SetAside(RecordError.of(FAILED_IN_APP, "The app itself failed on this event: " + kind
                + " at " + FailurePlace.of(root) + ". Report it with these words. Replay the dead letter once it is fixed; the"
                + " next event of the identity brings its state, too."), null, before != null));
        LOG.warn("An event of the identity {} makes each batch fail ({} at {}), and becomes a dead letter with code {}",
                event.identityId(), kind, FailurePlace.of(root), FAILED_IN_APP);
        inSuccession += before == null ? 1 : 0;
        return inSuccession <= SUCCESSION ? Duration.ZERO : PAUSE.multipliedBy(1L << Math.min(inSuccession - SUCCESSION, 6));
    }

    /** A batch has committed, with the dead letters of what was set aside. */
    synchronized void committed(Batch done) {
        if (size == ALL) {
            return;
        }
        done.items().stream().filter(SyncItem::isDeadLettered)
                .forEach(item -> setAside.keySet().removeIf(key -> Objects.equals(key.identity(), item.getIdentity())));
        if (done.items().stream().anyMatch(item -> !isFailedInApp(item))) {
            inSuccession = 0;
        }
        size = size > Batch.LOOKUP && setAside.isEmpty() ? ALL : Math.min(size, ALL / 2) * 2;
    }

    private static boolean isOfEveryEvent(Exception failure) {
        for (Class<? extends Throwable> kind : List.of(PauseDeliveryException.class, JmsException.class, JMSException.class,
                TransactionException.class, InterruptedException.class, RejectedExecutionException.class,
                OutOfMemoryError.class)) {
            if (ObjectHelper.getException(kind, failure) != null) {
                return true;
            }
        }
        DataAccessException database = ObjectHelper.getException(DataAccessException.class, failure);
        if (database != null) {
            return !(database instanceof DataIntegrityViolationException) && !isRefusedBySqlite(database);
        }
        // a route that is stopped, a bean that an edited route names wrongly
        return NestedExceptionUtils.getMostSpecificCause(failure).getClass().getName().startsWith("org.apache.camel.");
    }

    /** Spring has no names for the errors of SQLite. */
    private static boolean isRefusedBySqlite(DataAccessException database) {
        SQLException cause = database instanceof UncategorizedSQLException unknown ? unknown.getSQLException() : null;
        int code = cause == null || cause.getSQLState() != null ? 0 : cause.getErrorCode() & 0xff;
        return code == SQLITE_TOO_BIG || code == SQLITE_CONSTRAINT || code == SQLITE_MISMATCH;
    }
}
