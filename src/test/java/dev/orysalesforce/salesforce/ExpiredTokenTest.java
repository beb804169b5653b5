package dev.orysalesforce.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** A call whose token has expired is repeated once after a login; a failure of the login reaches the caller like any other. */
@Tag("any-ledger")
class ExpiredTokenTest extends AppTest {

    @Autowired
    private ProducerTemplate camel;

    @Autowired
    private Login login;

    @Autowired
    private SoqlLookup lookup;

    private int logins;

    @BeforeEach
    void aTokenThatHasExpired() {
        login.ensure();
        SALESFORCE.org().expireTokens();
        logins = SALESFORCE.calls().of(CallKind.LOGIN).size();
    }

    @Test
    void theCallIsRepeatedWithANewToken() {
        Exchange answered = describe();
        assertThat(answered.getException()).isNull();
        assertThat(read(answered.getMessage().getBody(String.class)).path("name").asText()).isEqualTo("Lead");
        assertThat(newLogins()).isEqualTo(1);
        assertThat(SALESFORCE.calls().of(CallKind.DESCRIBE)).hasSize(2);
    }

    @Test
    void theBodyOfTheCallIsSentAgain() {
        String query = lookup.compositeRequest(List.of(SoqlLookup.query("Lead", "query", "SELECT Id FROM Lead LIMIT 1")));
        Exchange answered = camel.request("direct:salesforce.look-up", exchange -> exchange.getMessage().setBody(query));
        assertThat(answered.getException()).isNull();
        assertThat(lookup.records(answered.getMessage().getBody(String.class))).isEmpty();
        assertThat(SALESFORCE.calls().of(CallKind.COMPOSITE)).hasSize(2);
    }

    @Test
    void aRefusedLoginIsTheFailureOfTheCallWhichIsNotRepeated() {
        SALESFORCE.faults().start(Fault.loginRefused());
        Exchange failed = describe();
        assertThat(failed.getException()).isInstanceOfSatisfying(PauseDeliveryException.class,
                pause -> assertThat(pause.code()).isEqualTo("LOGIN_REFUSED"));
        assertThat(failed.isRouteStop()).as("a stopped exchange would skip each doCatch").isFalse();
        assertThat(SALESFORCE.calls().of(CallKind.DESCRIBE)).hasSize(1);
    }

    @Test
    void theCallIsRepeatedOnceOnly() {
        SALESFORCE.faults().start(Fault.error(401, "INVALID_SESSION_ID", "Session expired or invalid"));
        assertThat(status(describe())).isEqualTo(401);
        assertThat(newLogins()).isEqualTo(1);
        assertThat(SALESFORCE.calls().of(CallKind.DESCRIBE)).hasSize(2);
    }

    @Test
    void anyOtherFailureNeedsNoLogin() {
        SALESFORCE.faults().start(Fault.unknownException());
        assertThat(status(describe())).isEqualTo(500);
        assertThat(newLogins()).isZero();
        assertThat(SALESFORCE.calls().of(CallKind.DESCRIBE)).hasSize(1);
    }

    @Test
    void aRefusedLoginPausesDelivery() {
        SALESFORCE.faults().start(Fault.loginRefused());
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, Instant.now(), "Waits"));
        await().until(() -> "LOGIN_REFUSED".equals(pause().path("code").asText()));
        assertThat(pause().path("reason").asText()).contains("client identifier invalid");
        assertThat(pending()).isEqualTo(1);
        SALESFORCE.faults().clear();
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Waits");
        assertThat(deadLetters()).isEmpty();
    }

    private Exchange describe() {
        return camel.request("direct:salesforce.describe", exchange -> exchange.getMessage().setHeader("object", "Lead"));
    }

    private int newLogins() {
        return SALESFORCE.calls().of(CallKind.LOGIN).size() - logins;
    }

    private static int status(Exchange failed) {
        return failed.getException(SalesforceException.class).getStatusCode();
    }

    private JsonNode pause() {
        return health().path("components").path("deliveryPause").path("details");
    }
}
