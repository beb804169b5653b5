package dev.orysalesforce.journal;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.apache.activemq.artemis.api.core.management.ResourceNames;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.jms.connection.CachingConnectionFactory;
import org.springframework.jms.core.JmsTemplate;

/**
 * Sends queries to the management address of an external broker over a connection of its own. If the broker does not answer,
 * a caller waits for two seconds at most, and events do not wait at all.
 */
class ExternalManagement implements BrokerManagement, DisposableBean {

    private static final Duration LONGEST = Duration.ofSeconds(2);

    private final CachingConnectionFactory connections;
    private final JmsTemplate jms;

    private interface Question {
        void write(Message message) throws JMSException;
    }

    ExternalManagement(ActiveMQConnectionFactory broker) {
        broker.setReconnectAttempts(0);
        connections = new CachingConnectionFactory(JournalConfiguration.limited(broker, LONGEST));
        jms = new JmsTemplate(connections);
        jms.setReceiveTimeout(LONGEST.toMillis());
        jms.setExplicitQosEnabled(true);
        jms.setDeliveryPersistent(false);
        jms.setTimeToLive(LONGEST.toMillis()); // a later answer would not be read
    }

    @Override
    public Object attribute(String queue, String name) throws Exception {
        return ask(message -> JMSManagementHelper.putAttribute(message, ResourceNames.QUEUE + queue, name));
    }

    @Override
    public Object invoke(String queue, String operation, Object... parameters) throws Exception {
        return ask(message -> JMSManagementHelper.putOperationInvocation(message, ResourceNames.QUEUE + queue, operation,
                parameters));
    }

    private Object ask(Question question) throws Exception {
        Message answer = jms.sendAndReceive("activemq.management", session -> {
            Message message = session.createMessage();
            question.write(message);
            return message;
        });
        if (answer == null) {
            throw new TimeoutException();
        }
        return JMSManagementHelper.getResult(answer);
    }

    @Override
    public void destroy() {
        connections.destroy();
    }
}
