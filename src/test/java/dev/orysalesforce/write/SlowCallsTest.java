package dev.orysalesforce.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.ActiveFault;
import dev.orysalesforce.sandbox.Call;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** Automation that takes so long for each record that a full call gets no answer in time. */
@Tag("any-ledger")
@Tag("nightly")
@TestPropertySource(properties = {"test.context=slow-calls", "camel.component.salesforce.http-request-timeout=1500"})
class SlowCallsTest extends AppTest {

    private static final int PEOPLE = 20;

    @Autowired
    private CamelContext camel;

    @Test
    void aCallThatTimesOutTwiceWhileASmallerOneIsAnsweredIsTooLarge() throws Exception {
        SALESFORCE.faults().slowAbove(10);
        together("Lead");
        await().until(() -> size("Lead (new)") == 9);
        settle();
        assertThat(SALESFORCE.org().records("Lead")).hasSize(PEOPLE);
        assertThat(SALESFORCE.org().duplicatedIdentities()).isEmpty();
        int before = upserts().size();
        together("Later");
        settle();
        assertThat(SALESFORCE.org().find("Lead", "LastName", "Later")).hasSize(PEOPLE);
        assertThat(upserts().subList(before, upserts().size())).allSatisfy(call -> assertThat(call.rows()).isLessThanOrEqualTo(9));
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void anOutageChangesNoSize() throws Exception {
        ActiveFault outage = SALESFORCE.faults().start(Fault.hang(Duration.ofSeconds(5)).on(CallKind.UPSERT));
        together("Outage");
        await().until(() -> outage.hits() >= 5); // the first call, then twice one record and the others
        outage.stop();
        SALESFORCE.faults().clear();
        settle();
        assertThat(SALESFORCE.org().find("Lead", "LastName", "Outage")).hasSize(PEOPLE);
        assertThat(upserts()).extracting(Call::rows).as("one goes ahead").contains(1).as("none else is smaller").doesNotContain(9, 10);
        int before = upserts().size();
        together("Later");
        settle();
        assertThat(upserts().size() - before).as("in one call again").isEqualTo(1);
        assertThat(deadLetters()).isEmpty();
    }

    private void together(String lastName) throws Exception {
        camel.getRouteController().stopRoute("sync.next");
        IntStream.range(0, PEOPLE).forEach(i -> assertThat(ory.sends("registration", Ory.identity(UUID.randomUUID().toString(),
                Instant.now(), lastName)).statusCode()).isEqualTo(204));
        await().until(() -> pending() == PEOPLE);
        camel.getRouteController().startRoute("sync.next");
    }

    private static List<Call> upserts() {
        return SALESFORCE.calls().of(CallKind.UPSERT);
    }

    private int size(String kind) {
        JsonNode status = read(ory.send(ory.request("/api/status").header("Authorization", "Bearer " + OPERATOR_TOKEN).build()).body());
        return status.path("callSizes").path(kind).asInt();
    }
}
