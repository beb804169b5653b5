package dev.orysalesforce.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.sandbox.ory.OryCall;
import dev.orysalesforce.sandbox.ory.OryFault;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.test.context.TestPropertySource;

/** An operator lets the app ask Ory for one identity, instead of comparing all of them. */
@TestPropertySource(properties = "test.context=reconcile")
@Tag("nightly")
class SyncIdentityTest extends ReconcileTest {

    @Test
    void anIdentityWhoseEventWasLostArrives() {
        String id = ORY.project().add(person("Lost"));
        ORY.project().add(person("Other"));
        int asked = ORY.calls().size();
        JsonNode before = status().path("balance");

        HttpResponse<String> answer = sync(id.toUpperCase());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        settle();

        assertThat(record(id).text("LastName")).isEqualTo("Lost");
        assertThat(SALESFORCE.org().records("Lead")).hasSize(1);
        List<OryCall> calls = ORY.calls().subList(asked, ORY.calls().size());
        assertThat(calls).singleElement().satisfies(call -> assertThat(call.parameter("ids")).isEqualTo(id));
        assertThat(status().path("balance").path("reconciled").asLong()).isEqualTo(before.path("reconciled").asLong() + 1);
        assertThat(explain(id).path("outcome").asText()).isEqualTo("synced");
    }

    @Test
    void aChangeWithoutAnEventArrivesAndTheSameStateCostsNoWrite() {
        String id = ORY.project().add(person("Before"));
        sync(id);
        settle();
        ORY.project().change(id, person("After"));
        sync(id);
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("After");
        long written = SALESFORCE.writes().count();
        assertThat(sync(id).statusCode()).isEqualTo(202);
        settle();
        assertThat(SALESFORCE.writes().count()).isEqualTo(written);
    }

    @Test
    void aRejectedIdentityIsTriedAgain() {
        String id = ORY.project().add(Map.of("email", "no address", "name", Map.of("first", "Pat", "last", "Rejected")));
        sync(id);
        settle();
        assertThat(deadLetters()).hasSize(1);
        ORY.project().change(id, person("Corrected"));
        sync(id);
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Corrected");
    }

    @Test
    void whatOryDoesNotKnowIsNotFound() {
        String id = UUID.randomUUID().toString();
        assertProblem(sync(id), 404, "UNKNOWN_IDENTITY");
        assertProblem(sync("Kowalczykowa"), 400, "BAD_REQUEST");
        assertThat(SALESFORCE.org().records("Lead")).isEmpty();
    }

    static Stream<OryFault> noLists() {
        return Stream.of(OryFault.unauthorized(), OryFault.rateLimited(30), OryFault.serverError(), OryFault.html(),
                OryFault.truncated(), OryFault.redirect(), OryFault.reset());
    }

    @ParameterizedTest
    @MethodSource("noLists")
    void withoutOryTheCallerIsToldToTryAgain(OryFault fault) {
        String id = ORY.project().add(person("Kowalczykowa"));
        ORY.fail(fault);
        HttpResponse<String> answer = sync(id);
        assertProblem(answer, 503, "ORY_UNAVAILABLE");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(read(answer.body()).path("detail").asText()).contains("Ory's Admin API")
                .doesNotContain("Exception", KEY, "Kowalczykowa");
        ORY.recover();
        assertThat(sync(id).statusCode()).isEqualTo(202);
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Kowalczykowa");
    }

    @Test
    void anAdminApiThatIsNotThereIsToldLikewise() {
        ORY.unplug();
        assertProblem(sync(UUID.randomUUID().toString()), 503, "ORY_UNAVAILABLE");
        ORY.plugIn();
    }

    private HttpResponse<String> sync(String id) {
        return operator.post("/api/identities/" + id + "/sync", "");
    }

    private void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(read(answer.body()).path("code").asText()).isEqualTo(code);
    }
}
