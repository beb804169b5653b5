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
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The right of one instance to write to Salesforce, if several instances share a broker and a ledger. When the broker loses
 * its connection to an instance, it gives that instance's events to the next one at once. The first instance may still be
 * alive, and Salesforce may still execute its requests. The next instance waits until the lease has ended; otherwise older
 * states could overwrite newer ones.
 */
@Component("writerLease")
public class WriterLease {

    private static final Logger LOG = LoggerFactory.getLogger(WriterLease.class);

    private static final String TAKE = """
            insert into turns (name, holder, ends_at) values ('writer', :self, :end)
            on conflict (name) do update set holder = excluded.holder, ends_at = excluded.ends_at
                where turns.holder = excluded.holder or turns.ends_at <= :now
            """;

    /** An instance that looks for alerts renews this; the one that writes takes it from any other. */
    private static final String TAKE_ALERTS = """
            insert into turns (name, holder, ends_at) values ('alerts', :self, :end)
            on conflict (name) do update set holder = excluded.holder, ends_at = excluded.ends_at
                where turns.holder = excluded.holder or turns.ends_at <= :now
                    or excluded.holder = (select writer.holder from turns writer where writer.name = 'writer')
            """;

    private final JdbcClient jdbc;
    private final Clock clock;
    private final CamelContext camel;
    private final Duration timeout;
    private final boolean shared;
    private final String self = UUID.randomUUID().toString();
    private volatile boolean held;
    private boolean waiting;

    WriterLease(JdbcClient jdbc, Clock clock, CamelContext camel, SyncSettings settings,
            @Value("${spring.artemis.mode:embedded}") String mode) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.camel = camel;
        this.timeout = settings.writerLeaseTimeout();
        this.shared = !mode.equals("embedded"); // only one process can open the files of an embedded broker
    }

    /** Whether other instances may write between two batches of this one. */
    boolean isShared() {
        return shared;
    }

    /**
     * Called before a batch reads the ledger.
     *
     * @return whether this instance has the lease; if not, the caller tries again a moment later
     */
    public boolean acquire() {
        if (tryAcquire()) {
            waiting = false;
            return true;
        }
        if (camel.isStopping()) {
            throw new PauseDeliveryException("STOPPING", "The app stops before it has got the writer lease.");
        }
        if (!waiting) {
            waiting = true;
            LOG.info("Failover: waiting until the calls of the instance that was sending have ended, {} s at most",
                    timeout.toSeconds());
        }
        return false;
    }

    /**
     * Called before each write of the batch.
     *
     * @throws PauseDeliveryException if the batch took so long that another instance has the lease
     */
    public void renew() {
        if (!tryAcquire()) {
            throw new PauseDeliveryException("OTHERS_TURN", "Another instance got the writer lease meanwhile.");
        }
    }

    /** Called after the batch has committed or rolled back. */
    public void release() {
        if (held) {
            held = false;
            jdbc.sql("update turns set ends_at = 0 where name = 'writer' and holder = :self").param("self", self).update();
        }
    }

    /**
     * The right of one instance to look for alerts, if several share a ledger. The one that wrote last has precedence, because
     * it knows whether delivery works.
     *
     * @param duration how long other instances wait after the last call
     * @return whether this instance has it
     */
    public boolean acquireForAlerts(Duration duration) {
        long now = clock.millis();
        return jdbc.sql(TAKE_ALERTS).param("self", self).param("end", now + duration.toMillis()).param("now", now).update() > 0;
    }

    private boolean tryAcquire() {
        if (shared) {
            long now = clock.millis();
            held = jdbc.sql(TAKE).param("self", self).param("end", now + timeout.toMillis()).param("now", now).update() > 0;
            return held;
        }
        return true;
    }
}
