package dev.orysalesforce.journal;

import dev.orysalesforce.settings.Degraded;
import dev.orysalesforce.settings.SyncSettings;
import java.util.OptionalLong;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.stereotype.Component;

/** How many events wait for a person. A few are normal; many usually share a cause that an operator can fix. */
@Component
class DeadLettersHealthIndicator implements HealthIndicator {

    private final Queues queues;
    private final int threshold;

    DeadLettersHealthIndicator(Queues queues, SyncSettings settings) {
        this.queues = queues;
        this.threshold = settings.deadLetters().healthThreshold();
    }

    @Override
    public Health health() {
        OptionalLong known = queues.depth(Queues.DEAD_LETTERS);
        if (known.isEmpty()) {
            return Health.status(Degraded.STATUS)
                    .withDetail("reason", "The broker does not say how many events and dead letters wait. " + queues.silence())
                    .withDetail("remedy", "Events are accepted and synced nevertheless, but these numbers are unknown. Give"
                            + " the user of SPRING_ARTEMIS_USER the permissions send and manage on the broker's address"
                            + " activemq.management.")
                    .build();
        }
        long waiting = known.getAsLong();
        Health.Builder health = waiting > threshold ? Health.status(Degraded.STATUS) : Health.up();
        return waiting == 0 ? health.build() : health.withDetail("waiting", waiting)
                .withDetail("remedy", "GET /api/dead-letters, or the queue dead-letters in Hawtio, lists their"
                        + " identities and reasons. Fix the cause, then replay or discard them.")
                .build();
    }
}
