package dev.orysalesforce.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.ory.OryCall;
import dev.orysalesforce.sandbox.ory.OryFault;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.TestPropertySource;

/** An operator finds an identity by what a person would ask with: an address, or the ID of a record. */
@TestPropertySource(properties = "test.context=reconcile")
@ExtendWith(OutputCaptureExtension.class)
class SearchTest extends ReconcileTest {

    @Test
    void anIdentityIsFoundByItsIdAtOryAndInTheLedger() {
        String id = ORY.project().add(person("Kowalczykowa"));
        assertThat(only(id.toUpperCase()).path("known").asBoolean()).as("before its first event").isFalse();
        assertThat(only(id).path("atOry").asBoolean()).isTrue();
        ory.sends("registration", hook(id));
        settle();
        int calls = SALESFORCE.calls().all().size();
        JsonNode found = only(id);
        assertThat(found.path("identity").asText()).isEqualTo(id);
        assertThat(found.path("known").asBoolean()).isTrue();
        assertThat(found.path("outcome").asText()).isEqualTo("synced");
        assertThat(found.path("object").asText()).isEqualTo("Lead");
        assertThat(found.path("salesforceId").asText()).isEqualTo(record(id).id());
        assertThat(found.path("link").asText()).isEqualTo(SALESFORCE.url() + "/" + record(id).id());
        assertThat(SALESFORCE.calls().all()).as("Salesforce is not asked for what the ledger knows").hasSize(calls);
        ORY.project().delete(id);
        assertThat(only(id).path("atOry").asBoolean(true)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 18})
    void anIdentityIsFoundByTheIdOfItsRecord(int length) {
        String id = ORY.project().add(person("Kowalczykowa"));
        ory.sends("registration", hook(id));
        settle();
        int asked = ORY.calls().size();
        long used = status().path("budget").path("own").asLong();
        JsonNode found = only(record(id).id().substring(0, length));
        assertThat(found.path("identity").asText()).isEqualTo(id);
        assertThat(found.path("salesforceId").asText()).isEqualTo(record(id).id());
        assertThat(found.path("atOry").isNull()).as("Ory knows no Salesforce IDs").isTrue();
        assertThat(ORY.calls()).hasSize(asked);
        assertThat(status().path("budget").path("own").asLong()).isEqualTo(used + 1);
    }

    @Test
    void identitiesAndRecordsAreFoundByAnAddress() {
        String address = "pat.o'kowalczykowa+news@example.org";
        String synced = ORY.project().add(Map.of("email", address, "name", Map.of("last", "Kowalczykowa")));
        ory.sends("registration", hook(synced));
        settle();
        String free = SALESFORCE.org().insert("Contact", Map.of("LastName", "Kowalczykowa", "Email", address));
        String lost = ORY.project().add(Map.of("email", address.toUpperCase(), "name", Map.of("last", "Kowalczykowa")));

        HttpResponse<String> answer = search(address);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode result = read(answer.body());
        assertThat(result.path("notAsked")).isEmpty();
        assertThat(result.path("items").findValuesAsText("identity")).containsExactlyInAnyOrder(synced, lost, "null");
        assertThat(result).as("nothing else is in the answer").hasSize(2);
        JsonNode last = result.path("items").get(2);
        assertThat(last.path("identity").isNull()).as("a record that belongs to no identity").isTrue();
        assertThat(last.path("salesforceId").asText()).isEqualTo(free);
        assertThat(answer.body()).doesNotContainIgnoringCase("kowalczykowa").doesNotContain("example.org");
        OryCall call = ORY.calls().get(ORY.calls().size() - 1);
        assertThat(call.parameter("credentials_identifier")).isEqualTo(address);
        assertThat(read(operator.get("/api/audit").body()).toString()).doesNotContain("example.org");
        assertThat(read(search("no-such.person@example.org").body()).path("items")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Kowalczykowa", "kowalczykowa@", "001000000000001", "a b@example.org", "a@example.org OR Id != null",
        "00Q5e0000000001AAA", "00Q5e0000000001EAa",
        "9f425a8d-7efc-4768-8f23"})
    void whatIsNoneOfTheseIsToldWithoutQuotingIt(String text) {
        HttpResponse<String> answer = search(text);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(read(answer.body()).path("code").asText()).isEqualTo("BAD_REQUEST");
        assertThat(answer.body()).doesNotContainIgnoringCase("kowalczykowa");
        assertThat(ORY.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no JSON: kowalczykowa@example.org", "{}", "{\"q\": 7}", "[]", "{\"q\": \"kowalczykowa@example.org\""})
    void aBodyThatIsNoSearchIsToldLikewise(String body) {
        HttpResponse<String> answer = operator.post("/api/identities/search", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).doesNotContainIgnoringCase("kowalczykowa");
    }

    @Test
    void aSourceThatDoesNotAnswerIsNamedAndTheOtherIsAsked(CapturedOutput log) {
        String address = "kowalczykowa@example.org";
        String id = ORY.project().add(Map.of("email", address, "name", Map.of("last", "Kowalczykowa")));
        ory.sends("registration", hook(id));
        settle();
        for (Fault fault : List.of(Fault.unavailable(), Fault.loginRefused(), Fault.reset(), Fault.garbage(),
                Fault.error(400, "INVALID_FIELD", "No such column for " + address))) {
            SALESFORCE.org().expireTokens();
            SALESFORCE.faults().start(fault);
            JsonNode result = read(search(address).body());
            assertThat(result.path("items").findValuesAsText("identity")).as("%s: %s", fault, result).containsExactly(id);
            assertThat(result.path("notAsked").findValuesAsText("source")).containsExactly("salesforce");
            assertThat(result.path("notAsked").get(0).path("reason").asText()).isNotEmpty();
            assertThat(result.toString()).doesNotContainIgnoringCase("kowalczykowa");
            SALESFORCE.faults().clear();
        }
        for (OryFault fault : List.of(OryFault.unauthorized(), OryFault.rateLimited(30), OryFault.html(), OryFault.reset())) {
            ORY.fail(fault);
            JsonNode result = read(search(address).body());
            assertThat(result.path("items").findValuesAsText("identity")).as("%s: %s", fault, result).containsExactly(id);
            assertThat(result.path("notAsked").findValuesAsText("source")).containsExactly("ory");
            assertThat(result.toString()).contains("Ory").doesNotContainIgnoringCase("kowalczykowa");
            ORY.recover();
        }
        SALESFORCE.faults().start(Fault.unavailable());
        ORY.unplug();
        HttpResponse<String> nothing = search(address);
        assertThat(nothing.statusCode()).as(nothing.body()).isEqualTo(503);
        assertThat(read(nothing.body()).path("code").asText()).isEqualTo("SEARCH_UNAVAILABLE");
        assertThat(nothing.body()).contains("Ory's Admin API", "Salesforce").doesNotContainIgnoringCase("kowalczykowa");
        assertThat(read(search(id).body()).path("items").findValuesAsText("outcome")).as("the ledger knows it").containsExactly("synced");
        ORY.plugIn();
        assertThat(log.getAll()).doesNotContainIgnoringCase("kowalczykowa");
    }

    @Test
    void onlyTheOperatorMaySearch() {
        assertThat(new Operator(port, "wrong-operator-token")
                .post("/api/identities/search", "{\"q\": \"" + UUID.randomUUID() + "\"}").statusCode()).isEqualTo(401);
    }

    private JsonNode only(String text) {
        HttpResponse<String> answer = search(text);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(read(answer.body()).path("items")).as(answer.body()).hasSize(1);
        return read(answer.body()).path("items").get(0);
    }

    private HttpResponse<String> search(String text) {
        return operator.post("/api/identities/search", JsonNodeFactory.instance.objectNode().put("q", text).toString());
    }
}
