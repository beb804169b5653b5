package dev.orysalesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.journal.JournalCount;
import dev.orysalesforce.ledger.LedgerUnderTest;
import dev.orysalesforce.operator.DeadLetterIndexer;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sandbox.SandboxRecord;
import dev.orysalesforce.settings.CommandLineOnly;
import dev.orysalesforce.sync.EventCounters;
import dev.orysalesforce.write.PersonAccounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.camel.CamelContext;
import org.apache.camel.test.spring.junit5.CamelSpringBootTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.jms.core.MessageCreator;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.util.ReflectionTestUtils;

/** The whole app with its shipped routes and mappings: real HTTP, a real broker with its files, the sandbox. */
@Tag("ledger")
@ExtendWith(LedgerUnderTest.class)
@CamelSpringBootTest
@SpringBootTest(classes = OrySalesforceSync.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "spring.profiles.active=" + CommandLineOnly.PROFILE) // so that tests of commands share contexts
public abstract class AppTest {

    public static final SalesforceSandbox SALESFORCE = SalesforceSandbox.start();
    public static final String SECRET = "first-webhook-secret";
    public static final String OPERATOR_TOKEN = "first-operator-token";
    private static final Path DATA = temporary();
    /** Written once, because the reload checks the file at any time. */
    private static final Path CONTACTS_WITH_ACCOUNTS = contactsWithAccounts();

    @LocalServerPort
    public int port;

    @LocalManagementPort
    public int managementPort;

    @Autowired
    public JmsTemplate jms;

    @Autowired
    public ObjectMapper json;

    @Autowired
    public JdbcTemplate sql;

    @Autowired
    private EmbeddedActiveMQ broker;

    @Autowired
    private EventCounters counters;

    @Autowired
    private JournalCount journalCount;

    @Autowired
    private CamelContext camel;

    @Autowired
    private DeadLetterIndexer deadLetterIndexer;

    @Autowired
    private Describe descriptions;

    @Autowired
    private PersonAccounts personAccounts;

    public Ory ory;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        LedgerUnderTest.settings(registry);
        registry.add("management.server.port", () -> 0);
        registry.add("management.prometheus.metrics.export.enabled", () -> true); // Spring's tests disable it
        registry.add("OPERATOR_TOKEN", () -> OPERATOR_TOKEN);
        registry.add("TOKEN_CLIENTS", () -> "billing:billing-client-secret, reports:reports-s3cret/+:&%");
        registry.add("token.introspection-interval", () -> "500ms");
        registry.add("token.timeout", () -> "2000");
        registry.add("ORY_WEBHOOK_SECRET", () -> SECRET + ", second-webhook-secret");
        registry.add("SALESFORCE_LOGIN_URL", SALESFORCE::url);
        registry.add("SALESFORCE_CLIENT_ID", SALESFORCE::clientId);
        registry.add("SALESFORCE_CLIENT_SECRET", SALESFORCE::clientSecret);
        registry.add("sync.data-dir", () -> DATA + "/${test.context:shared}"); // one for each set of properties
        registry.add("sync.linger", () -> "50ms");
        registry.add("sync.doctor-at-start", () -> "false"); // tests count calls
        registry.add("sync.back-off.initial", () -> "${test.first-pause:100ms}");
        registry.add("sync.back-off.max", () -> "${test.longest-pause:500ms}");
        registry.add("sync.retry.initial", () -> "1s");
        registry.add("sync.retry.multiplier", () -> "1");
        registry.add("sync.retry.attempts", () -> "3");
        registry.add("logging.level.dev.orysalesforce", () -> "DEBUG");
        registry.add("logging.level.sync", () -> "DEBUG"); // the routes' own log steps
        registry.add("sync.mappings.tagged", () -> "src/test/resources/mappings/tagged.jslt");
        registry.add("sync.mappings.consent", () -> "src/test/resources/mappings/consent.jslt");
        registry.add("sync.mappings.owned", () -> "src/test/resources/mappings/owned.jslt");
        registry.add("sync.mappings.partner", () -> "src/test/resources/mappings/partner.jslt");
        registry.add("sync.mappings.elsewhere", () -> "jslt:file:src/test/resources/mappings/partner.jslt"
                + "?objectMapper=#jacksonObjectMapper"); // an endpoint like any other
        registry.add("sync.mappings.referring", CONTACTS_WITH_ACCOUNTS::toString);
        registry.add("sync.mappings.parented", () -> "src/test/resources/mappings/parented.jslt");
        registry.add("sync.mappings.campaigned", () -> "src/test/resources/mappings/campaigned.jslt");
        registry.add("sync.mappings.colleague", () -> "${test.colleagues:mappings/contact-with-account.jslt}");
        registry.add("sync.mappings.attributed", () -> "mappings/attribution/lead-with-attribution.jslt");
        registry.add("sync.mappings.employee", () -> "${test.employees:mappings/contact.jslt}");
        registry.add("sync.mappings.person", () -> "jslt:file:mappings/person-account.jslt"
                + "?objectMapper=#jacksonObjectMapper"); // not a file, so that no org is asked for person accounts
        registry.add("sync.mappings.patient", () -> "src/test/resources/mappings/patient.jslt");
        registry.add("sync.mappings.template", () -> "mappings/languages/from-ory/lead.jsonnet");
        registry.add("sync.mappings.broken", () -> "src/test/resources/mappings/broken.jslt");
        registry.add("sync.mappings.skipped", () -> "src/test/resources/mappings/skipped.jslt");
    }

    @BeforeEach
    void aQuietStart() {
        ory = new Ory("http://127.0.0.1:" + port, SECRET);
        settle();
        jms.setReceiveTimeout(JmsTemplate.RECEIVE_TIMEOUT_NO_WAIT);
        while (jms.receive("dead-letters") != null) {
            // dead letters of an earlier test
        }
        deadLetterIndexer.check(); // writes what is noted of them
        sql.update("delete from dead_letters");
        SALESFORCE.reset();
        sql.update("delete from identities");
        sql.update("delete from parents");
        sql.update("delete from children");
        sql.update("delete from one_way_edits");
    }

    @AfterEach
    void nothingForbiddenWasSent() {
        SALESFORCE.faults().clear();
        settle();
        await().untilAsserted(() -> assertThat(journalCount.waiting()).as("told outside of the journal").isEqualTo(queued()));
        assertThat(SALESFORCE.calls().violations()).isEmpty();
        assertThat(SALESFORCE.writes().outOfOrder()).isEmpty();
        assertThat(SALESFORCE.org().duplicatedIdentities()).isEmpty();
    }

    /** As a day later: the org is asked again for the description of its objects. */
    public void askOrgAgain() {
        ((Map<?, ?>) ReflectionTestUtils.getField(descriptions, "answers")).clear();
        ReflectionTestUtils.setField(personAccounts, "chosen", null);
    }

    /** Bypasses the endpoints, but not the counters. */
    public void sendToJournal(MessageCreator message) {
        counters.replayed(1);
        jms.send("identity-changes", message);
    }

    /**
     * Waits until the journal is empty and every batch has committed; during a commit a retry is not in it. On a busy machine
     * the broker, and the count outside of it, count a message some time after it has been stored, so the counters have to
     * balance, too.
     */
    public void settle() {
        await().pollInterval(Duration.ofMillis(5)).during(Duration.ofMillis(15))
                .untilAsserted(() -> {
                    assertThat(pending()).as("events in the journal, %d by the broker's count", queued()).isZero();
                    assertThat(unbalanced()).as("events that were taken, and have no outcome").isZero();
                });
    }

    private long unbalanced() {
        Map<String, Long> balance = counters.balance();
        return Stream.of("pendingAtStart", "accepted", "reconciled", "replayed").mapToLong(balance::get).sum()
                - Stream.of("synced", "unchanged", "superseded", "skipped", "deadLettered").mapToLong(balance::get).sum();
    }

    /** On a busy machine one of both counts may be late. */
    public long pending() {
        return Math.max(queued(), journalCount.waiting());
    }

    private long queued() {
        return broker.getActiveMQServer().locateQueue("identity-changes").getMessageCount();
    }

    /** Stops delivery while the events arrive, so that they are one batch; does not wait for their outcomes. */
    public void arriveTogether(Runnable events, int count) {
        try {
            camel.getRouteController().stopRoute("sync.next");
            try {
                events.run();
                await().until(() -> pending() == count); // the broker counts a message shortly after it has answered
            } finally {
                camel.getRouteController().startRoute("sync.next");
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public void inOneBatch(Runnable... events) {
        arriveTogether(() -> Stream.of(events).forEach(Runnable::run), events.length);
        settle();
    }

    public SandboxRecord record(String identity) {
        List<SandboxRecord> records = SALESFORCE.org().byIdentity(identity);
        assertThat(records).as("records of " + identity).hasSize(1);
        return records.get(0);
    }

    public List<JsonNode> deadLetters() {
        return jms.browse("dead-letters", (session, browser) -> {
            List<JsonNode> letters = new ArrayList<>();
            for (Object message : Collections.list(browser.getEnumeration())) {
                letters.add(read(((jakarta.jms.TextMessage) message).getText()));
            }
            return letters;
        });
    }

    public JsonNode health() {
        return read(new Ory("http://127.0.0.1:" + managementPort, SECRET)
                .send(java.net.http.HttpRequest.newBuilder(
                        java.net.URI.create("http://127.0.0.1:" + managementPort + "/observe/health")).build())
                .body());
    }

    /** Whether the app tries to write, and can't; what else health knows does not count. */
    public boolean isPaused() {
        return health().at("/components/deliveryPause/status").asText().equals("DEGRADED");
    }

    public JsonNode read(String text) {
        try {
            return json.readTree(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The shipped mapping with its line for Accounts uncommented. */
    private static Path contactsWithAccounts() {
        try {
            Path file = Files.createDirectories(DATA.resolve("mappings")).resolve("contact.jslt");
            String offered = "// \"Account\": if ($organization)";
            String mapping = Files.readString(Path.of("mappings/contact.jslt"));
            assertThat(mapping).contains(offered);
            return Files.writeString(file, mapping.replace(offered, offered.substring(3)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("ory-salesforce-sync");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
