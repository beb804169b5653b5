package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.Fault;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code POST /api/preview} predicts the record that is sent, and sends nothing. */
@Tag("any-ledger")
@Tag("nightly")
class PreviewTest extends AppTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    private final String id = UUID.randomUUID().toString();

    @BeforeEach
    @AfterEach
    void theOrgIsAskedAgain() {
        askOrgAgain();
    }

    @Test
    void aNewRecordIsShownAsItIsThenSent() {
        ObjectNode body = body(0, "Lovelace");
        JsonNode preview = preview(body);
        assertThat(preview.path("problems")).isEmpty();
        assertThat(preview.path("mapping").asText()).startsWith("mappings/lead.jslt@");
        assertThat(preview.path("records")).hasSize(1);
        assertThat(SALESFORCE.writes().all()).isEmpty();
        assertThat(sql.queryForObject("select count(*) from identities", Integer.class)).isZero();

        ory.sends("registration", body);
        settle();
        assertSent(preview.path("records").path(0));
    }

    @Test
    void anExistingRecordIsShownBesideANewOne() {
        ory.sends("registration", body(0, "Lovelace"));
        settle();
        ObjectNode body = body(1, "King");
        JsonNode preview = preview(body);
        JsonNode there = preview.path("records").path(0);
        assertThat(there.path("id").asText()).isEqualTo(record(id).id());
        assertThat(there.path("LastName").asText()).isEqualTo("King");
        assertThat(there.has("Email")).as("not changed").isFalse();
        assertThat(preview.path("records").path(1).path("Email").asText()).isEqualTo("p-" + id + "@example.org");
        assertThat(record(id).text("LastName")).isEqualTo("Lovelace");

        ory.sends("settings", body);
        settle();
        assertSent(there);
        assertThat(preview(body).path("problems").path(0).path("message").asText()).contains("has the same values already");
    }

    @Test
    void predictedRejectionsAreReportedFieldByField() {
        SALESFORCE.org().schema("Lead").alter("LastName", rule -> rule.withLength(5));
        ObjectNode body = body(0, "Lovelace");
        ((ObjectNode) body.path("identity").path("traits")).put("email", "nobody at example");
        JsonNode problems = preview(body).path("problems");
        assertThat(problems).extracting(problem -> problem.path("severity").asText() + " " + problem.path("field").asText())
                .containsExactlyInAnyOrder("error LastName", "error Email");
        assertThat(problems.toString()).doesNotContain("Lovelace").doesNotContain("nobody at");
    }

    @Test
    void anUnverifiedAddressOfAnExistingRecordIsAWarning() {
        SALESFORCE.org().insert("Lead", Map.of("LastName", "There", "Company", "C", "Email", "p-" + id + "@example.org"));
        JsonNode problem = preview(body(0, "Lovelace")).path("problems").path(0);
        assertThat(problem.path("severity").asText()).isEqualTo("warning");
        assertThat(problem.path("message").asText()).startsWith("WAITS_FOR_VERIFICATION");
    }

    @Test
    void withoutSalesforceItIsShownAsANewRecord() {
        SALESFORCE.faults().start(Fault.unavailable());
        JsonNode preview = preview(body(0, "Lovelace"));
        assertThat(preview.path("records").path(0).path("LastName").asText()).isEqualTo("Lovelace");
        assertThat(preview.path("problems").path(0).path("message").asText()).startsWith("Salesforce could not be queried");
    }

    @Test
    void withoutSalesforceAContactIsShown() {
        SALESFORCE.faults().start(Fault.unavailable());
        ObjectNode body = body(0, "Lovelace");
        ((ObjectNode) body.path("identity")).put("schema_id", "employee");
        JsonNode preview = preview(body);
        assertThat(preview.path("records").path(0).path("attributes").path("type").asText()).isEqualTo("Contact");
        assertThat(preview.path("problems").path(0).path("message").asText()).startsWith("Salesforce could not be queried");
    }

    /** Whether a new Lead requires a company, only the org's description tells. */
    @Test
    void withoutTheOrgsDescriptionItSaysWhatItNeeds() {
        SALESFORCE.faults().start(Fault.unavailable());
        ObjectNode body = body(0, "Lovelace");
        ((ObjectNode) body.path("identity").path("traits")).remove("company");
        HttpResponse<String> answer = post(body.toString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(read(answer.body()).path("code").asText()).isEqualTo("SALESFORCE_UNAVAILABLE");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).doesNotContain("Lovelace");
    }

    @Test
    void aBodyThatIsNoEventIsABadRequest() {
        assertThat(post("{").statusCode()).isEqualTo(400);
        assertThat(post("{}").statusCode()).isEqualTo(400);
        assertThat(post("").statusCode()).isEqualTo(400);
        assertThat(read(post("{}").body()).path("detail").asText()).contains("no identity");
    }

    private void assertSent(JsonNode shown) {
        shown.properties().stream().filter(field -> !field.getKey().equals("attributes") && !field.getKey().equals("id")
                && !field.getKey().equals("Ory_Updated_At__c"))
                .forEach(field -> assertThat(record(id).text(field.getKey())).as(field.getKey())
                        .isEqualTo(field.getValue().asText()));
    }

    private ObjectNode body(int seconds, String lastName) {
        ObjectNode body = Ory.identity(id, START.plusSeconds(seconds), lastName);
        ((ObjectNode) body.path("identity").path("traits")).put("company", "Analytical Engines");
        return body;
    }

    private JsonNode preview(ObjectNode body) {
        HttpResponse<String> answer = post(body.toString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return read(answer.body());
    }

    private HttpResponse<String> post(String body) {
        return new Operator(port, OPERATOR_TOKEN).post("/api/preview", body);
    }
}
