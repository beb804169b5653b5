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
 * Who was erased. A tombstone is a keyed hash of the identity's ID: it tells whether an event is about somebody who was
 * erased, but not who was.
 */
@Component("tombstones")
public class Tombstones {

    /** An event may be as old as the oldest dead letter or backup; nobody replays one after so long. */
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

    /** From now on the identity is erased; its time starts anew if it was before. */
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

    /** @param identity may be null, which is nobody */
    public boolean isErased(String identity) {
        return identity != null && !erased(List.of(identity)).isEmpty();
    }

    /**
     * For a webhook's way. While the database does not answer, nobody is taken for erased: then a dead letter is kept that
     * would not have been, and if it is replayed, the batch drops its event.
     *
     * @param identity may be null, which is nobody
     */
    public boolean isKnownToBeErased(String identity) {
        return identity != null && lookup.ask(() -> isErased(identity), false);
    }

    /** @return those that were erased */
    public Set<String> erased(Collection<String> identities) {
        Set<String> erased = new HashSet<>();
        inSlices(identities, (byHash, hashes) -> sql.query(
                "select identity from tombstones where identity in (" + marks(hashes) + ")",
                row -> {
                    erased.add(byHash.get(row.getString("identity")));
                }, hashes));
        return erased;
    }

    /** Ory lists them: who of them was erased stays so. */
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
     * Forgets who was erased at least 30 days ago and has not been listed by Ory since. Only for when all that Ory lists
     * has just been touched.
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
