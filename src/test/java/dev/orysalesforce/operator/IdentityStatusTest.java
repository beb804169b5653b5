package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.journal.Journal;
import dev.orysalesforce.journal.Queues;
import dev.orysalesforce.ledger.ChildLedger;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.ledger.Tombstones;
import dev.orysalesforce.reconcile.ReconcileSnapshot;
import dev.orysalesforce.salesforce.Login;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.settings.SyncSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.jms.core.JmsTemplate;

class IdentityStatusTest extends OperatorTest {

    private static final Instant HOUR_AGO = Instant.now().minus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);

    @Autowired
    private Queues queues;

    @Autowired
    private Journal journal;

    @Autowired
    private Ledger ledger;

    @Autowired
    private ChildLedger children;

    @Autowired
    private Tombstones tombstones;

    @Autowired
    private ReconcileSnapshot snapshot;

    @Autowired
    private DeadLetters letters;

    @Autowired
    private Login login;

    @Test
    void eachFieldTellsWhenItWasLastSent() {
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, START, "Kowalczykowa"));
        settle();
        Map<String, Instant> hourAgo = Map.of("LastName", HOUR_AGO, "Email", HOUR_AGO);
        assertThat(sentAt(id)).containsKeys("LastName", "Email").doesNotContainKey("Ory_Identity_Id__c")
                .allSatisfy((field, at) -> assertThat(at).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES)));
        LedgerEntry first = ledger.find(id).orElseThrow();
        sql.update("update identities set fields_sent_at = ? where identity = ?", "{\"" + HOUR_AGO + "\":[\"Email\",\"LastName\"]}", id);
        assertThat(ledger.find(id).orElseThrow().sentAt()).isEqualTo(hourAgo);

        ory.sends("settings", Ory.identity(id, START.plusSeconds(1), "Kowalczykowa"));
        settle();
        assertThat(sentAt(id)).as("nothing was sent").isEqualTo(hourAgo);
        ory.sends("settings", Ory.identity(id, START.plusSeconds(2), "Nowak"));
        settle();
        assertThat(sentAt(id)).containsEntry("Email", HOUR_AGO).hasEntrySatisfying("LastName",
                at -> assertThat(at).isAfterOrEqualTo(first.sentAt().get("LastName")));
    }

    @Test
    void whatBecameOfEachEventIsKept() {
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, START, "Kowalczykowa"));
        settle();
        ory.sends("settings", Ory.identity(id, START.plusSeconds(1), "Kowalczykowa"));
        settle();
        SALESFORCE.org().schema("Lead").alter("LastName", rule -> rule.withLength(20));
        ory.sends("settings", Ory.identity(id, START.plusSeconds(2), "Nowak".repeat(5)));
        settle();
        JsonNode history = explain(id).path("history");
        assertThat(history).extracting(step -> step.path("event").asText() + " " + step.path("outcome").asText() + " "
                + step.path("code").asText(null) + " " + step.path("foundBy").asText(null)).containsExactly(
                        "registration synced null created", "settings unchanged null null", "settings dead-letter STRING_TOO_LONG null");
        assertThat(history.get(0).path("mapping").asText()).startsWith("mappings/lead.jslt@");
        assertThat(history.toString()).doesNotContain("Nowak");
    }

    private Map<String, Instant> sentAt(String id) {
        Map<String, Instant> times = new HashMap<>();
        settled(id).path("fieldsSentAt").properties().forEach(time -> times.put(time.getKey(), Instant.parse(time.getValue().asText())));
        return times;
    }

    @Test
    void anIdentityThatIsInSalesforce() {
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, START, "Kowalczykowa"));
        settle();
        JsonNode explanation = settled(id.toUpperCase());
        assertThat(explanation.path("identity").asText()).isEqualTo(id);
        assertThat(explanation.path("pending").asBoolean()).isFalse();
        assertThat(explanation.path("outcome").asText()).isEqualTo("synced");
        assertThat(explanation.path("object").asText()).isEqualTo("Lead");
        assertThat(explanation.path("salesforceId").asText()).isEqualTo(record(id).id());
        assertThat(explanation.path("link").asText()).isEqualTo(SALESFORCE.url() + "/" + record(id).id());
        assertThat(explanation.path("foundBy").asText()).isEqualTo("created");
        assertThat(explanation.path("version").asText()).isEqualTo(START.toString());
        assertThat(explanation.path("mapping").asText()).matches("mappings/lead\\.jslt@[0-9a-f]{8}");
        assertThat(explanation.path("fields").toString()).contains("\"LastName\"", "\"Email\"");
        assertThat(explanation.path("attempts").asInt()).isEqualTo(1);
        assertThat(explanation.path("nextRetryAt").isNull()).isTrue();
        assertThat(explanation.path("deadLetters")).isEmpty();
        assertThat(explanation.path("lastEvent").path("event").asText()).isEqualTo("registration");
        assertThat(explanation.path("lastEvent").path("triggerId").asText()).isNotEmpty();
        assertThat(explanation.path("lastEvent").path("receivedAt").asText()).isNotEmpty();
        assertThat(explanation.toString()).doesNotContainIgnoringCase("kowalczykowa").doesNotContain("@example.org");
    }

    @Test
    void anEventThatChangedNothing() {
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, START, "Same"));
        settle();
        ory.sends("login", Ory.identity(id, START.plusSeconds(9), "Same"));
        settle();
        JsonNode explanation = explain(id);
        assertThat(explanation.path("outcome").asText()).isEqualTo("unchanged");
        assertThat(explanation.path("version").asText()).isEqualTo(START.plusSeconds(9).toString());
        assertThat(explanation.path("lastEvent").path("event").asText()).isEqualTo("login");
    }

    @Test
    void anEventThatTheMappingSkips() {
        String id = UUID.randomUUID().toString();
        ory.sends("registration", ofSchema("skipped", Ory.identity(id, START, "Skipped")));
        settle();
        JsonNode explanation = explain(id);
        assertThat(explanation.path("outcome").asText()).isEqualTo("skipped");
        assertThat(explanation.path("salesforceId").isNull()).isTrue();
        assertThat(explanation.path("link").isNull()).isTrue();
    }

    @Test
    void anEventThatSalesforceRejects() {
        String id = refused("Kowalczykowa");
        settle();
        JsonNode explanation = explain(id);
        assertThat(explanation.path("outcome").asText()).isEqualTo("dead-letter");
        assertThat(explanation.path("code").asText()).isEqualTo("INVALID_EMAIL_ADDRESS");
        assertThat(explanation.path("message").asText()).isNotEmpty();
        assertThat(explanation.path("deadLetters").get(0).path("id").asText()).isEqualTo(letterOf(id));
        assertThat(explanation.toString()).doesNotContainIgnoringCase("kowalczykowa");

        JsonNode values = explain(id + "?reveal=true").path("values");
        assertThat(values.path("source").asText()).isEqualTo("dead-letter");
        assertThat(values.toString()).contains("Kowalczykowa");
    }

    @Test
    void anEventThatIsRetried() {
        String id = UUID.randomUUID().toString();
        SALESFORCE.faults().lockRow(id, 1);
        ory.sends("registration", Ory.identity(id, START, "Kowalczykowa"));
        await().until(() -> "retry".equals(explain(id).path("outcome").asText()));
        JsonNode explanation = explain(id);
        assertThat(explanation.path("pending").asBoolean()).isTrue();
        assertThat(explanation.path("code").asText()).isEqualTo("UNABLE_TO_LOCK_ROW");
        assertThat(explanation.path("nextRetryAt").asText()).isNotEmpty();
        assertThat(explanation.path("version").isNull()).isTrue();
        assertThat(explanation.toString()).doesNotContainIgnoringCase("kowalczykowa");
        settle();
        explanation = settled(id);
        assertThat(explanation.path("outcome").asText()).isEqualTo("synced");
        assertThat(explanation.path("nextRetryAt").isNull()).isTrue();
        assertThat(explanation.path("attempts").asInt()).isEqualTo(2);
    }

    @Test
    void anEventThatIsPending() {
        SALESFORCE.faults().start(Fault.unavailable());
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, START, "Kowalczykowa"));
        for (int i = 0; i < 30; i++) { // in the journal, in the batch, in the journal again
            JsonNode explanation = explain(id);
            assertThat(explanation.path("pending").asBoolean()).isTrue();
            assertThat(explanation.path("outcome").asText()).isEqualTo("pending");
            assertThat(explanation.toString()).doesNotContainIgnoringCase("kowalczykowa");
        }
        await().untilAsserted(() -> {
            JsonNode values = explain(id + "?reveal=true").path("values");
            assertThat(values.path("source").asText()).isEqualTo("pending");
            assertThat(values.toString()).contains("Kowalczykowa");
        });
    }

    /** The limit is 0 here instead of 100,000. */
    @Test
    void aBacklogThatIsTooLargeIsNotSearched() {
        SyncSettings limit = new Binder(new MapConfigurationPropertySource(Map.of("sync.data-dir", "data",
                "sync.mappings.default", "mappings/lead.jslt", "sync.journal.browse-limit", "0")))
                .bind("sync", SyncSettings.class).get();
        IdentityStatusService limited = new IdentityStatusService(jms, queues, journal, ledger, children, tombstones, snapshot, letters,
                login, json, limit);
        SALESFORCE.faults().start(Fault.unavailable());
        String id = UUID.randomUUID().toString();
        String stranger = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, START, "Waits"));
        await().until(() -> limited.explain(id, null).pending() == null); // and true while a batch holds it
        assertThat(limited.explain(stranger, null).pending()).as("may wait, too").isNull();
        assertThat(limited.isKnown(stranger)).as("can be erased").isTrue();
        SALESFORCE.faults().clear();
        settle();
        await().until(() -> Boolean.FALSE.equals(limited.explain(id, null).pending()));
        assertThat(limited.explain(stranger, null)).isNull();
    }

    @Test
    void anEventInFlight() {
        String id = UUID.randomUUID().toString();
        SALESFORCE.faults().start(Fault.latency(Duration.ofSeconds(2)));
        ory.sends("registration", Ory.identity(id, START, "Slow"));
        await().until(() -> jms.browse("identity-changes", (session, browser) -> !browser.getEnumeration().hasMoreElements()));
        assertThat(explain(id).path("pending").asBoolean()).isTrue();
        assertThat(settled(id).path("outcome").asText()).isEqualTo("synced");
    }

    /** On its way to the batch, or another instance's: it is neither in the queue nor in the batch. */
    @Test
    void anEventThatAnotherConsumerHas() throws Exception {
        camel.getRouteController().stopRoute("sync.next");
        try {
            String id = UUID.randomUUID().toString();
            ory.sends("registration", Ory.identity(id, START, "Kowalczykowa"));
            JmsTemplate other = new JmsTemplate(jms.getConnectionFactory());
            other.setSessionTransacted(true);
            other.execute(session -> {
                session.createConsumer(session.createQueue(Queues.JOURNAL)).receive(10_000);
                JsonNode explanation = explain(id);
                assertThat(explanation.path("pending").isNull()).as("it is not known").isTrue();
                assertThat(explanation.path("outcome").isNull()).isTrue();
                session.rollback();
                return null;
            }, true);
        } finally {
            camel.getRouteController().startRoute("sync.next");
        }
    }

    @Test
    void anEventWithNothingButAnId() {
        String id = UUID.randomUUID().toString();
        ory.sends("login", "{\"id\":\"" + id + "\",\"identity\":{\"id\":\"" + id + "\"}}");
        settle();
        JsonNode explanation = explain(id);
        assertThat(explanation.path("outcome").asText()).isEqualTo("dead-letter");
        assertThat(explanation.path("code").asText()).isEqualTo("ADMIN_URL_NEEDED");
        assertThat(explanation.path("pending").asBoolean()).isFalse();
    }

    @Test
    void valuesAreReadFromSalesforceOnRequestOnly() {
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, START, "Kowalczykowa"));
        settle();
        SALESFORCE.org().edit(record(id).id(), java.util.Map.of("LastName", "Typed by sales"));
        explain(id);
        assertThat(SALESFORCE.calls().of(CallKind.READ)).isEmpty();
        SALESFORCE.org().expireTokens();
        JsonNode values = explain(id + "?reveal=true").path("values");
        assertThat(values.path("source").asText()).isEqualTo("salesforce");
        assertThat(values.path("content").path("LastName").asText()).isEqualTo("Typed by sales");
        assertThat(values.path("content").path("OwnerId").isMissingNode()).isTrue();
    }

    @Test
    void withoutSalesforceTheOtherFactsAreKnown() {
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, START, "Kowalczykowa"));
        settle();
        for (Fault fault : List.of(Fault.unavailable(), Fault.loginRefused())) {
            SALESFORCE.org().expireTokens();
            SALESFORCE.faults().start(fault);
            assertProblem(operator.get("/api/identities/" + id + "?reveal=true"), 503, "RECORD_NOT_READ");
            assertThat(explain(id).path("outcome").asText()).isEqualTo("synced");
            SALESFORCE.faults().clear();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"9f425a8d-7efc-4768-8f23-7647a74fdf13", "nobody", "%27%20OR%20TRUE"})
    void anUnknownIdentity(String id) {
        assertProblem(operator.get("/api/identities/" + id), 404, "UNKNOWN_IDENTITY");
    }

    @Test
    void revealIsTrueOrFalse() {
        String id = refused("Kowalczykowa");
        settle();
        for (String reveal : new String[] {"TRUE", "1", "yes", "", "true&reveal=true"}) {
            var answer = operator.get("/api/identities/" + id + "?reveal=" + reveal);
            assertProblem(answer, 400, "BAD_REQUEST");
            assertThat(answer.body()).doesNotContainIgnoringCase("kowalczykowa");
        }
    }

    /** The counters move a moment after the queue is empty. */
    private JsonNode settled(String id) {
        await().until(() -> !explain(id).path("pending").asBoolean());
        return explain(id);
    }

    private JsonNode explain(String idAndQuery) {
        return get("/api/identities/" + idAndQuery);
    }
}
