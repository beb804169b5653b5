package dev.orysalesforce.ledger;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** The table of children, which are the records that hang on identities' records. It holds no trait. */
@Component("childLedger")
public class ChildLedger {

    private static final String SAVE = """
            insert into children (identity, child, object, salesforce_id, fields) values (?, ?, ?, ?, ?)
            on conflict (identity, child) do update set salesforce_id = excluded.salesforce_id, fields = excluded.fields
            """;

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final StoredHashes hashes;

    ChildLedger(JdbcTemplate batches, TransactionTemplate ledgerTransaction, StoredHashes hashes) {
        this.batches = batches;
        this.jdbc = JdbcClient.create(batches);
        this.transaction = ledgerTransaction;
        this.hashes = hashes;
    }

    /**
     * A child as it was last sent.
     *
     * @param key a keyed hash of its object and of the values that tell it from its siblings
     * @param salesforceId its 18-character ID; null if the app has not learnt it
     * @param fields field to keyed hash of what was last sent
     */
    public record Entry(String identity, String key, String object, String salesforceId, Map<String, String> fields) {}

    /** @return identity to its children, for those that have some */
    public Map<String, List<Entry>> find(Collection<String> identities) {
        return Ledger.slices(identities)
                .flatMap(some -> jdbc.sql("select * from children where identity in (:identities) order by object, salesforce_id, child")
                        .param("identities", some)
                        .query((row, number) -> new Entry(row.getString("identity"), row.getString("child"), row.getString("object"),
                                row.getString("salesforce_id"), hashes.read(row.getString("fields"))))
                        .list().stream())
                .collect(Collectors.groupingBy(Entry::identity));
    }

    /** Saves all entries or none. */
    public void save(Collection<Entry> entries) {
        if (!entries.isEmpty()) {
            transaction.executeWithoutResult(status -> batches.batchUpdate(SAVE, entries.stream().map(entry -> new Object[] {
                entry.identity(), entry.key(), entry.object(), entry.salesforceId(), hashes.write(entry.fields())}).toList()));
        }
    }

    /** Forgets the children of a record that is created again: the new one has none. */
    public void forget(String identity) {
        jdbc.sql("delete from children where identity = :identity").param("identity", identity).update();
    }
}
