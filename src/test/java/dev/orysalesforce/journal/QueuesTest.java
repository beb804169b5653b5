package dev.orysalesforce.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orysalesforce.FreePort;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.config.Configuration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jms.core.JmsTemplate;

/** The counts of an external broker, if it tells them. */
class QueuesTest {

    private final EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
    private String url;
    private ExternalManagement management;

    @AfterEach
    void end() throws Exception {
        management.destroy();
        broker.stop();
    }

    @Test
    void depthAgeAndCountsAreAsked() throws Exception {
        start("activemq.management");
        Queues queues = new Queues(management);
        assertThat(queues.oldestSeconds(Queues.DEAD_LETTERS)).as("of an empty queue").hasValue(0);
        try (ActiveMQConnectionFactory connections = new ActiveMQConnectionFactory(url)) {
            JmsTemplate jms = new JmsTemplate(connections);
            for (String code : new String[] {"A", "B", "B"}) {
                jms.convertAndSend(Queues.DEAD_LETTERS, "{}", message -> {
                    message.setStringProperty("code", code);
                    return message;
                });
            }
        }
        assertThat(queues.depth(Queues.DEAD_LETTERS)).hasValue(3);
        assertThat(queues.count(Queues.DEAD_LETTERS, null)).hasValue(3);
        assertThat(queues.count(Queues.DEAD_LETTERS, "code = 'B' AND JMSTimestamp <= " + Long.MAX_VALUE)).hasValue(2);
        assertThat(queues.oldestSeconds(Queues.DEAD_LETTERS).orElseThrow()).isLessThan(60);
        assertThat(queues.expired(Queues.DEAD_LETTERS)).hasValue(0);
        assertThat(queues.silence()).isNull();
    }

    /** Its management address is another one, so that the query is never answered. */
    @Test
    @Timeout(30)
    void aBrokerThatDoesNotAnswerBlocksNoCaller() throws Exception {
        start("elsewhere");
        assertThatThrownBy(() -> management.attribute(Queues.JOURNAL, "messageCount")).isInstanceOf(TimeoutException.class);
        Queues queues = new Queues(management);
        assertThat(queues.depth(Queues.JOURNAL)).isEmpty();
        Instant begin = Instant.now();
        for (int i = 0; i < 10; i++) {
            assertThat(queues.depth(Queues.JOURNAL)).isEmpty();
            assertThat(queues.oldestSeconds(Queues.JOURNAL)).isEmpty();
        }
        assertThat(Duration.between(begin, Instant.now())).as("a scrape asks several questions").isLessThan(Duration.ofSeconds(2));
        assertThat(queues.silence()).contains("no answer");
    }

    /** A command is told to end by an interrupt, and looks for it between two questions. */
    @Test
    void anInterruptIsKeptAndIsNoSilenceOfTheBroker() throws Exception {
        start("activemq.management");
        for (BrokerManagement each : List.of(management, new EmbeddedManagement(broker))) {
            Queues queues = new Queues(each);
            assertThat(queues.depth(Queues.DEAD_LETTERS)).as("connected").hasValue(0);
            Thread.currentThread().interrupt();
            queues.depth(Queues.DEAD_LETTERS);
            assertThat(Thread.interrupted()).as(each.toString()).isTrue();
            assertThat(queues.silence()).as(each.toString()).isNull();
        }
    }

    private void start(String managementAddress) throws Exception {
        url = "tcp://127.0.0.1:" + FreePort.next();
        Configuration configuration = new ConfigurationImpl().setPersistenceEnabled(false).setSecurityEnabled(false)
                .setJMXManagementEnabled(false).addAcceptorConfiguration("tcp", url)
                .setManagementAddress(SimpleString.of(managementAddress))
                .addQueueConfiguration(QueueConfiguration.of(Queues.DEAD_LETTERS)
                        .setRoutingType(RoutingType.ANYCAST));
        broker.setConfiguration(configuration).start();
        management = new ExternalManagement(new ActiveMQConnectionFactory(url));
    }
}
