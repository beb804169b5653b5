package dev.orysalesforce.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.ory.OryFault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** Events that say whose they are and nothing else: Ory's Admin API tells the rest. */
@TestPropertySource(properties = "test.context=thin")
@Tag("nightly")
class ThinEventsTest extends ReconcileTest {

    @Autowired
    private CamelContext camel;

    @Test
    void anIdAloneIsEnough() {
        String id = ORY.project().add(person("Thin"));
        int before = ORY.calls().size();
        ObjectNode body = thin(id);
        body.putObject("transient_payload").put("utm_source", "spring");
        assertThat(ory.sends("registration", body).statusCode()).isEqualTo(204);
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Thin");
        assertThat(ORY.calls().size() - before).isEqualTo(1);
        assertThat(explain(id).path("outcome").asText()).isEqualTo("synced");
    }

    @Test
    void aLoginBringsTheNewestState() {
        String id = ORY.project().add(person("Before"));
        ory.sends("registration", hook(id));
        settle();
        ORY.project().change(id, person("After"));
        assertThat(ory.sends("login", thin(id)).statusCode()).isEqualTo(204);
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("After");
    }

    @Test
    void anIdentityThatOryStoresLaterArrivesThen() {
        String id = UUID.randomUUID().toString();
        String other = ORY.project().add(person("Other"));
        List.of(id, other).forEach(one -> assertThat(ory.sends("registration", thin(one)).statusCode()).isEqualTo(204));
        await().until(() -> SALESFORCE.org().byIdentity(other).size() == 1);
        await().until(() -> "UNKNOWN_AT_ORY".equals(explain(id).path("code").asText()));
        ORY.project().add(id, person("Late"));
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Late");
    }

    @Test
    void afterTenMinutesItIsSkippedAndExplained() {
        String id = UUID.randomUUID().toString();
        sendToJournal(session -> session.createTextMessage("{\"event\":\"registration\",\"receivedAt\":\""
                + Instant.now().minus(Duration.ofMinutes(11)) + "\",\"identity\":{\"id\":\"" + id + "\"}}"));
        settle();
        assertThat(explain(id).path("outcome").asText()).isEqualTo("skipped");
        assertThat(explain(id).path("code").asText()).isEqualTo("UNKNOWN_AT_ORY");
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void whileOryIsDownOnlyTheyWait() {
        String id = ORY.project().add(person("Thin"));
        String whole = ORY.project().add(person("Whole"));
        ORY.fail(OryFault.html());
        ory.sends("registration", thin(id));
        ory.sends("registration", hook(whole));
        await().until(() -> SALESFORCE.org().byIdentity(whole).size() == 1);
        await().until(() -> "ORY_UNAVAILABLE".equals(explain(id).path("code").asText()));
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        int before = ORY.calls().size();
        List<String> more = ORY.project().addMany(300, i -> person("More"));
        more.forEach(one -> ory.sends("registration", thin(one)));
        await().until(() -> "ORY_UNAVAILABLE".equals(explain(more.get(299)).path("code").asText()));
        assertThat(ORY.calls().size() - before).as("not one for each hundred").isLessThanOrEqualTo(4);
        ORY.recover();
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Thin");
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void anErasedIdentityIsNotAskedFor() {
        String id = ORY.project().add(person("Erased"));
        ory.sends("registration", hook(id));
        settle();
        assertThat(operator.delete("/api/identities/" + id).statusCode()).isEqualTo(202);
        settle();
        int before = ORY.calls().size();
        ory.sends("login", thin(id));
        settle();
        assertThat(ORY.calls()).hasSize(before);
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
    }

    /** The name {@code userId} does not say that the ID is Ory's. */
    @Test
    void anIdOfAnotherSystemMakesNoRecord() {
        String id = ORY.project().add(person("Known"));
        String other = UUID.randomUUID().toString();
        List.of(id, other).forEach(one -> assertThat(ory.sends("registration", json.createObjectNode().put("userId", one)
                .put("email", one + "@example.org").put("name", "Flat Name")).statusCode()).isEqualTo(204));
        await().until(() -> SALESFORCE.org().byIdentity(id).size() == 1);
        await().until(() -> "UNKNOWN_AT_ORY".equals(explain(other).path("code").asText()));
        assertThat(SALESFORCE.org().byIdentity(other)).isEmpty();
        operator.delete("/api/identities/" + other); // or it would wait for ten minutes
    }

    /** Flat templates carry no list of addresses, but the match by e-mail needs to know. */
    @Test
    void oryTellsWhetherAnAddressIsVerified() {
        String id = ORY.project().add(person("Verified"));
        String email = ORY.project().identity(id).at("/traits/email").asText();
        ORY.project().verify(id);
        String there = SALESFORCE.org().insert("Lead", Map.of("LastName", "Typed", "Company", "Theirs", "Email", email));
        ory.sends("registration", json.createObjectNode().put("identity_id", id).put("email", email).put("name", "Flat Name"));
        settle();
        assertThat(record(id).id()).isEqualTo(there);
    }

    @Test
    @Tag("any-ledger")
    void aBacklogIsAskedForInFullPages() throws Exception {
        int people = 3_000;
        List<String> ids = ORY.project().addMany(people, i -> person("Backlog"));
        camel.getRouteController().stopRoute("sync.next");
        ids.parallelStream().forEach(id -> assertThat(ory.sends("registration", thin(id)).statusCode()).isEqualTo(204));
        int asked = ORY.calls().size();
        camel.getRouteController().startRoute("sync.next");
        await().atMost(Duration.ofMinutes(3)).until(() -> pending() == 0);
        System.out.printf("%,d thin events took %d calls of Ory and %d of Salesforce%n", people, ORY.calls().size() - asked,
                SALESFORCE.calls().where(call -> call.kind().isData()).size());
        assertThat(SALESFORCE.org().records("Lead")).hasSize(people);
        assertThat(ORY.calls().size() - asked).isLessThanOrEqualTo(people / 100 + 10);
        assertThat(SALESFORCE.calls().of(CallKind.UPSERT)).hasSizeLessThanOrEqualTo(people / 200 + 20);
    }

    private ObjectNode thin(String id) {
        return json.createObjectNode().put("identity_id", id);
    }
}
