package dev.orysalesforce.alert;

import dev.orysalesforce.journal.Queues;
import dev.orysalesforce.ledger.SqlTimestamps;
import dev.orysalesforce.operator.JmsSelectors;
import dev.orysalesforce.sync.EventCounters;
import jakarta.jms.Message;
import java.time.Clock;
import java.util.Collection;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.stereotype.Component;

/**
 * The codes of dead letters: which are new, and how many letters have each. The broker selects by the code, so that no dead
 * letter is read but the first of a code that was not seen before.
 */
@Component
public class DeadLetterCodes {

    /** An org has some fifty; more in one look would be a mistake of a mapping. */
    private static final int MOST_AT_ONCE = 100;

    private final JmsTemplate jms;
    private final Queues queues;
    private final EventCounters counters;
    private final JdbcClient jdbc;
    private final Clock clock;
    private String seenAt;

    DeadLetterCodes(JmsTemplate jms, Queues queues, EventCounters counters, JdbcClient jdbc, Clock clock) {
        this.jms = jms;
        this.queues = queues;
        this.counters = counters;
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** The codes that no alert has named yet. */
    List<String> untold() {
        look();
        return jdbc.sql("select code from alert_codes where told_at is null order by code").query(String.class).list();
    }

    /** An alert has named them. */
    void told(Collection<String> codes) {
        codes.forEach(code -> jdbc.sql("update alert_codes set told_at = :now where code = :code")
                .param("now", SqlTimestamps.text(clock.instant())).param("code", code).update());
    }

    /** How many dead letters wait, by code; codes that none has any more are left out. */
    Map<String, Long> counts() {
        return counts(jdbc.sql("select code from alert_codes order by code").query(String.class).list());
    }

    Map<String, Long> counts(List<String> codes) {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (String code : codes) {
            OptionalLong count = queues.count(Queues.DEAD_LETTERS, JmsSelectors.ofCode(code));
            if (count.orElse(0) > 0) {
                counts.put(code, count.getAsLong());
            }
        }
        return counts;
    }

    /** Finds the codes that are not known yet; does nothing if no dead letter was added or removed since. */
    private void look() {
        String now = queues.depth(Queues.DEAD_LETTERS) + " " + counters.balance().get("deadLettered") + " "
                + counters.quarantinedSoFar();
        if (now.equals(seenAt)) {
            return;
        }
        Set<String> known = new TreeSet<>(jdbc.sql("select code from alert_codes").query(String.class).list());
        for (int i = 0; i < MOST_AT_ONCE; i++) {
            String code = jms.browseSelected(Queues.DEAD_LETTERS, JmsSelectors.ofOtherCodes(known), (session, browser) -> {
                Enumeration<?> letters = browser.getEnumeration();
                return letters.hasMoreElements() ? ((Message) letters.nextElement()).getStringProperty("code") : null;
            });
            if (!JmsSelectors.isCode(code) || !known.add(code)) {
                break;
            }
            jdbc.sql("insert into alert_codes (code, first_at) values (:code, :now) on conflict (code) do nothing")
                    .param("code", code).param("now", SqlTimestamps.text(clock.instant())).update();
        }
        seenAt = now;
    }
}
