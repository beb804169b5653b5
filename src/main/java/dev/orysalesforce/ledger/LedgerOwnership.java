package dev.orysalesforce.ledger;

import java.util.function.BiFunction;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Binds a ledger to its org and its key: the first one that claims it owns it. */
@Component
public class LedgerOwnership {

    private final JdbcClient jdbc;

    LedgerOwnership(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @throws RuntimeException what {@code otherwise} makes of the ledger's value and ours, if they differ */
    public void claim(String name, String ours, BiFunction<String, String, RuntimeException> otherwise) {
        jdbc.sql("insert into belongings (name, value) values (:name, :value) on conflict (name) do nothing")
                .param("name", name).param("value", ours).update();
        compare(name, ours, otherwise);
    }

    /** Compares without a claim: a ledger that has no owner yet stays without one. */
    public void compare(String name, String ours, BiFunction<String, String, RuntimeException> otherwise) {
        jdbc.sql("select value from belongings where name = :name").param("name", name).query(String.class).optional()
                .filter(known -> !known.equals(ours)).ifPresent(known -> {
                    throw otherwise.apply(known, ours);
                });
    }
}
