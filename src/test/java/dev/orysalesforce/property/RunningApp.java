package dev.orysalesforce.property;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.Ory;
import dev.orysalesforce.OrySalesforceSync;
import dev.orysalesforce.journal.JournalCount;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sync.EventCounters;
import jakarta.jms.JMSException;
import jakarta.jms.TextMessage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.RouteController;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jms.core.JmsTemplate;

/** The app in the process of the test: fast, but it can't be killed. */
final class RunningApp implements App, AutoCloseable {

    private static final String SECRET = "property-webhook-secret";

    private final ConfigurableApplicationContext context;
    private final Ory ory;
    private final JmsTemplate jms;

    /** @param more settings beside the usual ones, e.g. {@code --sync.erase=delete} */
    RunningApp(Path data, SalesforceSandbox salesforce, String... more) {
        context = new SpringApplication(OrySalesforceSync.class).run(Stream.concat(Stream.of(more), Stream.of("--server.port=0",
                "--management.server.port=0",
                "--ORY_WEBHOOK_SECRET=" + SECRET, "--SALESFORCE_LOGIN_URL=" + salesforce.url(),
                "--SALESFORCE_CLIENT_ID=" + salesforce.clientId(),
                "--SALESFORCE_CLIENT_SECRET=" + salesforce.clientSecret(), "--sync.data-dir=" + data,
                "--sync.doctor-at-start=false", "--sync.linger=30ms", "--sync.retry.initial=100ms",
                "--sync.retry.max=200ms", "--sync.retry.attempts=3",
                "--sync.back-off.initial=100ms", "--sync.back-off.max=200ms")).toArray(String[]::new));
        ory = new Ory("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port"), SECRET);
        jms = new JmsTemplate(context.getBean(JmsTemplate.class).getConnectionFactory());
        jms.setReceiveTimeout(JmsTemplate.RECEIVE_TIMEOUT_NO_WAIT);
    }

    @Override
    public Ory ory() {
        return ory;
    }

    /** On a busy machine the broker counts a message some time after it has stored it; the count outside of it does not lag. */
    @Override
    public long pending() {
        return Math.max(depth("identity-changes"), context.getBean(JournalCount.class).waiting());
    }

    @Override
    public long deadLetters() {
        return depth("dead-letters");
    }

    @Override
    public long imbalance() {
        Map<String, Long> balance = context.getBean(EventCounters.class).balance();
        return sum(balance, List.of("pendingAtStart", "accepted", "reconciled", "replayed"))
                - sum(balance, List.of("synced", "unchanged", "superseded", "skipped", "deadLettered", "pending"));
    }

    @Override
    public long accepted() {
        return context.getBean(EventCounters.class).balance().get("accepted");
    }

    /** Like the operator API: original events pass through the journal. */
    @Override
    public void replay() {
        ObjectMapper json = context.getBean(ObjectMapper.class);
        try {
            while (jms.receive("dead-letters") instanceof TextMessage letter) {
                JsonNode original = json.readTree(letter.getText()).path("original");
                context.getBean(EventCounters.class).replayed(1);
                jms.convertAndSend("identity-changes", original.toString());
            }
        } catch (JMSException | JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void kill() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void deleteLedger() {
        context.getBean(JdbcTemplate.class).update("delete from identities");
        context.getBean(JdbcTemplate.class).update("delete from parents");
    }

    /** Stops delivery while the events arrive, so that they are one batch. */
    void arriveTogether(Runnable events) {
        RouteController routes = context.getBean(CamelContext.class).getRouteController();
        try {
            routes.stopRoute("sync.next");
            events.run();
            routes.startRoute("sync.next");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void start() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        context.close();
    }

    private long depth(String queue) {
        return context.getBean(EmbeddedActiveMQ.class).getActiveMQServer().locateQueue(queue).getMessageCount();
    }

    private static long sum(Map<String, Long> balance, List<String> names) {
        return names.stream().mapToLong(balance::get).sum();
    }
}
