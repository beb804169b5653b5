package dev.orysalesforce.journal;

import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.jms.JmsException;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.stereotype.Component;

/**
 * Whether the journal takes events. DOWN makes {@code /observe/health} 503, for then the app can't do its one duty. An
 * external broker has its own health; here only its connection would show, at the first write.
 */
@Component("journalHealth")
public class JournalHealth implements HealthIndicator {

    private final ObjectProvider<EmbeddedActiveMQ> broker;
    private final JmsTemplate jms;

    JournalHealth(ObjectProvider<EmbeddedActiveMQ> broker, JmsTemplate jms) {
        this.broker = broker;
        this.jms = jms;
    }

    /** Asked before each write: on a full disk the broker would let the sender wait, without a limit. */
    public boolean isWritable() {
        EmbeddedActiveMQ embedded = broker.getIfAvailable();
        return embedded == null || (embedded.getActiveMQServer().isActive()
                && !embedded.getActiveMQServer().getPagingManager().isDiskFull());
    }

    private boolean isConnected() {
        try {
            return Boolean.FALSE.equals(jms.execute(session -> session.getTransacted()));
        } catch (JmsException e) {
            return false;
        }
    }

    @Override
    public Health health() {
        return isWritable() && isConnected() ? Health.up().build() : Health.down()
                .withDetail("reason", "The journal's broker is stopped or out of reach, or its disk is full")
                .withDetail("remedy", "Make room below sync.data-dir (sync.journal.min-disk-free is what has to be free),"
                        + " or restart the app if the broker was stopped. Webhooks are answered 503 until then.")
                .build();
    }
}
