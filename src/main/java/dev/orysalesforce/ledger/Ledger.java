package dev.orysalesforce.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.journal.Version;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** The table of identities. Reads and writes many rows at a time; one SQL for SQLite and PostgreSQL. */
@Component("ledger")
public class Ledger {

    private static final int AT_ONCE = 500;
    private static final TypeReference<Map<String, String>> HASHES = new TypeReference<>() {};
    private static final TypeReference<Map<String, List<String>>> TIMES = new TypeReference<>() {};

    private static final String UPSERT = """
            insert into identities (identity, object, salesforce_id, found_by, version_at, version_verified,
                version_received, seen_at, seen_verified, written_at, fields, fields_sent_at, event, received_at, trigger_id, mapping,
                outcome, code, message, attempts, next_retry_at, history)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (identity) do update set object = excluded.object, salesforce_id = excluded.salesforce_id,
                found_by = excluded.found_by, version_at = excluded.version_at,
                version_verified = excluded.version_verified, version_received = excluded.version_received,
                seen_at = coalesce(excluded.seen_at, identities.seen_at),
                seen_verified = coalesce(excluded.seen_verified, identities.seen_verified),
                written_at = coalesce(excluded.written_at, identities.written_at), fields = excluded.fields,
                fields_sent_at = excluded.fields_sent_at, event = excluded.event, received_at = excluded.received_at,
                trigger_id = excluded.trigger_id, mapping = excluded.mapping, outcome = excluded.outcome,
                code = excluded.code, message = excluded.message, attempts = excluded.attempts,
                next_retry_at = excluded.next_retry_at, history = excluded.history
            """;

    /** For batches, which {@link JdbcClient} lacks; named parameters would make them a fifth slower. */
    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final ObjectMapper json;
    private final Clock clock;

    Ledger(JdbcTemplate batches, TransactionTemplate ledgerTransaction, ObjectMapper json, Clock clock) {
        this.batches = batches;
        this.jdbc = JdbcClient.create(batches);
        this.transaction = ledgerTransaction;
        this.json = json;
        this.clock = clock;
    }

    public Optional<LedgerEntry> find(String identity) {
        return Optional.ofNullable(find(List.of(identity)).get(identity));
    }

    /** @return identity to entry, for those that are known */
    public Map<String, LedgerEntry> find(Collection<String> identities) {
        return slices(identities)
                .flatMap(some -> jdbc.sql("select * from identities where identity in (:identities)").param("identities", some)
                        .query((row, number) -> entry(row)).list().stream())
                .collect(Collectors.toMap(LedgerEntry::identity, Function.identity(), (entry, same) -> same));
    }

    /** How many identities have a record in Salesforce. */
    public long countRecords() {
        return jdbc.sql("select count(*) from identities where salesforce_id is not null").query(Long.class).single();
    }

    /** Whether an identity has a record of this object. */
    public boolean has(String object) {
        return !jdbc.sql("select 1 from identities where object = :object limit 1").param("object", object).query(Integer.class).list()
                .isEmpty();
    }

    /** A list for {@code in (:list)}, in parts: the databases limit how many values a statement may have. */
    static Stream<List<String>> slices(Collection<String> values) {
        List<String> all = new ArrayList<>(values);
        return IntStream.iterate(0, from -> from < all.size(), from -> from + AT_ONCE)
                .mapToObj(from -> all.subList(from, Math.min(from + AT_ONCE, all.size())));
    }

    /** Saves all entries or none. */
    public void save(Collection<LedgerEntry> entries) {
        if (!entries.isEmpty()) {
            transaction.executeWithoutResult(status -> batches.batchUpdate(UPSERT, entries.stream().map(this::columns).toList()));
        }
    }

    /** The event that was to be tried again is discarded. */
    public void discarded(String identity, String code, String message) {
        find(identity).filter(entry -> entry.outcome().equals("retry")).ifPresent(entry -> jdbc
                .sql("update identities set outcome = 'skipped', code = :code, message = :message, next_retry_at = null,"
                        + " history = :history where identity = :identity and outcome = 'retry'")
                .param("code", code).param("message", message).param("identity", identity)
                .param("history", entry.history().plus(new History.Step(clock.instant(), entry.event(), entry.receivedAt(), null,
                        "discarded", code, null)).lines())
                .update());
    }

    /** Also forgets the identities in the snapshot of the last reconcile. */
    public void forget(Collection<String> identities) {
        if (!identities.isEmpty()) {
            List<Object[]> rows = identities.stream().map(identity -> new Object[] {identity}).toList();
            transaction.executeWithoutResult(status -> {
                batches.batchUpdate("delete from identities where identity = ?", rows);
                batches.batchUpdate("delete from sightings where identity = ?", rows);
                batches.batchUpdate("delete from children where identity = ?", rows);
                batches.batchUpdate("delete from one_way_edits where identity = ?", rows);
            });
        }
    }

    /** The number of identities with an event since then, by the outcome of the last one. */
    public Map<String, Long> outcomesSince(Instant time) {
        Map<String, Long> counts = new TreeMap<>();
        jdbc.sql("select outcome, count(*) as identities from identities where received_at >= :time group by outcome")
                .param("time", SqlTimestamps.text(time))
                .query(row -> {
                    counts.put(row.getString("outcome"), row.getLong("identities"));
                });
        return counts;
    }

    private Object[] columns(LedgerEntry entry) {
        Version version = entry.version();
        Version seen = entry.seen();
        return new Object[] {entry.identity(), entry.object(), entry.salesforceId(), entry.foundBy(),
            version == null ? null : SqlTimestamps.text(version.at()), version == null ? null : version.verified(),
            version == null ? null : SqlTimestamps.text(version.receivedAt()), seen == null ? null : SqlTimestamps.text(seen.at()),
            seen == null ? null : seen.verified(), entry.outcome().equals("synced") ? SqlTimestamps.text(clock.instant()) : null,
            write(entry.fields()), entry.sentAt().isEmpty() ? null : write(FieldTimes.byTime(entry.sentAt())), entry.event(),
            SqlTimestamps.text(entry.receivedAt()), cut(entry.triggerId(), 100),
            cut(entry.mapping(), 300), entry.outcome(), cut(entry.code(), 100), cut(entry.message(), 1000), entry.attempts(),
            SqlTimestamps.text(entry.nextRetryAt()), entry.history().lines()};
    }

    /** To the length of its column; PostgreSQL refuses a longer text, and one with the character NUL. */
    static String cut(String text, int longest) {
        String storable = text == null ? null : text.replace("\0", "");
        if (storable == null || storable.length() <= longest) {
            return storable;
        }
        return storable.substring(0, Character.isHighSurrogate(storable.charAt(longest - 1)) ? longest - 1 : longest);
    }

    private LedgerEntry entry(ResultSet row) throws SQLException {
        Instant at = SqlTimestamps.of(row.getString("version_at"));
        Instant seen = SqlTimestamps.of(row.getString("seen_at"));
        return new LedgerEntry(row.getString("identity"), row.getString("object"), row.getString("salesforce_id"),
                row.getString("found_by"),
                at == null ? null : new Version(at, row.getInt("version_verified"),
                        SqlTimestamps.of(row.getString("version_received"))),
                seen == null ? null : new Version(seen, row.getInt("seen_verified"), Instant.EPOCH),
                read(row.getString("fields"), HASHES), sentAt(row.getString("fields_sent_at")), row.getString("event"),
                SqlTimestamps.of(row.getString("received_at")),
                row.getString("trigger_id"), row.getString("mapping"), row.getString("outcome"),
                row.getString("code"), row.getString("message"), row.getInt("attempts"),
                SqlTimestamps.of(row.getString("next_retry_at")), new History(Objects.toString(row.getString("history"), "")));
    }

    private Map<String, Instant> sentAt(String times) {
        return times == null ? Map.of() : FieldTimes.byField(read(times, TIMES));
    }

    private String write(Map<String, ?> fields) {
        try {
            return json.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private <T> T read(String fields, TypeReference<T> type) {
        try {
            return json.readValue(fields, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A record of the ledger can't be read: its fields", e);
        }
    }
}
