package dev.orysalesforce.reload;

import dev.orysalesforce.ledger.Audit;
import dev.orysalesforce.ledger.Audit.Kind;
import dev.orysalesforce.ledger.Audit.Outcome;
import dev.orysalesforce.settings.Degraded;
import dev.orysalesforce.settings.SyncSettings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Checks routes, mappings and settings for changes and reloads them once they are stable, because editors and copies write
 * in several steps. A rejected change has no effect, and health says why until it is fixed.
 */
@Component("configReloader")
@ConditionalOnProperty(name = "camel.main.routes-collector-enabled", matchIfMissing = true)
class ConfigReloader implements HealthIndicator {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigReloader.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final EditableFiles files;
    private final ReloadCoordinator coordinator;
    private final CamelContext camel;
    private final Duration every;
    private final Audit audit;
    private final Clock clock;
    private final Counter refusals;
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "edits"));
    private ConfigSnapshot seen;
    private ConfigSnapshot judged;
    private Instant busyUntil = Instant.MIN;
    private int vainTries;
    private volatile Problem problem;

    private record Problem(String file, int line, String reason, Instant since) {}

    ConfigReloader(EditableFiles files, ReloadCoordinator coordinator, CamelContext camel, Audit audit, SyncSettings settings,
            Clock clock, MeterRegistry meters) {
        this.files = files;
        this.coordinator = coordinator;
        this.camel = camel;
        this.every = settings.reload().pollInterval();
        this.audit = audit;
        this.clock = clock;
        this.refusals = meters.counter("ory.sync.refused.edits");
        meters.gauge("ory.sync.edit.refused", this, reloader -> reloader.problem == null ? 0 : 1);
        this.seen = coordinator.running();
        this.judged = seen;
    }

    @Override
    public Health health() {
        Problem known = problem;
        if (known == null) {
            return Health.up().build();
        }
        Health.Builder health = Health.status(Degraded.STATUS).withDetail("file", known.file());
        if (known.line() > 0) {
            health.withDetail("line", known.line());
        }
        return health.withDetail("reason", known.reason()).withDetail("since", known.since().toString()).build();
    }

    private void look() {
        try {
            ConfigSnapshot now = files.read();
            boolean settled = now.equals(seen);
            seen = now;
            if (settled && !now.equals(judged) && camel.isStarted() && clock.instant().isAfter(busyUntil)) {
                judge(now);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("The files could not be checked for changes: {}", e.toString());
        }
    }

    private void judge(ConfigSnapshot edited) throws InterruptedException {
        try {
            if (edited.equals(coordinator.running())) {
                LOG.info("The files are the running version again");
            } else {
                String taken = coordinator.reload(edited);
                if (taken == null) {
                    busyUntil = clock.instant().plus(PATIENCE);
                    vainTries++;
                    if (vainTries > 1) {
                        problem = new Problem(edited.differentFrom(coordinator.running()).iterator().next(), 0, "The change waits"
                                + " for a batch or a request that takes long; still running the previous version. If it lasts,"
                                + " restart the app.", problem == null ? clock.instant() : problem.since());
                    }
                    LOG.info("A reload waits for a batch or request in progress; next try in {} s", PATIENCE.toSeconds());
                    return;
                }
                LOG.info("Reloaded: {}", taken);
                note(taken, Outcome.DONE, null);
            }
            problem = null;
            vainTries = 0;
        } catch (ReloadRejectedException e) {
            refuse(e.file(), e.line(), e.getMessage());
        } catch (RuntimeException e) {
            refuse("routes", 0, "The app failed to reload it. Restart the app; its log says where it failed.");
            LOG.error("A reload failed", e);
        }
        judged = edited;
    }

    private void refuse(String file, int line, String reason) {
        vainTries = 0;
        problem = new Problem(file, line, reason, problem == null ? clock.instant() : problem.since());
        refusals.increment();
        LOG.warn("Rejected configuration change; still running the previous version: {}: {}", line > 0 ? file + ":" + line : file, reason);
        note(file, Outcome.REFUSED, (line > 0 ? "Line " + line + ": " : "") + reason);
    }

    private void note(String what, Outcome outcome, String reason) {
        audit.note("files", new Audit.Act(Kind.RELOAD, what, null), outcome, reason);
    }

    @EventListener(ApplicationReadyEvent.class)
    void start() {
        watch.scheduleWithFixedDelay(this::look, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Runs before the routes stop, and not in the middle of a reload. */
    @EventListener(ContextClosedEvent.class)
    @Order(Ordered.HIGHEST_PRECEDENCE)
    void stop() throws InterruptedException {
        watch.shutdown();
        watch.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
