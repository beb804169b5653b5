package dev.orysalesforce.ledger;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The table of parents, which are the records that identities' records hang on. A reference is a keyed hash of an object, a
 * field and the value by which a parent is found; a parent has several if it is found by several fields. One instance at a time
 * may create the parent of a reference.
 */
@Component("parentLedger")
public class ParentLedger {

    private static final String CLAIM = """
            insert into parents (reference, object, fields, lost, holder, ends_at) values (?, ?, '{}', 0, ?, ?)
            on conflict (reference) do update set holder = excluded.holder, ends_at = excluded.ends_at
                where parents.holder = excluded.holder or parents.ends_at <= ?
            """;

    private static final String SAVE = """
            insert into parents (reference, object, salesforce_id, fields, lost, ends_at) values (?, ?, ?, ?, 0, 0)
            on conflict (reference) do update set salesforce_id = excluded.salesforce_id, fields = excluded.fields, lost = 0
            """;

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final StoredHashes hashes;
    private final Clock clock;

    ParentLedger(JdbcTemplate batches, TransactionTemplate ledgerTransaction, StoredHashes hashes, Clock clock) {
        this.batches = batches;
        this.jdbc = JdbcClient.create(batches);
        this.transaction = ledgerTransaction;
        this.hashes = hashes;
        this.clock = clock;
    }

    /**
     * A parent that was found or created.
     *
     * @param salesforceId its 18-character ID
     * @param fields field to keyed hash of what was last sent
     * @param lost whether Salesforce has refused a link to it since
     */
    public record Entry(String reference, String salesforceId, Map<String, String> fields, boolean lost) {}

    /** @return reference to entry, for those that were found or created */
    public Map<String, Entry> find(Collection<String> references) {
        return Ledger.slices(references)
                .flatMap(some -> jdbc.sql("select reference, salesforce_id, fields, lost from parents"
                        + " where salesforce_id is not null and reference in (:references)").param("references", some)
                        .query((row, number) -> new Entry(row.getString("reference"), row.getString("salesforce_id"),
                                hashes.read(row.getString("fields")), row.getInt("lost") == 1))
                        .list().stream())
                .collect(Collectors.toMap(Entry::reference, Function.identity(), (entry, same) -> same));
    }

    /** @return Salesforce ID to what was last sent: field to keyed hash */
    public Map<String, Map<String, String>> sent(Collection<String> salesforceIds) {
        return Ledger.slices(salesforceIds)
                .flatMap(some -> jdbc.sql("select salesforce_id, fields from parents where salesforce_id in (:ids)").param("ids", some)
                        .query((row, number) -> Map.entry(row.getString("salesforce_id"), hashes.read(row.getString("fields")))).list()
                        .stream())
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, same) -> one));
    }

    /**
     * Claims the right to create the parent of these references, all of them or none.
     *
     * @param holder a UUID
     * @param duration how long others wait if the claim is not released
     * @return false if another holder has the right to one of them
     */
    public boolean claim(String object, Collection<String> references, String holder, Duration duration) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            long now = clock.millis();
            for (String reference : new TreeSet<>(references)) { // in one order, so that two holders never wait for each other
                if (batches.update(CLAIM, reference, object, holder, now + duration.toMillis(), now) == 0) {
                    status.setRollbackOnly();
                    return false;
                }
            }
            return true;
        }));
    }

    public void release(String holder) {
        jdbc.sql("update parents set ends_at = 0 where holder = :holder").param("holder", holder).update();
    }

    /** @param fields field to keyed hash of what was last sent */
    public void save(String object, Collection<String> references, String salesforceId, Map<String, String> fields) {
        transaction.executeWithoutResult(status -> batches.batchUpdate(SAVE, references.stream().sorted()
                .map(reference -> new Object[] {reference, object, salesforceId, hashes.write(fields)}).toList()));
    }

    /** Fields were sent to a parent. */
    public void update(String salesforceId, Map<String, String> fields) {
        jdbc.sql("update parents set fields = :fields where salesforce_id = :id").param("fields", hashes.write(fields))
                .param("id", salesforceId).update();
    }

    /** Salesforce has refused links to these parents: perhaps they were deleted or merged. */
    public void lose(Collection<String> salesforceIds) {
        Ledger.slices(salesforceIds).forEach(some -> jdbc.sql("update parents set lost = 1 where salesforce_id in (:ids)")
                .param("ids", List.copyOf(some)).update());
    }
}
