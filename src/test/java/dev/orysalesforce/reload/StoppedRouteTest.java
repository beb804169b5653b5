package dev.orysalesforce.reload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.Ory;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** An operator stops the webhooks' route, for instance in Hawtio. Ory retries only after a 503. */
@Tag("any-ledger")
@Tag("nightly")
class StoppedRouteTest extends ReloadAppTest {

    private static final String ROUTE = "receive.webhook";

    @Autowired
    private CamelContext camel;

    @AfterEach
    void startItAgain() throws Exception {
        camel.getRouteController().startRoute(ROUTE);
        camel.getRouteController().resumeRoute(ROUTE);
        assertThat(answer()).isEqualTo(204);
    }

    @Test
    void aStoppedRouteIsAnswered503() throws Exception {
        camel.getRouteController().stopRoute(ROUTE);
        assertStopped();
    }

    @Test
    void aSuspendedRouteIsAnswered503() throws Exception {
        camel.getRouteController().suspendRoute(ROUTE);
        assertStopped();
    }

    @Test
    void aReloadOfAnotherRouteDoesNotForgetIt() throws Exception {
        camel.getRouteController().stopRoute(ROUTE);
        ConfigWorkspace.replace(ConfigWorkspace.ROUTES.resolve("reject.camel.yaml"), "problem('UNKNOWN_EVENT')", "problem('.no-webhook')");
        awaitTaken(ConfigWorkspace.ROUTES.resolve("reject.camel.yaml"));
        assertStopped();
    }

    private void assertStopped() {
        HttpResponse<String> answer = ory.sends("registration",
                Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Person"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.body()).contains("ROUTE_STOPPED", "/webhooks/ory/{event}");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
    }
}
