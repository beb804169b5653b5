package dev.orysalesforce.journal;

import dev.orysalesforce.settings.Degraded;
import dev.orysalesforce.settings.SyncSettings;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.jms.JmsException;
import org.springframework.stereotype.Component;

/** How many events wait for a person. A few are every day's business; many are a mistake that somebody can mend. */
@Component
class DeadLettersHealthIndicator implements HealthIndicator {

    private final Queues queues;
    private final int bearable;

    DeadLettersHealthIndicator(Queues queues, SyncSettings settings) {
        this.queues = queues;
        this.bearable = settings.deadLetters().bearable();
    }

    @Override
    public Health health() {
        try {
            long waiting = queues.depth(Queues.DEAD_LETTERS);
            Health.Builder health = waiting > bearable ? Health.status(Degraded.STATUS) : Health.up();
            return waiting == 0 ? health.build() : health.withDetail("waiting", waiting)
                    .withDetail("remedy", "GET /api/dead-letters, or the queue dead-letters in Hawtio, says whose they"
                            + " are and why. Mend the cause, then replay or discard them.").build();
        } catch (JmsException e) {
            return Health.unknown().build(); // journalHealth says why
        }
    }
}
