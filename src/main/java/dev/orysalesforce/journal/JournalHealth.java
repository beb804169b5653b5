package dev.orysalesforce.journal;

import dev.orysalesforce.settings.SyncSettings;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.jms.JmsException;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.stereotype.Component;

/**
 * Whether the journal can store events. DOWN makes {@code /observe/health} 503, because then the app can't accept events. An
 * external broker has its own health; here only a missing connection would show, at the first write.
 */
@Component("journalHealth")
public class JournalHealth implements HealthIndicator {

    private static final Logger LOG = LoggerFactory.getLogger(JournalHealth.class);
    private static final Obstacle STOPPED = new Obstacle("The journal's broker was stopped.", "Restart the app.");
    private static final Obstacle OUT_OF_REACH = new Obstacle("The journal's broker is out of reach.",
            "Start it, or check SPRING_ARTEMIS_BROKER_URL, SPRING_ARTEMIS_USER and SPRING_ARTEMIS_PASSWORD.");

    private static final Duration LONGEST = Duration.ofSeconds(2);

    private final ObjectProvider<EmbeddedActiveMQ> broker;
    private final JmsTemplate jms;
    private final Obstacle diskFull;
    private final AtomicReference<Obstacle> told = new AtomicReference<>();
    private final AtomicReference<CompletableFuture<Boolean>> connected = new AtomicReference<>();

    private record Obstacle(String reason, String remedy) {}

    JournalHealth(ObjectProvider<EmbeddedActiveMQ> broker, JmsTemplate jms, SyncSettings settings) {
        this.broker = broker;
        this.jms = jms;
        this.diskFull = new Obstacle("The disk of the journal is full: less than "
                + settings.journal().minDiskFree().toMegabytes() + " MB are free (sync.journal.min-disk-free).",
                "Make room below sync.data-dir, " + settings.dataDir() + ".");
    }

    /** Checked before each write, because on a full disk the broker blocks the sender without a limit. */
    public boolean isWritable() {
        Obstacle obstacle = embedded();
        Obstacle before = told.getAndSet(obstacle);
        if (obstacle != null && obstacle != before) {
            LOG.warn("Webhooks are answered 503: {} {}", obstacle.reason(), obstacle.remedy());
        } else if (obstacle == null && before != null) {
            LOG.info("Webhooks are accepted again");
        }
        return obstacle == null;
    }

    private Obstacle embedded() {
        EmbeddedActiveMQ embedded = broker.getIfAvailable();
        if (embedded == null) {
            return null;
        }
        ActiveMQServer server = embedded.getActiveMQServer();
        return !server.isActive() ? STOPPED : server.getPagingManager().isDiskFull() ? diskFull : null;
    }

    /** A frozen broker would block each probe for as long as a call may take, so only one query at a time waits for it. */
    private boolean isConnected() {
        CompletableFuture<Boolean> asked = connected.get();
        if (asked == null || asked.isDone()) {
            asked = CompletableFuture.supplyAsync(this::hasConnection, task -> new Thread(task, "journal-health").start());
            connected.set(asked);
        }
        try {
            return asked.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean hasConnection() {
        try {
            return Boolean.FALSE.equals(jms.execute(session -> session.getTransacted()));
        } catch (JmsException e) {
            return false;
        }
    }

    @Override
    public Health health() {
        Obstacle obstacle = !isWritable() ? told.get() : isConnected() ? null : OUT_OF_REACH;
        return obstacle == null ? Health.up().build() : Health.down()
                .withDetail("reason", obstacle.reason() + " Webhooks are answered 503.")
                .withDetail("remedy", obstacle.remedy())
                .build();
    }
}
