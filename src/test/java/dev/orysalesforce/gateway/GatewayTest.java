package dev.orysalesforce.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.sandbox.Fault;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An Action that builds the Salesforce record itself, as in Ory's documentation, sends it to the app instead of Salesforce.
 */
@Tag("any-ledger")
class GatewayTest extends AppTest {

    private static final String LEAD = "/services/data/v62.0/sobjects/Lead";
    private static final String BY_ID = LEAD + "/Ory_Identity_Id__c/";
    private static final String ADA = "9f425a8d-7efc-4768-8f23-7647a74fdf13";

    private final String id = UUID.randomUUID().toString();

    @Test
    void theDocumentedRecordLandsOnceByPathAndByBody() {
        ObjectNode sample = (ObjectNode) read(Ory.webhook("salesforce-shaped-lead"));
        HttpResponse<String> byBody = send("POST", LEAD, sample);
        assertThat(byBody.statusCode()).isEqualTo(201);
        assertThat(read(byBody.body())).isEqualTo(read("{\"id\":null,\"success\":true,\"errors\":[],\"created\":true}"));
        assertThat(byBody.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");

        ObjectNode withoutId = sample.deepCopy();
        withoutId.remove("Ory_Identity_Id__c");
        assertThat(send("PATCH", BY_ID + ADA, withoutId).statusCode()).isBetween(200, 201);
        settle();

        assertThat(record(ADA).text("LastName")).isEqualTo("Lovelace");
        assertThat(record(ADA).text("LeadSource")).isEqualTo("Ory Registration");
        assertThat(record(ADA).text("Ory_Updated_At__c")).isNotNull();
        assertThat(SALESFORCE.org().records("Lead")).hasSize(1);
        int writes = SALESFORCE.writes().ofIdentity(ADA).size();

        HttpResponse<String> again = send("PATCH", BY_ID + ADA, withoutId);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(read(again.body()).path("created").asBoolean(true)).isFalse();
        assertThat(read(again.body()).path("id").asText()).isEqualTo(record(ADA).id());
        settle();
        assertThat(SALESFORCE.writes().ofIdentity(ADA)).as("nothing new").hasSize(writes);
        assertThat(explain(ADA).path("mapping").asText()).isEqualTo("gateway");
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    @Tag("nightly")
    void onlyChangedFieldsAreSentSoThatEntriesOfSalesStay() {
        send("POST", LEAD, lead().put("Company", "[Not Provided]"));
        settle();
        SALESFORCE.org().edit(record(id).id(), Map.of("Company", "Analytical Engines"));
        send("POST", LEAD, lead().put("Company", "[Not Provided]").put("LastName", "King"));
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("King");
        assertThat(record(id).text("Company")).isEqualTo("Analytical Engines");
    }

    /** As simple-salesforce creates records. */
    @Test
    void aSlashAtTheEndOfThePathIsPassedOver() {
        assertThat(send("POST", LEAD + "/", lead()).statusCode()).isEqualTo(201);
        settle();
        assertThat(record(id).object()).isEqualTo("Lead");
    }

    @Test
    void aMissingFieldStaysAndANullClearsIt() {
        send("POST", LEAD, lead().put("Phone", "+44 1").put("Title", "Countess"));
        settle();
        send("PATCH", BY_ID + id, fields().put("LastName", "King").putNull("Title"));
        settle();
        assertThat(record(id).text("Phone")).isEqualTo("+44 1");
        assertThat(record(id).text("Title")).isNull();
        assertThat(record(id).text("LastName")).isEqualTo("King");
    }

    @Test
    void fieldsOfAWebhookStayAndAWebhookClearsNoFieldOfTheGateway() {
        ObjectNode body = Ory.identity(id, Instant.now().minusSeconds(60), "Lovelace");
        ((ObjectNode) body.path("identity").path("traits")).put("phone", "+44 1");
        ory.sends("registration", body);
        settle();
        send("PATCH", BY_ID + id, fields().put("Title", "Countess"));
        settle();
        assertThat(record(id).text("Phone")).isEqualTo("+44 1");
        assertThat(record(id).text("Title")).isEqualTo("Countess");

        ory.sends("settings", Ory.identity(id, Instant.now(), "King"));
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("King");
        assertThat(record(id).text("Title")).as("no mapping has told it").isEqualTo("Countess");
        assertThat(record(id).text("Phone")).as("gone at Ory").isNull();
    }

    @Test
    void severalEventsOfAnIdentityInOneBatchDoNotSwallowEachOther() {
        var down = SALESFORCE.faults().start(Fault.unavailable());
        send("PATCH", BY_ID + id, fields().put("Title", "Countess").put("City", "London"));
        ObjectNode body = Ory.identity(id, Instant.now().minusSeconds(60), "Lovelace");
        ((ObjectNode) body.path("identity").path("traits")).put("phone", "+44 1");
        ory.sends("registration", body);
        send("PATCH", BY_ID + id, fields().put("FirstName", "Ada").put("City", "Ockham"));
        await().until(() -> pending() == 3);
        down.stop();
        settle();
        assertThat(record(id).text("Title")).isEqualTo("Countess");
        assertThat(record(id).text("City")).isEqualTo("Ockham");
        assertThat(record(id).text("Phone")).isEqualTo("+44 1");
        assertThat(record(id).text("LastName")).isEqualTo("Lovelace");
        assertThat(record(id).text("FirstName")).as("the newer of two").isEqualTo("Ada");
    }

    @Test
    void aFieldIsTheSameInAnySpelling() {
        send("POST", LEAD, lead().put("phone", "+44 1"));
        settle();
        SALESFORCE.org().edit(record(id).id(), Map.of("Phone", "+44 typed"));
        send("POST", LEAD, lead().put("PHONE", "+44 1"));
        settle();
        assertThat(record(id).text("Phone")).as("what sales typed").isEqualTo("+44 typed");

        var down = SALESFORCE.faults().start(Fault.unavailable());
        ObjectNode body = Ory.identity(id, Instant.now().minusSeconds(60), "Lovelace");
        ((ObjectNode) body.path("identity").path("traits")).put("phone", "+44 2");
        ory.sends("settings", body);
        send("POST", LEAD, lead().put("phone", "+44 3"));
        await().until(() -> pending() == 2);
        down.stop();
        settle();
        assertThat(record(id).text("Phone")).as("the newer of two").isEqualTo("+44 3");
        assertThat(send("POST", LEAD, lead().put("Phone", "+44 4").put("phone", "+44 5")).statusCode()).isEqualTo(400);
        assertThat(deadLetters()).hasSize(1);
    }

    @Test
    void aLateWebhookDoesNotOverwriteANewerRecord() {
        send("POST", LEAD, lead());
        settle();
        ory.sends("registration", Ory.identity(id, Instant.now().minusSeconds(60), "Older"));
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Lovelace");
    }

    @Test
    void theAddressInTheRecordCountsAsUnverified() {
        SALESFORCE.org().insert("Lead", Map.of("LastName", "There", "Company", "C", "Email", "p-" + id + "@example.org"));
        send("POST", LEAD, lead().put("email", "P-" + id + "@example.org")); // Salesforce ignores the case
        settle();
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        assertThat(explain(id).path("code").asText()).isEqualTo("WAITS_FOR_VERIFICATION");
    }

    @Test
    void aConvertedLeadGetsTheFieldsOfAContact() {
        send("POST", LEAD, lead().put("Company", "Engines").put("LeadSource", "Web"));
        settle();
        String contact = SALESFORCE.org().convertLead(record(id).id(), true);
        send("POST", LEAD, lead().put("Company", "Engines Ltd").put("LastName", "King"));
        settle();
        assertThat(SALESFORCE.org().record(contact).text("LastName")).isEqualTo("King");
        assertThat(deadLetters()).isEmpty();
        assertThat(health().path("status").asText()).isEqualTo("UP");
    }

    @Test
    void aReferenceIsSentAndOneToAMissingRecordIsLeftOut() {
        ObjectNode contact = fields().put("LastName", "Lovelace");
        contact.putObject("Account").put("Ory_Organization_Id__c", UUID.randomUUID().toString());
        String path = "/services/data/v62.0/sobjects/Contact/Ory_Identity_Id__c/" + id;
        assertThat(send("PATCH", path, contact).statusCode()).isEqualTo(201);
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Lovelace");
        assertThat(explain(id).path("code").asText()).isEqualTo("REFERENCE_LEFT_OUT");
    }

    @Test
    void aRecordThatSalesforceRejectsIsADeadLetterThatCanBeReplayed() {
        SALESFORCE.org().schema("Lead").alter("LastName", rule -> rule.withLength(5));
        send("POST", LEAD, lead());
        await().until(() -> deadLetters().size() == 1);
        assertThat(deadLetters().get(0).path("code").asText()).isEqualTo("STRING_TOO_LONG");
        assertThat(deadLetters().get(0).path("event").asText()).isEqualTo("gateway");
        assertThat(explain(id).path("deadLetters")).hasSize(1);

        SALESFORCE.org().schema("Lead").alter("LastName", rule -> rule.withLength(80));
        String replayed = new Operator(port, OPERATOR_TOKEN).post("/api/dead-letters/replay", "{\"all\":true}").body();
        assertThat(read(replayed).path("replayed").asInt()).isEqualTo(1);
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Lovelace");
    }

    @Test
    void aRecordCanBePreviewed() {
        HttpResponse<String> answer = new Operator(port, OPERATOR_TOKEN).post("/api/preview", lead().toString());
        JsonNode preview = read(answer.body());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(preview.path("records").path(0).path("LastName").asText()).isEqualTo("Lovelace");
        assertThat(preview.path("mapping").asText()).isEqualTo("gateway");
        assertThat(preview.path("problems")).isEmpty();
        assertThat(SALESFORCE.writes().all()).isEmpty();
        HttpResponse<String> refused = new Operator(port, OPERATOR_TOKEN)
                .post("/api/preview", lead().put("Ory_Identity_Id__c", "x").toString());
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(read(refused.body()).path("detail").asText()).contains("ctx.identity.id");
    }

    @Test
    void anErasedIdentityDoesNotComeBack() {
        send("POST", LEAD, lead());
        settle();
        String lead = record(id).id();
        assertThat(new Operator(port, OPERATOR_TOKEN).delete("/api/identities/" + id).statusCode()).isEqualTo(202);
        send("POST", LEAD, lead().put("LastName", "Again"));
        settle();
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        assertThat(SALESFORCE.org().record(lead).text("LastName")).isEqualTo("Lovelace");
        send("PATCH", LEAD + "/Other__c/" + id, fields());
        assertThat(deadLetters()).as("nor is anything kept").isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "POST  | Lead | {'LastName':'L'} | REQUIRED_FIELD_MISSING | NO_IDENTITY | Ory_Identity_Id__c: ctx.identity.id",
        "POST  | Lead | {'Ory_Identity_Id__c':'x'} | INVALID_FIELD | NO_IDENTITY | ctx.identity.id",
        "POST  | Lead | {'Ory_Identity_Id__c':'00000000-0000-0000-0000-000000000000'} | INVALID_FIELD | IDENTITY_NOT_STORED | parse",
        "PATCH | Lead/Email/a@example.org | {'LastName':'L'} | NOT_FOUND | NO_IDENTITY | Ory_Identity_Id__c",
        "PATCH | Lead/Ory_Identity_Id__c/x | {'LastName':'L'} | INVALID_FIELD | NO_IDENTITY | ctx.identity.id",
        "POST  | Account | {'Ory_Identity_Id__c':'$'} | NOT_FOUND | OBJECT_NOT_ALLOWED | sync.gateway.objects",
        "POST  | Lead | {'Ory_Identity_Id__c':'$','Id':'00Q000000000001AAA'} | INVALID_FIELD | INVALID_FIELD | Salesforce ID",
        "POST  | Lead | {'Ory_Identity_Id__c':'$','attributes':{'type':'Contact'}} | INVALID_TYPE | UNREADABLE_BODY | type",
        "POST  | Lead | {'Ory_Identity_Id__c':'$','Id FROM User':'x'} | INVALID_FIELD | UNREADABLE_BODY | name",
        "POST  | Lead | {'Ory_Identity_Id__c':'$','Email':'a','EMAIL':'b'} | INVALID_FIELD | UNREADABLE_BODY | twice",
        "POST  | Lead | {'a':  | JSON_PARSER_ERROR | UNREADABLE_BODY | JSON",
        "POST  | Lead | [] | JSON_PARSER_ERROR | UNREADABLE_BODY | JSON",
        "POST  | Lead | '' | JSON_PARSER_ERROR | UNREADABLE_BODY | empty",
    })
    void anInvalidRecordIsRejectedInSalesforcesShapeAndKept(String method, String path, String body, String errorCode,
            String code, String says) {
        double kept = quarantined();
        HttpResponse<String> answer = send(method, "/services/data/v62.0/sobjects/" + path,
                body == null ? "" : body.replace('\'', '"').replace("$", id));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(error(answer).path("errorCode").asText()).isEqualTo(errorCode);
        assertThat(error(answer).path("message").asText()).contains(says);
        assertThat(error(answer).path("fields").isArray()).isTrue();
        assertThat(deadLetters()).hasSize(1);
        assertThat(deadLetters().get(0).path("code").asText()).isEqualTo(code);
        assertThat(quarantined()).isEqualTo(kept + 1);
        String replayed = new Operator(port, OPERATOR_TOKEN).post("/api/dead-letters/replay", "{\"all\":true}").body();
        assertThat(read(replayed).path("replayed").asInt()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "X-Webhook-Secret, first-webhook-secret, 201", "X-Webhook-Secret, wrong, 401", "Authorization, ory:second-webhook-secret, 201",
        "Authorization, ory:wrong, 401", "X-Other, first-webhook-secret, 401",
    })
    void onlyCallersWithASecretHaveAccess(String header, String value, int status) {
        String sent = header.equals("Authorization")
                ? "Basic " + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)) : value;
        HttpResponse<String> answer = ory.send(ory.request(LEAD).header(header, sent)
                .POST(HttpRequest.BodyPublishers.ofString(lead().toString())).build());
        assertThat(answer.statusCode()).isEqualTo(status);
        if (status == 401) {
            assertThat(error(answer).path("errorCode").asText()).isEqualTo("INVALID_SESSION_ID");
        }
    }

    @Test
    void otherTypesMethodsPathsAndSizesAreRejectedInSalesforcesShape() {
        HttpRequest form = HttpRequest.newBuilder(java.net.URI.create("http://127.0.0.1:" + port + LEAD))
                .header("X-Webhook-Secret", SECRET).header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("a=b")).build();
        assertThat(ory.send(form).statusCode()).isEqualTo(415);
        assertThat(error(ory.send(form)).path("errorCode").asText()).isEqualTo("UNSUPPORTED_MEDIA_TYPE");
        for (String path : List.of("/services/data/v62.0/query", LEAD + "/a/b/c", "/services/data", "/services/Soap/u/62.0",
                "/services/data/x/sobjects/Lead", "/services/data/v62.0/composite/sobjects",
                "/services/data/v62.0/composite/sobjects/Lead/Ory_Identity_Id__c")) {
            for (String method : List.of("POST", "PATCH")) {
                HttpResponse<String> answer = send(method, path, "{\"records\":[]}");
                assertThat(answer.statusCode()).as(method + " " + path).isEqualTo(404);
                assertThat(error(answer).path("errorCode").asText()).isEqualTo("NOT_FOUND");
            }
        }
        for (String method : List.of("GET", "DELETE", "PUT")) {
            assertThat(send(method, LEAD, "{}").statusCode()).as(method).isEqualTo(404);
        }
        HttpResponse<String> large = send("POST", LEAD, lead().put("Description", "x".repeat(1024 * 1024)));
        assertThat(large.statusCode()).isEqualTo(413);
        assertThat(error(large).path("message").asText()).contains("sync.max-body-size");
        assertThat(deadLetters()).isEmpty();
    }

    /** CVE-2026-49099 and similar: names of Salesforce or Camel options, as header or query parameter. */
    @Test
    void aCallerCanNotRedirectTheSalesforceCall() {
        HttpResponse<String> answer = ory.send(ory.request(LEAD + "?sObjectName=Account&rawPath=/x&rawMethod=DELETE"
                + "&sforce-auto-assign=TRUE&object=Account&field=Email&value=x&apexUrl=/evil")
                .header("X-Webhook-Secret", SECRET).header("object", "Account").header("field", "Email")
                .header("sObjectName", "Account").header("rawPath", "/evil").header("rawMethod", "DELETE")
                .header("Sforce-Auto-Assign", "FALSE").header("x-sfdc-evil", "1").header("CamelHttpMethod", "PATCH")
                .header("CAmElJmsDestinationName", "elsewhere").header("JMSDestination", "elsewhere")
                .header("X-Evil", "evil-value")
                .POST(HttpRequest.BodyPublishers.ofString(lead().toString())).build());
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.headers().map().toString()).doesNotContain(SECRET, "evil-value");
        assertThat(answer.headers().map()).doesNotContainKeys("x-webhook-secret", "ory-webhook-trigger-id", "user-agent");
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Lovelace");
        SALESFORCE.calls().all().forEach(call -> {
            assertThat(call.path()).doesNotContain("evil").doesNotContain("Account");
            assertThat(call.method()).isNotEqualTo("DELETE");
            assertThat(call.header("x-sfdc-evil")).isNull();
        });
    }

    @Test
    void eventsOfOlderVersionsAreRead() {
        sendToJournal(session -> session.createTextMessage("{\"event\":\"settings\",\"receivedAt\":\"2026-01-01T00:00:00Z\",\"identity\":"
                + "{\"id\":\"" + id + "\",\"traits\":{\"name\":{\"last\":\"Lovelace\"}}}}"));
        sendToJournal(session -> session.createTextMessage("{\"event\":\"gateway\",\"receivedAt\":\"2026-01-01T00:00:00Z\",\"identity\":"
                + "{\"id\":\"" + UUID.randomUUID() + "\"},\"record\":{\"object\":\"Lead\",\"fields\":7}}"));
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Lovelace");
        assertThat(deadLetters()).extracting(letter -> letter.path("code").asText()).containsExactly("UNREADABLE_BODY");
    }

    @Test
    void afterAnOutageEverythingIsDelivered() {
        var down = SALESFORCE.faults().start(Fault.unavailable());
        assertThat(send("POST", LEAD, lead()).statusCode()).isEqualTo(201);
        await().until(() -> down.hits() > 1);
        JsonNode waiting = read(new Operator(port, OPERATOR_TOKEN).get("/api/identities/" + id).body());
        assertThat(waiting.path("pending").asBoolean()).isTrue();
        down.stop();
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Lovelace");
    }

    private double quarantined() {
        return read(new Operator(port, OPERATOR_TOKEN).get("/api/status").body()).path("quarantined").asDouble();
    }

    private JsonNode explain(String identity) {
        return read(new Operator(port, OPERATOR_TOKEN).get("/api/identities/" + identity).body());
    }

    @ParameterizedTest
    @CsvSource({"Ren\u00e9e, ISO-8859-1", "Renee, UTF-16", "\\ud83d, UTF-8"})
    void aBodyThatIsNotUtf8IsRejectedAndKept(String lastName, String charset) {
        byte[] body = lead().put("LastName", "@name@").toString().replace("@name@", lastName).getBytes(Charset.forName(charset));
        HttpResponse<String> answer = ory.send(ory.request(LEAD).header("X-Webhook-Secret", SECRET)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build());
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(error(answer).path("errorCode").asText()).isEqualTo("JSON_PARSER_ERROR");
        assertThat(error(answer).path("message").asText()).contains("UTF-8");
        assertThat(deadLetters()).extracting(letter -> letter.path("original").asText())
                .contains(new String(body, StandardCharsets.UTF_8));
        settle();
        assertThat(SALESFORCE.writes().all()).isEmpty();
    }

    @Test
    void aByteOrderMarkIsIgnored() {
        assertThat(send("POST", LEAD, "\ufeff" + lead()).statusCode()).isEqualTo(201);
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Lovelace");
    }

    private JsonNode error(HttpResponse<String> answer) {
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
        assertThat(read(answer.body()).isArray()).as(answer.body()).isTrue();
        return read(answer.body()).path(0);
    }

    private ObjectNode fields() {
        return json.createObjectNode();
    }

    private ObjectNode lead() {
        return fields().put("Ory_Identity_Id__c", id).put("LastName", "Lovelace").put("Company", "C");
    }

    private HttpResponse<String> send(String method, String path, JsonNode body) {
        return send(method, path, body.toString());
    }

    private HttpResponse<String> send(String method, String path, String body) {
        return ory.gives(method, path, body);
    }
}
