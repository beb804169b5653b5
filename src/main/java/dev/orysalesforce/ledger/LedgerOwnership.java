package dev.orysalesforce.ledger;

import java.util.List;
import java.util.function.BiFunction;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Binds a ledger to its org and its key: the first one that claims it owns it. */
@Component
public class LedgerOwnership {

    private final JdbcTemplate sql;

    LedgerOwnership(JdbcTemplate sql) {
        this.sql = sql;
    }

    /** @throws RuntimeException what {@code otherwise} makes of the ledger's value and ours, if they differ */
    public void claim(String name, String ours, BiFunction<String, String, RuntimeException> otherwise) {
        sql.update("insert into belongings (name, value) values (?, ?) on conflict (name) do nothing", name, ours);
        compare(name, ours, otherwise);
    }

    /** Compares without a claim: a ledger that has no owner yet stays without one. */
    public void compare(String name, String ours, BiFunction<String, String, RuntimeException> otherwise) {
        List<String> known = sql.queryForList("select value from belongings where name = ?", String.class, name);
        if (!known.isEmpty() && !known.equals(List.of(ours))) {
            throw otherwise.apply(known.get(0), ours);
        }
    }
}
