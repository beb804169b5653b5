package dev.orysalesforce.journal;

import dev.orysalesforce.settings.SyncSettings;
import jakarta.jms.ConnectionFactory;
import java.time.Duration;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressFullMessagePolicy;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQQueue;
import org.apache.activemq.artemis.jms.client.ActiveMQTopic;
import org.apache.camel.spring.spi.SpringTransactionPolicy;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.jms.artemis.ArtemisConfigurationCustomizer;
import org.springframework.boot.autoconfigure.jms.artemis.ArtemisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jms.connection.CachingConnectionFactory;
import org.springframework.jms.connection.JmsTransactionManager;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.jms.support.destination.DestinationResolver;

/**
 * Configures the broker to keep all messages: it moves none, and deletes only dead letters whose retention is over.
 * <p>Transactions: JMS and JDBC are two local transactions, and there is no XA. A batch reads, and sends its retries and
 * dead letters, in one JMS transaction; within it the ledger has short JDBC transactions of its own, which commit first. JMS
 * commits last. If the app dies in between, the events are delivered again, and the ledger recognizes by their version that
 * they are done: delivery is at least once and idempotent.
 */
@Configuration
class JournalConfiguration {

    private static final Duration SELDOM = Duration.ofMinutes(1);

    /** Ory gives up on a webhook after 30 s. Artemis' own limit is the same, so that Ory would not receive the 503. */
    private static final Duration LONGEST_CALL = Duration.ofSeconds(15);
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(5);

    /**
     * Artemis writes a larger message, which takes two bytes for a character, to a file of its own. If that one is damaged, the
     * broker can't deliver it, nor any that follows. Twice {@code sync.max-body-size}'s default.
     */
    private static final int LARGEST_RECORD = 4 << 20;
    private static final int PROPERTIES = 64 << 10;

    @Bean
    ArtemisConfigurationCustomizer durableJournal(SyncSettings settings, JournalCount count) {
        return broker -> {
            broker.setJournalSyncNonTransactional(true).setJournalSyncTransactional(true);
            broker.registerBrokerPlugin(count);
            broker.setJournalBufferSize_NIO(LARGEST_RECORD);
            broker.setMaxDiskUsage(-1); // a percentage says little about a large disk
            broker.setMinDiskFree(settings.journal().minDiskFree().toBytes());
            broker.setDiskScanPeriod(1_000);
            broker.setMessageExpiryScanPeriod(betweenLooks(settings.deadLetters()).toMillis());
            broker.clearAddressSettings();
            broker.addAddressSetting("#", new AddressSettings()
                    .setMaxDeliveryAttempts(-1) // an outage must not make an event a dead letter
                    .setDeadLetterAddress(SimpleString.of("DLQ")) // never used; the broker warns without one
                    .setExpiryAddress(SimpleString.of("")) // none: expired messages are deleted
                    .setAddressFullMessagePolicy(AddressFullMessagePolicy.PAGE)
                    .setMaxSizeBytes(32L * 1024 * 1024) // beyond this, a backlog waits on disk
                    .setPageSizeBytes(4 * 1024 * 1024)
                    .setManagementMessageAttributeSizeLimit(-1) // operators read the complete dead letter
                    .setManagementBrowsePageSize(Integer.MAX_VALUE) // else a filter counts among the first 200 messages only
                    .setAutoDeleteQueues(false)
                    .setAutoDeleteAddresses(false));
        };
    }

    /** Often enough that a dead letter is deleted soon after its retention; never if there is no retention. */
    private static Duration betweenLooks(SyncSettings.DeadLetters letters) {
        Duration tenth = letters.retention().dividedBy(10);
        return letters.isForEver() ? Duration.ofMillis(-1) : tenth.compareTo(SELDOM) > 0 ? SELDOM : tenth;
    }

    /**
     * The batch reader's own connection with one long-lived session and consumer. It prefetches nothing, so that events
     * which no batch has read stay visible in the queue, for operators who browse it and for another instance after a
     * failover. Messages that are sent over this connection inside a batch are part of the batch's transaction.
     */
    @Bean(defaultCandidate = false)
    CachingConnectionFactory journalConnections(ConnectionFactory connections, ObjectProvider<EmbeddedActiveMQ> embedded) {
        ConnectionFactory bare = connections instanceof CachingConnectionFactory caching
                ? caching.getTargetConnectionFactory() : connections;
        if (bare instanceof ActiveMQConnectionFactory artemis) {
            limited(artemis, LONGEST_CALL).setConsumerWindowSize(0);
            if (embedded.getIfAvailable() != null) {
                artemis.setMinLargeMessageSize(LARGEST_RECORD - PROPERTIES);
            }
        }
        CachingConnectionFactory journal = new CachingConnectionFactory(bare);
        journal.setCacheConsumers(true);
        return journal;
    }

    /** Limits how long the connection waits for the broker. */
    static ActiveMQConnectionFactory limited(ActiveMQConnectionFactory connections, Duration call) {
        connections.setCallTimeout(call.toMillis());
        connections.setCallFailoverTimeout(call.toMillis());
        for (TransportConfiguration connector : connections.getStaticConnectors()) {
            connector.getParams().putIfAbsent(TransportConstants.NETTY_CONNECT_TIMEOUT,
                    Math.min(call.toMillis(), LONGEST_CONNECT.toMillis()));
        }
        return connections;
    }

    @Bean
    BrokerManagement brokerManagement(ObjectProvider<EmbeddedActiveMQ> embedded, ArtemisConnectionDetails external) {
        EmbeddedActiveMQ broker = embedded.getIfAvailable();
        return broker != null ? new EmbeddedManagement(broker) : new ExternalManagement(new ActiveMQConnectionFactory(
                external.getBrokerUrl(), external.getUser(), external.getPassword()));
    }

    /**
     * Creates the queue object itself. Camel's own resolver queries the broker for each message that it sends, which is one
     * more round trip before a webhook gets its 204.
     */
    @Bean(defaultCandidate = false)
    DestinationResolver journalDestinations() {
        return (session, name, isTopic) -> isTopic ? new ActiveMQTopic(name) : new ActiveMQQueue(name);
    }

    @Bean
    JmsTransactionManager journalTransactions(
            @Qualifier("journalConnections") CachingConnectionFactory journalConnections) {
        return new JmsTransactionManager(journalConnections);
    }

    /** The bean that the route names {@code transacted}. */
    @Bean
    SpringTransactionPolicy batchTransaction(JmsTransactionManager journalTransactions) {
        SpringTransactionPolicy policy = new SpringTransactionPolicy(journalTransactions);
        policy.setPropagationBehaviorName("PROPAGATION_REQUIRED");
        return policy;
    }

    /**
     * Puts several events into the journal as one transaction, and removes dead letters in it. It does not use the batch
     * reader's connection, which caches every consumer it ever had, because every replay has its own selector.
     */
    @Bean
    SpringTransactionPolicy writeTransaction(ConnectionFactory connections) {
        SpringTransactionPolicy policy = new SpringTransactionPolicy(new JmsTransactionManager(connections));
        policy.setPropagationBehaviorName("PROPAGATION_REQUIRED");
        return policy;
    }

    @Bean(defaultCandidate = false)
    JmsTemplate journalReader(@Qualifier("journalConnections") CachingConnectionFactory journalConnections) {
        JmsTemplate reader = new JmsTemplate(journalConnections);
        reader.setSessionTransacted(true);
        return reader;
    }
}
