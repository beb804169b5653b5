package dev.orysalesforce.ledger;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** The tables of one-way fields that an edit of a mapping has set, and of the mappings that were confirmed. No trait in them. */
@Component("oneWayLedger")
public class OneWayLedger {

    private static final String LAST = "last";
    private static final String BEFORE = "before";

    private static final String SAVE = """
            insert into one_way_edits (identity, field, mapping, reference, state, set_at, confirmed) values (?, ?, ?, ?, ?, ?, ?)
            on conflict (identity, field) do update set mapping = excluded.mapping, reference = excluded.reference,
                state = excluded.state, set_at = excluded.set_at, confirmed = excluded.confirmed, requested_at = null
            """;

    private static final String CONFIRM = """
            insert into confirmed_mappings (place, mappings) values (?, ?)
            on conflict (place) do update set mappings = excluded.mappings
            """;

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final Clock clock;

    OneWayLedger(JdbcTemplate batches, TransactionTemplate ledgerTransaction, Clock clock) {
        this.batches = batches;
        this.jdbc = JdbcClient.create(batches);
        this.transaction = ledgerTransaction;
        this.clock = clock;
    }

    /** What became of a field. */
    public enum State {
        /** The app writes it, or has written it. */
        SET,
        /** It was left out, and waits for a confirmation of the edit. */
        HELD,
        /** The identity no longer says it, while the mapping has stayed the same. It is not taken back. */
        OVER;

        private String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A field that an edit has set, or would set.
     *
     * @param mapping the mapping that answers it, with its version
     * @param reference the mappings that do not answer it, as a hash: only they can tell that an
     *     identity says it itself
     * @param at since when it is so
     * @param confirmed whether an operator has confirmed the edit
     * @param requested whether an operator has asked to take it back
     */
    public record Entry(String identity, String field, String mapping, String reference, State state, Instant at, boolean confirmed,
            boolean requested) {}

    /**
     * Sets of mappings: the texts that {@link #confirm} was given.
     *
     * @param last those that were confirmed last; null if none were
     * @param before those that were confirmed before them; null if none were
     */
    public record Confirmed(String last, String before) {}

    /** @return identity to its entries, for those that have some */
    public Map<String, List<Entry>> find(Collection<String> identities) {
        return Ledger.slices(identities)
                .flatMap(some -> jdbc.sql("select * from one_way_edits where identity in (:identities) order by identity, field")
                        .param("identities", some)
                        .query((row, number) -> new Entry(row.getString("identity"), row.getString("field"), row.getString("mapping"),
                                row.getString("reference"), State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                                SqlTimestamps.of(row.getString("set_at")),
                                row.getInt("confirmed") == 1, row.getString("requested_at") != null))
                        .list().stream())
                .collect(Collectors.groupingBy(Entry::identity));
    }

    /** Saves all entries or none. A request to take a field back ends with a new entry of it. */
    public void save(Collection<Entry> entries) {
        if (!entries.isEmpty()) {
            transaction.executeWithoutResult(status -> batches.batchUpdate(SAVE, entries.stream().map(entry -> new Object[] {
                entry.identity(), entry.field(), Ledger.cut(entry.mapping(), 300), entry.reference(), entry.state().label(),
                SqlTimestamps.text(entry.at()),
                entry.confirmed() ? 1 : 0}).toList()));
        }
    }

    /**
     * The fields were taken back, or the identity itself says what they say.
     *
     * @param fields identity to fields
     */
    public void forget(Map<String, ? extends Collection<String>> fields) {
        List<Object[]> rows = fields.entrySet().stream()
                .flatMap(of -> of.getValue().stream().map(field -> new Object[] {of.getKey(), field})).toList();
        if (!rows.isEmpty()) {
            transaction.executeWithoutResult(
                    status -> batches.batchUpdate("delete from one_way_edits where identity = ? and field = ?", rows));
        }
    }

    /** The number of identities for which edits have set a field since the last confirmation. */
    public long unconfirmed() {
        return jdbc.sql("select count(distinct identity) from one_way_edits where confirmed = 0 and state <> 'held'").query(Long.class)
                .single();
    }

    /** Forgets what waits for the confirmation of other mappings than these, which are in use, with their versions. */
    public void forgetHeld(Collection<String> mappings) {
        if (!mappings.isEmpty()) {
            jdbc.sql("delete from one_way_edits where state = 'held' and confirmed = 0 and mapping not in (:mappings)")
                    .param("mappings", List.copyOf(mappings)).update();
        }
    }

    /** @return field to the number of identities for which edits have set it, and for which it was not taken back since */
    public Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        jdbc.sql("select field, count(*) as identities from one_way_edits where state = 'set' group by field").query(row -> {
            counts.put(row.getString("field"), row.getLong("identities"));
        });
        return counts;
    }

    /**
     * An operator asks to take a field back.
     *
     * @param since only what was set at this time or later
     * @return for how many identities, including those for which it was asked before
     */
    public int request(String field, Instant since) {
        return jdbc.sql("update one_way_edits set requested_at = coalesce(requested_at, :now) where field = :field and state = 'set'"
                + " and set_at >= :since")
                .param("now", SqlTimestamps.text(clock.instant())).param("field", field).param("since", SqlTimestamps.text(since)).update();
    }

    /** Those of these identities that an operator's request or confirmation concerns, until their next event. */
    public Set<String> awaited(Collection<String> identities) {
        return Ledger.slices(identities)
                .flatMap(some -> jdbc
                        .sql("select distinct identity from one_way_edits where identity in (:identities)"
                                + " and (requested_at is not null or state = 'held' and confirmed = 1)")
                        .param("identities", some).query(String.class).list().stream())
                .collect(Collectors.toSet());
    }

    public Confirmed confirmed() {
        Map<String, String> stored = new TreeMap<>();
        jdbc.sql("select place, mappings from confirmed_mappings").query(row -> {
            stored.put(row.getString("place"), row.getString("mappings"));
        });
        return new Confirmed(stored.get(LAST), stored.get(BEFORE));
    }

    /**
     * These mappings are confirmed, and what they have set.
     *
     * @param before those that were confirmed last until now; null if none were
     */
    public void confirm(String mappings, String before) {
        transaction.executeWithoutResult(status -> {
            batches.update(CONFIRM, LAST, mappings);
            if (before != null) {
                batches.update(CONFIRM, BEFORE, before);
            }
            batches.update("update one_way_edits set confirmed = 1");
        });
    }
}
