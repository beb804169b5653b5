package dev.orysalesforce.journal;

import dev.orysalesforce.settings.CannotStartException;
import dev.orysalesforce.settings.Degraded;
import dev.orysalesforce.settings.SyncSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.stereotype.Component;

/** Compares the number of events in the embedded journal at start with the number at the last stop, and reports lost events. */
@Component("journalLoss")
public class JournalLoss implements HealthIndicator, SmartInitializingSingleton {

    private static final Logger LOG = LoggerFactory.getLogger(JournalLoss.class);

    private static final String FILE = "journal.count";
    private static final String REMEDY = "Start a comparison with POST /api/reconcile (it needs ORY_ADMIN_URL): it brings the"
            + " current state of each identity from Ory. Check the disk of sync.data-dir.";
    private static final String UNREADABLE = "If its files are damaged: restore a backup of the data directory. Or move its"
            + " folder journal and its file " + FILE + " away, start again, and start a comparison with POST /api/reconcile,"
            + " which brings the current state of each identity from Ory; events and dead letters of the folder are lost then.";

    private final ObjectProvider<EmbeddedActiveMQ> embedded;
    private final boolean isPersistent;
    private final Queues queues;
    private final JournalCount count;
    private final Path dataDir;
    private final Clock clock;

    JournalLoss(ObjectProvider<EmbeddedActiveMQ> embedded, @Value("${spring.artemis.embedded.persistent:true}") boolean isPersistent,
            Queues queues, JournalCount count, SyncSettings settings, Clock clock) {
        this.embedded = embedded;
        this.isPersistent = isPersistent;
        this.queues = queues;
        this.count = count;
        this.dataDir = Path.of(settings.dataDir());
        this.clock = clock;
    }

    /**
     * Runs before the first event can come in.
     *
     * @throws CannotStartException if the broker could not start; it has logged why
     */
    @Override
    public void afterSingletonsInstantiated() {
        EmbeddedActiveMQ broker = embedded.getIfAvailable();
        if (broker == null || !isPersistent) {
            return;
        }
        if (!broker.getActiveMQServer().isActive()) {
            throw new CannotStartException("The journal in " + dataDir.resolve("journal") + " can't be read: its broker did not"
                    + " start. The reason is the last error in the log.", UNREADABLE);
        }
        long waiting = queues.depth(Queues.JOURNAL).orElse(0);
        long before;
        try {
            before = count.open(dataDir.resolve(FILE), waiting);
        } catch (IOException e) {
            LOG.warn("The file {} can't be written ({}), so the next start will not notice whether the journal has lost events."
                    + " Make it writeable, or delete it", dataDir.resolve(FILE), e.getClass().getSimpleName());
            return;
        }
        if (before > waiting) {
            long lost = before - waiting;
            count.remember(new JournalCount.Loss(count.loss().lost() + lost, clock.millis()));
            LOG.warn("{} events are gone from the journal since the last stop. {}", lost, REMEDY);
        }
    }

    /** A complete comparison has brought the state of every identity. */
    public void compared(Instant since) {
        if (since.toEpochMilli() >= count.loss().at()) {
            count.remember(new JournalCount.Loss(0, 0));
        }
    }

    @Override
    public Health health() {
        long lost = count.loss().lost();
        return lost == 0 ? Health.up().build() : Health.status(Degraded.STATUS)
                .withDetail("lost", lost)
                .withDetail("reason", "At a start the journal held fewer events than before: its files were damaged, or are older than"
                        + " the file " + FILE + ".")
                .withDetail("remedy", REMEDY).build();
    }
}
