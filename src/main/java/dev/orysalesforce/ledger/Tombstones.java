package dev.orysalesforce.ledger;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
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

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final FieldHash hash;
    private final BoundedLookup lookup;
    private final Clock clock;

    Tombstones(JdbcTemplate batches, TransactionTemplate ledgerTransaction, FieldHash hash, BoundedLookup lookup, Clock clock) {
        this.batches = batches;
        this.jdbc = JdbcClient.create(batches);
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
        transaction.executeWithoutResult(status -> batches.batchUpdate("""
                insert into tombstones (identity, erased_at, last_listed_at) values (?, ?, ?)
                on conflict (identity) do update set erased_at = excluded.erased_at,
                    last_listed_at = excluded.last_listed_at""",
                identities.stream().map(identity -> new Object[] {hash.ofIdentity(identity), now, now}).toList()));
    }

    /** @param identity may be null, which is never erased */
    public boolean isErased(String identity) {
        return identity != null && !erased(List.of(identity)).isEmpty();
    }

    /** When the identity was erased; nothing if it was not. */
    public Optional<Instant> erasedAt(String identity) {
        return jdbc.sql("select erased_at from tombstones where identity = :identity").param("identity", hash.ofIdentity(identity))
                .query(String.class).optional().map(SqlTimestamps::of);
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
        Map<String, String> byHash = new HashMap<>();
        identities.forEach(identity -> byHash.put(hash.ofIdentity(identity), identity));
        return Ledger.slices(byHash.keySet())
                .flatMap(hashes -> jdbc.sql("select identity from tombstones where identity in (:hashes)").param("hashes", hashes)
                        .query(String.class).list().stream())
                .map(byHash::get).collect(Collectors.toSet());
    }

    /** Extends the tombstones of identities that Ory still lists. */
    public void touch(Collection<String> listed) {
        String now = SqlTimestamps.text(clock.instant());
        Ledger.slices(listed.stream().map(hash::ofIdentity).toList())
                .forEach(hashes -> jdbc.sql("update tombstones set last_listed_at = :now where identity in (:hashes)")
                        .param("now", now).param("hashes", hashes).update());
    }

    /**
     * Removes tombstones of identities that were erased at least 30 days ago and that Ory has not listed since. Call this
     * only after {@link #touch} was called for all that Ory lists.
     */
    public void purge() {
        jdbc.sql("delete from tombstones where last_listed_at < :latest")
                .param("latest", SqlTimestamps.text(clock.instant().minus(AT_LEAST))).update();
    }
}
