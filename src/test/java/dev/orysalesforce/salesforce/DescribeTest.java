package dev.orysalesforce.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.ActiveFault;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Before the app clears a field, it checks in the org's description whether the field is required. */
@Tag("any-ledger")
class DescribeTest extends AppTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    @Autowired
    private Describe describe;

    @BeforeEach
    void aDayLater() {
        askOrgAgain();
    }

    @Test
    void aLaterItemOfABatchMayBeTheFirstToNeedTheDescription() {
        String clears = UUID.randomUUID().toString();
        send(clears, 0, "+44 1");
        settle();
        SALESFORCE.faults().start(Fault.unavailable());
        String fresh = UUID.randomUUID().toString();
        send(fresh, 0, "+44 1");
        send(clears, 1, null);
        await().until(() -> pending() == 2);
        SALESFORCE.faults().clear();
        settle();
        assertThat(record(fresh).text("Phone")).isEqualTo("+44 1");
        assertThat(record(clears).text("Phone")).isNull();
    }

    /** {@code Contact} and {@code Case} share a bin of a hash table. */
    @Test
    void aQueryForAnotherObjectDoesNotWait() throws Exception {
        ActiveFault slow = SALESFORCE.faults().start(Fault.latency(Duration.ofSeconds(4)).on(CallKind.DESCRIBE).times(1));
        CompletableFuture<?> contact = CompletableFuture.supplyAsync(() -> describe.fields("Contact", Duration.ZERO));
        await().until(() -> slow.hits() == 1);
        CompletableFuture.runAsync(() -> describe.fields("Case", Duration.ZERO)).handle((done, failure) -> failure)
                .get(2, TimeUnit.SECONDS);
        assertThat(contact.isDone()).isFalse();
        contact.join();
    }

    static List<Fault> troubles() {
        return List.of(Fault.unknownException(), Fault.unavailable(), Fault.reset(), Fault.garbage(), Fault.halfJson(),
                Fault.emptyBody());
    }

    @ParameterizedTest
    @MethodSource("troubles")
    void aQuestionThatFailsIsAskedAgain(Fault trouble) {
        List<String> ids = List.of(UUID.randomUUID().toString(), UUID.randomUUID().toString());
        ids.forEach(id -> send(id, 0, "+44 1"));
        settle();
        aDayLater();
        SALESFORCE.faults().start(trouble.on(CallKind.DESCRIBE));
        ids.forEach(id -> send(id, 1, null));
        await().until(this::isPaused);
        SALESFORCE.faults().clear();
        settle();
        ids.forEach(id -> {
            assertThat(record(id).text("Phone")).isNull();
            assertThat(record(id).text("LastName")).as("what the org insists on").isEqualTo("Person");
        });
    }

    @Test
    void inAnOrgWithPersonAccountsNoContactIsCreated() {
        SALESFORCE.org().enablePersonAccounts();
        String contact = UUID.randomUUID().toString();
        ObjectNode body = Ory.identity(contact, START, "Person");
        ((ObjectNode) body.path("identity")).put("schema_id", "employee");
        ory.sends("registration", body);
        await().until(() -> health().path("components").path("deliveryPause").path("details").path("code").asText()
                .equals("PERSON_ACCOUNTS"));
        assertThat(deadLetters()).as("nothing is wrong with the event").isEmpty();
        SALESFORCE.reset();
        aDayLater();
        settle();
        assertThat(record(contact).object()).isEqualTo("Contact");
        aDayLater();
    }

    private void send(String id, int seconds, String phone) {
        ObjectNode body = Ory.identity(id, START.plusSeconds(seconds), "Person");
        ObjectNode traits = (ObjectNode) body.path("identity").path("traits");
        if (phone != null) {
            traits.put("phone", phone);
        } else {
            traits.remove("name");
        }
        assertThat(ory.sends("settings", body).statusCode()).isEqualTo(204);
    }
}
