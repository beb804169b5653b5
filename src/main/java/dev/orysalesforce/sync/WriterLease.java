package dev.orysalesforce.sync;

import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.settings.SyncSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Whose turn it is to write to Salesforce, where several instances share a broker and a ledger. The broker hands the
 * events of an instance that it has lost to the next one at once. That instance may still be alive, and what it was
 * sending may still be carried out: the next one waits until that is over, or older states would be written after newer.
 */
@Component("writerLease")
public class WriterLease {

    private static final Logger LOG = LoggerFactory.getLogger(WriterLease.class);

    private static final String TAKE = """
            insert into turns (name, holder, ends_at) values ('writer', ?, ?)
            on conflict (name) do update set holder = excluded.holder, ends_at = excluded.ends_at
                where turns.holder = excluded.holder or turns.ends_at <= ?
            """;

    private final JdbcTemplate sql;
    private final Clock clock;
    private final CamelContext camel;
    private final Duration timeout;
    private final boolean shared;
    private final String self = UUID.randomUUID().toString();
    private volatile boolean held;
    private boolean waiting;

    WriterLease(JdbcTemplate sql, Clock clock, CamelContext camel, SyncSettings settings,
            @Value("${spring.artemis.mode:embedded}") String mode) {
        this.sql = sql;
        this.clock = clock;
        this.camel = camel;
        this.timeout = settings.writerLeaseTimeout();
        this.shared = !mode.equals("embedded"); // only one process can open the files of an embedded broker
    }

    /**
     * Before a batch looks into the ledger.
     *
     * @return whether it is this instance's turn; if not, ask again in a moment
     */
    public boolean acquire() {
        if (tryAcquire()) {
            waiting = false;
            return true;
        }
        if (camel.isStopping()) {
            throw new PauseDeliveryException("STOPPING", "The app stops before its turn has come.");
        }
        if (!waiting) {
            waiting = true;
            LOG.info("Failover: waiting until the calls of the instance that was sending have ended, {} s at most",
                    timeout.toSeconds());
        }
        return false;
    }

    /**
     * Before each write of the batch.
     *
     * @throws PauseDeliveryException if the batch took so long that another instance has taken over
     */
    public void renew() {
        if (!tryAcquire()) {
            throw new PauseDeliveryException("OTHERS_TURN", "Another instance has taken over while this one was held up.");
        }
    }

    /** The batch has committed or rolled back. */
    public void release() {
        if (held) {
            held = false;
            sql.update("update turns set ends_at = 0 where holder = ?", self);
        }
    }

    private boolean tryAcquire() {
        if (shared) {
            long now = clock.millis();
            held = sql.update(TAKE, self, now + timeout.toMillis(), now) > 0;
            return held;
        }
        return true;
    }
}
