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
 * The broker keeps what it was given: it moves and drops nothing on its own but dead letters whose time is over.
 *
 * <p>Transactions: JMS and JDBC are two local transactions, and there is no XA. A batch reads, and sends its retries and
 * dead letters, in one JMS transaction; within it the ledger has short JDBC transactions of its own, which commit first.
 * JMS commits last. If the app dies in between, the events are delivered again, and the ledger tells from their version
 * that they are done: at least once and idempotent, hence as if once.
 */
@Configuration
class JournalConfiguration {

    private static final Duration SELDOM = Duration.ofMinutes(1);

    /** Ory gives up on a webhook after 30 s; with Artemis' own limit, which is the same, it would not hear the 503. */
    private static final Duration LONGEST_CALL = Duration.ofSeconds(15);
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(5);

    @Bean
    ArtemisConfigurationCustomizer durableJournal(SyncSettings settings) {
        return broker -> {
            broker.setJournalSyncNonTransactional(true).setJournalSyncTransactional(true);
            broker.setMaxDiskUsage(-1); // a percentage says little about a large disk
            broker.setMinDiskFree(settings.journal().minDiskFree().toBytes());
            broker.setDiskScanPeriod(1_000);
            broker.setMessageExpiryScanPeriod(betweenLooks(settings.deadLetters()).toMillis());
            broker.clearAddressSettings();
            broker.addAddressSetting("#", new AddressSettings()
                    .setMaxDeliveryAttempts(-1) // an outage is not the event's fault
                    .setDeadLetterAddress(SimpleString.of("DLQ")) // never used; the broker warns without one
                    .setExpiryAddress(SimpleString.of("")) // nowhere: what has expired is gone
                    .setAddressFullMessagePolicy(AddressFullMessagePolicy.PAGE)
                    .setMaxSizeBytes(32L * 1024 * 1024) // beyond this, a backlog waits on disk
                    .setPageSizeBytes(4 * 1024 * 1024)
                    .setManagementMessageAttributeSizeLimit(-1) // an operator reads dead letters whole
                    .setAutoDeleteQueues(false)
                    .setAutoDeleteAddresses(false));
        };
    }

    /** Often enough that a letter is gone soon after its time, and not at all where none ever goes. */
    private static Duration betweenLooks(SyncSettings.DeadLetters letters) {
        Duration tenth = letters.retention().dividedBy(10);
        return letters.isForEver() ? Duration.ofMillis(-1) : tenth.compareTo(SELDOM) > 0 ? SELDOM : tenth;
    }

    /**
     * The batch reader's own connection, with one session and one consumer that last. It fetches nothing ahead: what a
     * batch has not taken stays visible in the queue, for people who browse it and for whoever takes over. What is sent
     * over this connection inside a batch is part of the batch's transaction.
     */
    @Bean(defaultCandidate = false)
    CachingConnectionFactory journalConnections(ConnectionFactory connections) {
        ConnectionFactory bare = connections instanceof CachingConnectionFactory caching
                ? caching.getTargetConnectionFactory() : connections;
        if (bare instanceof ActiveMQConnectionFactory artemis) {
            limited(artemis, LONGEST_CALL).setConsumerWindowSize(0);
        }
        CachingConnectionFactory journal = new CachingConnectionFactory(bare);
        journal.setCacheConsumers(true);
        return journal;
    }

    /** Lets it wait for the broker no longer than so. */
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
     * Makes the queue of its name. Camel's own resolver asks the broker for it with each message that it sends, which is
     * a question and an answer more before a webhook has its 204.
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

    /** What the route calls {@code transacted}. */
    @Bean
    SpringTransactionPolicy batchTransaction(JmsTransactionManager journalTransactions) {
        SpringTransactionPolicy policy = new SpringTransactionPolicy(journalTransactions);
        policy.setPropagationBehaviorName("PROPAGATION_REQUIRED");
        return policy;
    }

    /**
     * Puts several events into the journal as one, and takes letters for that. Not over the batch reader's connection,
     * which keeps each consumer it ever had: every replay has a selector of its own.
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
