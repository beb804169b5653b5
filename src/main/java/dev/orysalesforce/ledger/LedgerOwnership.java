package dev.orysalesforce.ledger;

import java.util.List;
import java.util.function.BiFunction;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** What a ledger belongs to: the first to claim it has it. */
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

    /** The same for who only looks: what is nobody's stays so. */
    public void compare(String name, String ours, BiFunction<String, String, RuntimeException> otherwise) {
        List<String> known = sql.queryForList("select value from belongings where name = ?", String.class, name);
        if (!known.isEmpty() && !known.equals(List.of(ours))) {
            throw otherwise.apply(known.get(0), ours);
        }
    }
}
