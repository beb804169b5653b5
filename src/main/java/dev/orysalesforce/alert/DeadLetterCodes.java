package dev.orysalesforce.alert;

import dev.orysalesforce.ledger.SqlTimestamps;
import dev.orysalesforce.operator.DeadLetterGroups;
import dev.orysalesforce.operator.DeadLetters;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jms.JmsException;
import org.springframework.stereotype.Component;

/** The codes of dead letters: which are new, and how many letters have each. */
@Component
public class DeadLetterCodes {

    private final DeadLetters letters;
    private final JdbcClient jdbc;
    private final Clock clock;

    DeadLetterCodes(DeadLetters letters, JdbcClient jdbc, Clock clock) {
        this.letters = letters;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** The codes that no alert has named yet. */
    List<String> unreported() {
        byCode().keySet().forEach(code -> jdbc
                .sql("insert into alert_codes (code, first_at) values (:code, :now) on conflict (code) do nothing")
                .param("code", code).param("now", SqlTimestamps.text(clock.instant())).update());
        return jdbc.sql("select code from alert_codes where told_at is null order by code").query(String.class).list();
    }

    /** An alert has named them. */
    void reported(Collection<String> codes) {
        codes.forEach(code -> jdbc.sql("update alert_codes set told_at = :now where code = :code")
                .param("now", SqlTimestamps.text(clock.instant())).param("code", code).update());
    }

    /** How many dead letters wait, by code; nothing while the broker does not answer. */
    Map<String, Long> counts() {
        try {
            return byCode();
        } catch (JmsException e) {
            return Map.of();
        }
    }

    private Map<String, Long> byCode() {
        return letters.groups(null, null, null).items().stream().filter(DeadLetterGroups.Item::ofThisApp)
                .collect(Collectors.toMap(DeadLetterGroups.Item::code, DeadLetterGroups.Item::count, Long::sum, TreeMap::new));
    }

    /** The same for these codes only. */
    Map<String, Long> counts(Collection<String> codes) {
        Map<String, Long> counts = new TreeMap<>(counts());
        counts.keySet().retainAll(codes);
        return counts;
    }
}
