package dev.orysalesforce.journal;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import org.apache.activemq.artemis.api.core.management.ResourceNames;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.jms.support.JmsUtils;
import org.springframework.context.annotation.DependsOn;
import org.springframework.stereotype.Component;

/** What the broker says of its queues, asked the same way whether it is embedded or not. */
@Component
@DependsOn("journalConnections") // which sets up what has to be set before the first connection
public class Queues {

    public static final String JOURNAL = "identity-changes";
    public static final String DEAD_LETTERS = "dead-letters";

    private final JmsTemplate jms;

    Queues(JmsTemplate jms) {
        this.jms = jms;
    }

    /** All messages: waiting, scheduled, and in the hands of a batch. */
    public long depth(String queue) {
        return ask(queue, "messageCount");
    }

    /** Age of the oldest message in seconds; 0 if there is none. */
    public long oldestSeconds(String queue) {
        return ask(queue, "firstMessageAge") / 1000;
    }

    /** How many messages were thrown away because their time was over, since the broker has started. */
    public long expired(String queue) {
        return ask(queue, "messagesExpired");
    }

    private long ask(String queue, String attribute) {
        Message answer = jms.sendAndReceive("activemq.management", session -> {
            Message question = session.createMessage();
            JMSManagementHelper.putAttribute(question, ResourceNames.QUEUE + queue, attribute);
            return question;
        });
        try {
            return JMSManagementHelper.getResult(answer) instanceof Number number ? Math.max(0, number.longValue()) : 0;
        } catch (JMSException e) {
            throw JmsUtils.convertJmsAccessException(e);
        } catch (Exception e) {
            throw new IllegalStateException("The broker does not say how many messages are in " + queue, e);
        }
    }
}
