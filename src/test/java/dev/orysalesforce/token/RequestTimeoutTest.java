package dev.orysalesforce.token;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.AppTest;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/** A request that has waited for too long is answered 503 with Retry-After. */
@Tag("any-ledger")
@DirtiesContext
@TestPropertySource(properties = {"test.context=out-of-time", "TOKEN_CLIENTS=billing:billing-client-secret",
    "spring.mvc.async.request-timeout=500ms"})
@Tag("nightly")
class RequestTimeoutTest extends AppTest {

    @Test
    void anAnswerThatDoesNotComeIsA503WithRetryAfter() {
        SALESFORCE.faults().start(Fault.hang(Duration.ofSeconds(5)).on(CallKind.LOGIN));
        HttpResponse<String> answer = new TokenClient(port).requestToken();
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("5");
        assertThat(read(answer.body()).path("error").asText()).isEqualTo("temporarily_unavailable");
        assertThat(read(answer.body()).path("error_description").asText()).contains("not there in time");
    }
}
