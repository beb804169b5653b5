package dev.orysalesforce.ledger;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Remembers erased identities. A tombstone is a keyed hash of the identity's ID: it shows whether an event belongs to an
 * erased identity, but does not reveal the ID.
 */
@Component("tombstones")
public class Tombstones {

    /** An event may be as old as the oldest dead letter or backup; none is expected to be replayed after this time. */
    private static final Duration AT_LEAST = Duration.ofDays(30);

    private static final int AT_ONCE = 500;

    private final JdbcTemplate sql;
    private final TransactionTemplate transaction;
    private final FieldHash hash;
    private final BoundedLookup lookup;
    private final Clock clock;

    Tombstones(JdbcTemplate sql, TransactionTemplate ledgerTransaction, FieldHash hash, BoundedLookup lookup, Clock clock) {
        this.sql = sql;
        this.transaction = ledgerTransaction;
        this.hash = hash;
        this.lookup = lookup;
        this.clock = clock;
    }

    /** Marks the identity as erased; a second call extends the time. */
    public void put(String identity) {
        putAll(List.of(identity));
    }

    public void putAll(Collection<String> identities) {
        String now = SqlTimestamps.text(clock.instant());
        transaction.executeWithoutResult(status -> sql.batchUpdate("""
                insert into tombstones (identity, erased_at, last_listed_at) values (?, ?, ?)
                on conflict (identity) do update set erased_at = excluded.erased_at,
                    last_listed_at = excluded.last_listed_at""",
                identities.stream().map(identity -> new Object[] {hash.ofIdentity(identity), now, now}).toList()));
    }

    /** @param identity may be null, which is never erased */
    public boolean isErased(String identity) {
        return identity != null && !erased(List.of(identity)).isEmpty();
    }

    /**
     * For requests that must not wait. While the database does not answer, no identity counts as erased: a dead letter may
     * then be kept for an erased identity, and if it is replayed, the batch drops its event.
     *
     * @param identity may be null, which is never erased
     */
    public boolean isKnownToBeErased(String identity) {
        return identity != null && lookup.ask(() -> isErased(identity), false);
    }

    /** @return the identities that were erased */
    public Set<String> erased(Collection<String> identities) {
        Set<String> erased = new HashSet<>();
        inSlices(identities, (byHash, hashes) -> sql.query(
                "select identity from tombstones where identity in (" + marks(hashes) + ")",
                row -> {
                    erased.add(byHash.get(row.getString("identity")));
                }, hashes));
        return erased;
    }

    /** Extends the tombstones of identities that Ory still lists. */
    public void touch(Collection<String> listed) {
        String now = SqlTimestamps.text(clock.instant());
        inSlices(listed, (byHash, hashes) -> {
            List<Object> values = new ArrayList<>(List.of(now));
            values.addAll(List.of(hashes));
            sql.update("update tombstones set last_listed_at = ? where identity in (" + marks(hashes) + ")",
                    values.toArray());
        });
    }

    /**
     * Removes tombstones of identities that were erased at least 30 days ago and that Ory has not listed since. Call this
     * only after {@link #touch} was called for all that Ory lists.
     */
    public void purge() {
        sql.update("delete from tombstones where last_listed_at < ?", SqlTimestamps.text(clock.instant().minus(AT_LEAST)));
    }

    private interface Slice {
        void of(Map<String, String> identityByHash, Object[] hashes);
    }

    private void inSlices(Collection<String> identities, Slice slice) {
        List<String> all = List.copyOf(identities);
        for (int from = 0; from < all.size(); from += AT_ONCE) {
            Map<String, String> byHash = new HashMap<>();
            all.subList(from, Math.min(from + AT_ONCE, all.size()))
                    .forEach(identity -> byHash.put(hash.ofIdentity(identity), identity));
            slice.of(byHash, byHash.keySet().toArray());
        }
    }

    private static String marks(Object[] values) {
        return "?,".repeat(values.length - 1) + "?";
    }
}
