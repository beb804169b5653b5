package dev.orysalesforce.sandbox;

import static dev.orysalesforce.sandbox.SandboxClient.DATA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.sandbox.FieldRule.Trait;
import dev.orysalesforce.sandbox.SandboxClient.Reply;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SalesforceSandboxTest {
    private static SalesforceSandbox sandbox;
    private static SandboxClient client;

    @BeforeAll
    static void start() throws Exception {
        sandbox = SalesforceSandbox.start();
        client = new SandboxClient(sandbox.url());
    }

    @AfterAll
    static void stop() {
        sandbox.close();
    }

    @BeforeEach
    void newOrg() throws Exception {
        sandbox.reset();
        client.login(sandbox.clientId(), sandbox.clientSecret());
    }

    private static String lead(String identity, String more) {
        return "{'Ory_Identity_Id__c':'" + identity + "','LastName':'Doe','Company':'ACME'" + more + "}";
    }

    // ---- sessions ----

    @Test
    void loginAnswersAsSalesforceDoes() throws Exception {
        Reply reply = client.login("sandbox-client", "sandbox-secret");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().path("instance_url").asText()).isEqualTo(sandbox.url());
        assertThat(reply.json().path("id").asText()).matches("http.*/id/00D\\w{15}/005\\w{15}");
        assertThat(reply.json().has("expires_in")).isFalse();
        String first = client.token();
        assertThat(client.login("sandbox-client", "sandbox-secret").json().path("access_token").asText())
                .isNotEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource({"wrong,sandbox-secret,invalid_client_id,client identifier invalid",
        "sandbox-client,wrong,invalid_client,invalid client credentials"})
    void loginIsRefusedWith400(String id, String secret, String error, String description) throws Exception {
        Reply reply = client.login(id, secret);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().size()).isEqualTo(2);
        assertThat(reply.json().path("error").asText()).isEqualTo(error);
        assertThat(reply.json().path("error_description").asText()).isEqualTo(description);
    }

    @Test
    void deadTokensAreRefused() throws Exception {
        sandbox.org().expireTokens();
        Reply expired = client.query("SELECT Id FROM Lead");
        assertThat(expired.status()).isEqualTo(401);
        assertThat(expired.code()).isEqualTo("INVALID_SESSION_ID");
        assertThat(expired.http().headers().firstValue("WWW-Authenticate")).hasValue("Token");

        client.login("sandbox-client", "sandbox-secret");
        assertThat(client.get("/services/oauth2/revoke?token=" + client.token()).status()).isEqualTo(200);
        assertThat(client.query("SELECT Id FROM Lead").status()).isEqualTo(401);

        sandbox.org().tokenLifetime(Duration.ofMillis(100));
        client.login("sandbox-client", "sandbox-secret");
        assertThat(client.query("SELECT Id FROM Lead").status()).isEqualTo(200);
        Thread.sleep(120);
        assertThat(client.query("SELECT Id FROM Lead").status()).isEqualTo(401);
    }

    @Test
    void introspectTellsTheExpiry() throws Exception {
        sandbox.org().tokenLifetime(Duration.ofMinutes(10));
        client.login("sandbox-client", "sandbox-secret");
        Reply reply = client.send("POST", "/services/oauth2/introspect",
                "token=" + client.token() + "&client_id=sandbox-client&client_secret=sandbox-secret");
        assertThat(reply.json().path("active").asBoolean()).isTrue();
        assertThat(reply.json().path("exp").asLong())
                .isBetween(Instant.now().getEpochSecond() + 590, Instant.now().getEpochSecond() + 601);
    }

    // ---- collections ----

    @Test
    void upsertCreatesThenUpdates() throws Exception {
        Reply created = client.upsert("Lead", lead("a", ",'Email':' Jane@Example.com ','FirstName':''"),
                lead("b", ""));
        assertThat(created.status()).isEqualTo(200);
        assertThat(created.json().path(0).path("created").asBoolean()).isTrue();
        assertThat(created.json().path(0).path("id").asText()).matches("00Q\\w{15}");

        Reply updated = client.upsert("Lead", lead("b", ",'City':'Bonn'"), lead("a", ""));
        assertThat(updated.json().path(0).path("created").asBoolean(true)).isFalse();
        assertThat(updated.json().path(0).path("id")).isEqualTo(created.json().path(1).path("id"));
        assertThat(sandbox.org().records("Lead")).hasSize(2);

        SandboxRecord jane = sandbox.org().byIdentity("a").get(0);
        assertThat(jane.text("Email")).isEqualTo("Jane@Example.com");
        assertThat(jane.get("FirstName")).isNull();
        assertThat(jane.text("Status")).isEqualTo("Open - Not Contacted");
        assertThat(jane.text("Name")).isEqualTo("Doe");
        assertThat(sandbox.writes().ofIdentity("b")).extracting(Write::operation)
                .containsExactly(Write.Operation.CREATE, Write.Operation.UPDATE);
    }

    @Test
    void usageIsCountedAndLimited() throws Exception {
        sandbox.org().usage().limit(12);
        sandbox.org().usage().addByOthers(10);
        assertThat(client.upsert("Lead", lead("a", "")).http().headers().firstValue("Sforce-Limit-Info"))
                .hasValue("api-usage=11/12");
        client.query("SELECT Id FROM Lead");
        Reply refused = client.query("SELECT Id FROM Lead");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("REQUEST_LIMIT_EXCEEDED");
    }

    @Test
    void rowsFailAlone() throws Exception {
        sandbox.org().schema("Lead").alter("LeadSource", field -> field.with(Trait.RESTRICTED));
        sandbox.org().activate(new ValidationRule("Lead", row -> "X".equals(row.get("City")), "No X here", "City"));
        sandbox.org().schema("Lead").alter("Phone", FieldRule::readOnly);
        Reply reply = client.upsert("Lead",
                lead("ok", ""),
                "{'Ory_Identity_Id__c':'1','LastName':'Doe'}",
                lead("2", ",'FirstName':'" + "x".repeat(41) + "'"),
                lead("3", ",'Email':'foo@'"),
                lead("4", ",'LeadSource':'nowhere'"),
                lead("5", ",'City':'X'"),
                lead("6", ",'Phone':'1'"),
                lead("twice", ""), lead("twice", ""),
                "{'LastName':'Doe','Company':'ACME'}",
                lead("7", ",'HasOptedOutOfEmail':null"),
                lead("8", ",'Name':'J'"),
                lead("9", ",'Ory_Updated_At__c':'0001-01-01T00:00:00Z'"));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(IntStream.range(0, reply.json().size()).mapToObj(reply::rowCode)).containsExactly("",
                "REQUIRED_FIELD_MISSING", "STRING_TOO_LONG", "INVALID_EMAIL_ADDRESS",
                "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "FIELD_CUSTOM_VALIDATION_EXCEPTION",
                "INVALID_FIELD_FOR_INSERT_UPDATE", "DUPLICATE_VALUE", "DUPLICATE_VALUE", "MISSING_ARGUMENT",
                "INVALID_TYPE_ON_FIELD_IN_RECORD", "INVALID_FIELD_FOR_INSERT_UPDATE", "NUMBER_OUTSIDE_VALID_RANGE");
        assertThat(reply.rowMessage(1)).isEqualTo("Required fields are missing: [Company]");
        assertThat(reply.rowMessage(2)).startsWith("First Name: data value too large: xxx").endsWith("(max length=40)");
        assertThat(reply.rowMessage(3)).isEqualTo("Email: invalid email address: foo@");
        assertThat(reply.rowMessage(7)).isEqualTo("Duplicate external id specified: twice");
        assertThat(reply.json().path(1).has("id")).isFalse();
        assertThat(reply.json().path(1).has("created")).isFalse();
        assertThat(sandbox.org().records("Lead")).hasSize(1);
        assertThat(sandbox.calls().violations()).extracting(Violation::kind)
                .containsExactly(Violation.Kind.TWICE_IN_ONE_CALL);
    }

    @Test
    void requiredFieldsCannotBeEmptied() throws Exception {
        client.upsert("Lead", lead("a", ""));
        assertThat(client.upsert("Lead", "{'Ory_Identity_Id__c':'a','Company':null}").rowCode(0))
                .isEqualTo("REQUIRED_FIELD_MISSING");
        assertThat(client.upsert("Lead", "{'Ory_Identity_Id__c':'a','LastName':'  '}").rowCode(0))
                .isEqualTo("REQUIRED_FIELD_MISSING");
    }

    @Test
    void unreadableCallsFailWhole() throws Exception {
        assertThat(client.upsert("Lead", lead("a", ""), lead("b", ",'X__c':1")).json().path(0).path("message")
                .asText()).isEqualTo("No such column 'X__c' on sobject of type Lead");
        assertThat(client.upsert("Lead", lead("a", ""), lead("b", ",'City':5")).code()).isEqualTo("JSON_PARSER_ERROR");
        assertThat(client.upsert("Lead", lead("b", ",'HasOptedOutOfEmail':'yes'")).status()).isEqualTo(400);
        sandbox.org().schema("Lead").hide("City");
        assertThat(client.upsert("Lead", lead("b", ",'City':'Bonn'")).code()).isEqualTo("INVALID_FIELD");
        sandbox.org().schema("Lead").hide("Ory_Identity_Id__c");
        Reply unknown = client.upsert("Lead", "{'LastName':'Doe'}");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.code()).isEqualTo("NOT_FOUND");
        sandbox.org().schema("Lead").show("Ory_Identity_Id__c");
        String[] many = IntStream.range(0, 201).mapToObj(i -> lead("id" + i, "")).toArray(String[]::new);
        Reply tooMany = client.upsert("Lead", many);
        assertThat(tooMany.status()).isEqualTo(400);
        assertThat(tooMany.code()).isEqualTo("EXCEEDED_ID_LIMIT");
        assertThat(sandbox.org().records("Lead")).isEmpty();
        assertThat(sandbox.writes().all()).isEmpty();
    }

    @Test
    void allOrNoneTakesEverythingBack() throws Exception {
        Reply reply = client.upsertWith("Lead", true, new String[0], lead("a", ""), lead("b", ",'Email':'x'"));
        assertThat(reply.rowCode(0)).isEqualTo("ALL_OR_NONE_OPERATION_ROLLED_BACK");
        assertThat(reply.rowCode(1)).isEqualTo("INVALID_EMAIL_ADDRESS");
        assertThat(sandbox.org().records("Lead")).isEmpty();
        assertThat(sandbox.writes().all()).isEmpty();
    }

    @Test
    void updateByIdTakesSeveralTypes() throws Exception {
        String lead = sandbox.org().insert("Lead", Map.of("LastName", "A", "Company", "B"));
        String contact = sandbox.org().insert("Contact", Map.of("LastName", "A"));
        String gone = sandbox.org().insert("Contact", Map.of("LastName", "C"));
        sandbox.org().delete(gone);
        Reply reply = client.send("PATCH", DATA + "/composite/sobjects", ("{'records':["
                + "{'attributes':{'type':'Lead'},'id':'" + lead + "','City':'Bonn'},"
                + "{'attributes':{'type':'Contact'},'Id':'" + contact.substring(0, 15) + "','Title':'Dr'},"
                + "{'attributes':{'type':'Contact'},'Id':'" + gone + "','Title':'Dr'},"
                + "{'attributes':{'type':'Contact'},'Id':'" + lead + "','Title':'Dr'},"
                + "{'attributes':{'type':'Contact'},'Id':'0035e00000zzzzz','Title':'Dr'}]}").replace('\'', '"'));
        assertThat(reply.rowCode(0)).isEmpty();
        assertThat(reply.json().path(0).has("created")).isFalse();
        assertThat(reply.rowCode(1)).isEmpty();
        assertThat(reply.rowCode(2)).isEqualTo("ENTITY_IS_DELETED");
        assertThat(reply.rowCode(3)).isEqualTo("MALFORMED_ID");
        assertThat(reply.rowCode(4)).isEqualTo("INVALID_CROSS_REFERENCE_KEY");
        assertThat(sandbox.org().record(contact).text("Title")).isEqualTo("Dr");
    }

    @Test
    void tooManyChangesOfTypeAreRefused() throws Exception {
        StringBuilder body = new StringBuilder("{'records':[");
        for (int i = 0; i < 11; i++) {
            body.append(i > 0 ? "," : "").append("{'attributes':{'type':'").append(i % 2 == 0 ? "Lead" : "Contact")
                    .append("'},'id':'x'}");
        }
        Reply reply = client.send("PATCH", DATA + "/composite/sobjects", body.append("]}").toString()
                .replace('\'', '"'));
        assertThat(reply.status()).isEqualTo(400);
    }

    @Test
    void fieldsThatAreNotUniqueMatchSeveralAndFieldsThatAreRefuse() throws Exception {
        sandbox.org().schema("Lead").alter("Ory_Identity_Id__c", field -> field.without(Trait.UNIQUE))
                .put(FieldRule.externalId("Badge__c", 10));
        sandbox.org().insert("Lead", Map.of("LastName", "A", "Ory_Identity_Id__c", "a", "Badge__c", "7"));
        sandbox.org().insert("Lead", Map.of("LastName", "B", "Ory_Identity_Id__c", "a"));
        Reply reply = client.upsert("Lead", lead("a", ""), lead("b", ",'Badge__c':'7'"));
        assertThat(reply.rowCode(0)).isEqualTo("DUPLICATE_EXTERNAL_ID");
        assertThat(reply.rowMessage(1)).startsWith("duplicate value found: Badge__c duplicates value on record");
    }

    @Test
    void emptyingTheExternalIdFreesIt() throws Exception {
        client.upsert("Lead", lead("a", ""));
        String id = sandbox.org().byIdentity("a").get(0).id();
        client.send("PATCH", DATA + "/composite/sobjects", ("{'records':[{'attributes':{'type':'Lead'},'id':'" + id
                + "','Ory_Identity_Id__c':null}]}").replace('\'', '"'));
        assertThat(sandbox.org().byIdentity("a")).isEmpty();
        assertThat(sandbox.writes().ofIdentity("a")).hasSize(2);
        assertThat(client.upsert("Lead", lead("a", "")).json().at("/0/created").asBoolean()).isTrue();
    }

    @Test
    void twoCallsAtOnceForANewIdentityCollide() throws Exception {
        sandbox.faults().start(Fault.latency(Duration.ofSeconds(2)));
        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            CompletableFuture<Reply> first = CompletableFuture.supplyAsync(() -> quietly("race"), two);
            CompletableFuture<Reply> second = CompletableFuture.supplyAsync(() -> quietly("race"), two);
            List<String> codes = List.of(first.get().rowCode(0), second.get().rowCode(0));
            assertThat(codes).containsExactlyInAnyOrder("", "DUPLICATE_VALUE");
            assertThat(first.get().rowMessage(0) + second.get().rowMessage(0))
                    .startsWith("duplicate value found: Ory_Identity_Id__c duplicates value on record with id: 00Q");
        } finally {
            two.shutdown();
        }
        assertThat(sandbox.calls().violations()).extracting(Violation::kind)
                .containsExactly(Violation.Kind.IN_TWO_CALLS_AT_ONCE);
        assertThat(sandbox.calls().mostAtOnce(CallKind.UPSERT)).isEqualTo(2);
    }

    private static Reply quietly(String identity) {
        try {
            return client.upsert("Lead", lead(identity, ""));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void contactsFindTheirAccountByExternalId() throws Exception {
        String account = sandbox.org().insert("Account", Map.of("Name", "ACME", "Ory_Organization_Id__c", "org-1"));
        Reply reply = client.upsert("Contact",
                "{'Ory_Identity_Id__c':'a','LastName':'Doe','Account':{'Ory_Organization_Id__c':'org-1'}}",
                "{'Ory_Identity_Id__c':'b','LastName':'Doe','Account':{'Ory_Organization_Id__c':'x'}}");
        assertThat(reply.rowMessage(1))
                .isEqualTo("Foreign key external ID: x not found for field Ory_Organization_Id__c in entity Account");
        assertThat(sandbox.org().byIdentity("a").get(0).text("AccountId")).isEqualTo(account);
        assertThat(client.query("SELECT Account.Name FROM Contact").json().at("/records/0/Account/Name").asText())
                .isEqualTo("ACME");
    }

    @Test
    void datesAreKeptToTheSecond() throws Exception {
        client.upsert("Lead", lead("a", ",'Ory_Updated_At__c':'2026-01-02T04:04:05.678901+01:00'"));
        assertThat(client.query("SELECT Ory_Updated_At__c FROM Lead").json().at("/records/0/Ory_Updated_At__c")
                .asText()).isEqualTo("2026-01-02T03:04:05.000+0000");
        assertThat(sandbox.writes().all().get(0).version()).isEqualTo(Instant.parse("2026-01-02T03:04:05.678901Z"));
        client.upsert("Lead", lead("a", ",'Ory_Updated_At__c':'2026-01-02T03:04:05.5Z'"));
        assertThat(sandbox.writes().outOfOrder()).hasSize(1);
    }

    // ---- duplicate and assignment rules ----

    @Test
    void duplicateRulesRefuse() throws Exception {
        sandbox.org().activate(DuplicateRule.leadAlert());
        String contact = sandbox.org().insert("Contact", Map.of("LastName", "Doe", "Email", "jane@example.com"));
        String row = lead("a", ",'Email':'Jane@example.com'");
        Reply refused = client.upsert("Lead", row);
        assertThat(refused.rowCode(0)).isEqualTo("DUPLICATES_DETECTED");
        assertThat(refused.text()).doesNotContain(contact);

        Reply single = client.send("PATCH", DATA + "/sobjects/Lead/Ory_Identity_Id__c/a",
                "{\"LastName\":\"Doe\",\"Company\":\"A\",\"Email\":\"jane@example.com\"}");
        assertThat(single.status()).isEqualTo(400);
        assertThat(single.json().at("/0/duplicateResut/matchResults/0/matchRecords/0/record/Id").asText())
                .isEqualTo(contact);

        assertThat(client.upsertWith("Lead", false,
                new String[] {"Sforce-Duplicate-Rule-Header", "allowSave=true"}, row).rowCode(0)).isEmpty();
        sandbox.org().deactivateRules();
        sandbox.org().activate(DuplicateRule.leadAlert().block());
        assertThat(client.upsertWith("Lead", false, new String[] {"Sforce-Duplicate-Rule-Header", "allowSave=true"},
                lead("b", ",'Email':'jane@example.com'")).rowCode(0)).isEqualTo("DUPLICATES_DETECTED");
    }

    @Test
    void assignmentRulesRunUnlessForbidden() throws Exception {
        sandbox.org().activateAssignmentRule("Lead", "0055e0000000009AAA");
        String[] no = {"Sforce-Auto-Assign", "FALSE"};
        client.upsertWith("Lead", false, no, lead("a", ""));
        assertThat(sandbox.org().byIdentity("a").get(0).text("OwnerId")).isEqualTo(sandbox.org().userId());
        client.upsert("Lead", lead("a", ",'City':'Bonn'"));
        assertThat(sandbox.org().byIdentity("a").get(0).text("OwnerId")).isEqualTo("0055e0000000009AAA");
        assertThat(sandbox.calls().of(CallKind.UPSERT)).extracting(call -> call.header("Sforce-Auto-Assign"))
                .containsExactly("FALSE", null);
    }

    @Test
    void ownersOfACallAreOverruledUnlessItForbidsAssignment() throws Exception {
        sandbox.org().defaultLeadOwner("0055e0000000009AAA");
        client.upsert("Lead", lead("a", ",'OwnerId':'0055e0000000007AAA'"));
        assertThat(sandbox.org().byIdentity("a").get(0).text("OwnerId")).isEqualTo("0055e0000000009AAA");
        client.upsertWith("Lead", false, new String[] {"Sforce-Auto-Assign", "FALSE"},
                lead("b", ",'OwnerId':'0055e0000000007AAA'"));
        assertThat(sandbox.org().byIdentity("b").get(0).text("OwnerId")).isEqualTo("0055e0000000007AAA");
    }

    // ---- what sales does ----

    @Test
    void aPurgedRecordIsUnknown() throws Exception {
        client.upsert("Lead", lead("a", ""));
        String lead = sandbox.org().byIdentity("a").get(0).id();
        String contact = sandbox.org().convertLead(lead, true);
        sandbox.org().purge(contact);
        Reply reply = client.send("PATCH", DATA + "/composite/sobjects", ("{'records':[{'attributes':{'type':'Contact'},'id':'"
                + contact + "','Title':'Dr'}]}").replace('\'', '"'));
        assertThat(reply.rowCode(0)).isEqualTo("INVALID_CROSS_REFERENCE_KEY");
        assertThat(reply.json().at("/0/errors/0/message").asText()).isEqualTo("invalid cross reference id");
        assertThat(client.get(DATA + "/queryAll?q=SELECT+Id+FROM+Contact").json().path("totalSize").asInt()).isZero();
        assertThat(sandbox.org().record(lead).text("ConvertedContactId")).isNull();
    }

    @Test
    void aHiddenRecordIsFoundByItsUniqueExternalIdOnly() throws Exception {
        client.upsert("Lead", lead("a", ""));
        String lead = sandbox.org().byIdentity("a").get(0).id();
        sandbox.org().hide(lead);
        Reply reply = client.send("PATCH", DATA + "/composite/sobjects", ("{'records':[{'attributes':{'type':'Lead'},'id':'"
                + lead + "','City':'Bonn'}]}").replace('\'', '"'));
        assertThat(reply.rowCode(0)).isEqualTo("INVALID_CROSS_REFERENCE_KEY");
        assertThat(client.get(DATA + "/queryAll?q=SELECT+Id+FROM+Lead").json().path("totalSize").asInt()).isZero();
        assertThat(client.get(DATA + "/sobjects/Lead/" + lead).status()).isEqualTo(404);
        assertThat(client.upsert("Lead", lead("a", "")).rowCode(0)).isEqualTo("INSUFFICIENT_ACCESS_OR_READONLY");
    }

    @Test
    void convertedLeadsCanBeUpdatedWithThePermission() throws Exception {
        client.upsert("Lead", lead("a", ""));
        String lead = sandbox.org().byIdentity("a").get(0).id();
        sandbox.org().convertLead(lead, true);
        sandbox.org().letEditConverted(true);
        assertThat(client.upsert("Lead", lead("a", ",'City':'Bonn'")).rowCode(0)).isEmpty();
        assertThat(sandbox.org().record(lead).text("City")).isEqualTo("Bonn");
    }

    @Test
    void convertedLeadsCannotBeUpdated() throws Exception {
        client.upsert("Lead", lead("a", ""), lead("b", ""));
        String leadA = sandbox.org().byIdentity("a").get(0).id();
        String contactA = sandbox.org().convertLead(leadA, true);
        sandbox.org().convertLead(sandbox.org().byIdentity("b").get(0).id(), false);
        assertThat(client.upsert("Lead", lead("a", "")).rowCode(0)).isEqualTo("CANNOT_UPDATE_CONVERTED_LEAD");
        assertThat(sandbox.org().find("Contact", "Ory_Identity_Id__c", "a")).hasSize(1);
        assertThat(sandbox.org().find("Contact", "Ory_Identity_Id__c", "b")).isEmpty();
        Reply reply = client.query("SELECT Id,IsConverted,ConvertedContactId FROM Lead WHERE "
                + "Ory_Identity_Id__c IN ('a','x')");
        assertThat(reply.json().at("/records/0/ConvertedContactId").asText()).isEqualTo(contactA);
    }

    @Test
    void mergedAndDeletedRecords() throws Exception {
        client.upsert("Contact", "{'Ory_Identity_Id__c':'win','LastName':'A'}",
                "{'Ory_Identity_Id__c':'lose','LastName':'B'}");
        String winner = sandbox.org().byIdentity("win").get(0).id();
        String loser = sandbox.org().byIdentity("lose").get(0).id();
        sandbox.org().merge(winner, loser);

        assertThat(client.send("PATCH", DATA + "/sobjects/Contact/" + loser, "{\"Title\":\"x\"}").code())
                .isEqualTo("ENTITY_IS_DELETED");
        assertThat(client.query("SELECT Id FROM Contact").json().path("totalSize").asInt()).isEqualTo(1);
        Reply all = client.get(DATA + "/queryAll?q=SELECT+MasterRecordId,IsDeleted+FROM+Contact+WHERE+Id='"
                + loser + "'");
        assertThat(all.json().at("/records/0/MasterRecordId").asText()).isEqualTo(winner);
        assertThat(client.upsert("Contact", "{'Ory_Identity_Id__c':'lose','LastName':'B'}").json().at("/0/created")
                .asBoolean()).isTrue();
    }

    @Test
    void recordsOfOthersAreReadOnlyAndDeletingNeedsAPermission() throws Exception {
        client.upsert("Lead", lead("a", ""));
        String id = sandbox.org().byIdentity("a").get(0).id();
        sandbox.org().makeReadOnly(id);
        assertThat(client.upsert("Lead", lead("a", "")).rowCode(0)).isEqualTo("INSUFFICIENT_ACCESS_OR_READONLY");
        sandbox.org().makeEditable(id);
        assertThat(client.send("DELETE", DATA + "/composite/sobjects?ids=" + id, null).rowCode(0))
                .isEqualTo("INSUFFICIENT_ACCESS_OR_READONLY");
        sandbox.org().permit("Lead", Org.Permission.DELETE);
        assertThat(client.send("DELETE", DATA + "/composite/sobjects?ids=" + id, null).rowCode(0)).isEmpty();
        assertThat(sandbox.org().byIdentity("a")).isEmpty();
    }

    // ---- single records ----

    @Test
    void singleUpsert() throws Exception {
        String path = DATA + "/sobjects/Contact/Ory_Identity_Id__c/a%20b%2F%C3%BC+1";
        Reply created = client.send("PATCH", path, "{\"LastName\":\"Doe\"}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.json().path("created").asBoolean()).isTrue();
        assertThat(sandbox.org().byIdentity("a b/ü+1")).hasSize(1);
        assertThat(client.send("PATCH", path, "{\"Title\":\"Dr\"}").status()).isEqualTo(200);
        assertThat(client.send("PATCH", path, "{\"Ory_Identity_Id__c\":\"x\"}").status()).isEqualTo(400);
        assertThat(client.get(path).json().path("Title").asText()).isEqualTo("Dr");
        assertThat(client.send("PATCH", path, "{\"Email\":\"x\"}").code()).isEqualTo("INVALID_EMAIL_ADDRESS");

        sandbox.org().insert("Contact", Map.of("LastName", "A", "Email", "a@b.cd"));
        sandbox.org().insert("Contact", Map.of("LastName", "B", "Email", "A@b.cd"));
        Reply choices = client.send("PATCH", DATA + "/sobjects/Contact/Email/a@b.cd", "{\"Title\":\"x\"}");
        assertThat(choices.status()).isEqualTo(300);
        assertThat(choices.json()).hasSize(2);
    }

    @Test
    void singleCreateReadAndWrongRequests() throws Exception {
        Reply created = client.send("POST", DATA + "/sobjects/Lead", "{\"LastName\":\"Doe\",\"Company\":\"A\"}");
        assertThat(created.status()).isEqualTo(201);
        String id = created.json().path("id").asText();
        assertThat(client.get(DATA + "/sobjects/Lead/" + id + "?fields=Name,City").json().path("Name").asText())
                .isEqualTo("Doe");
        assertThat(client.send("POST", DATA + "/sobjects/Lead", "{\"LastName\"").code())
                .isEqualTo("JSON_PARSER_ERROR");
        assertThat(client.get(DATA + "/sobjects/Nothing/describe").status()).isEqualTo(404);
        assertThat(client.send("PUT", DATA + "/composite/sobjects", "{}").status()).isEqualTo(405);
        assertThat(client.get("/nothing").status()).isIn(401, 404);
    }

    // ---- queries ----

    @Test
    void queriesArePaged() throws Exception {
        for (int i = 0; i < 4001; i++) {
            sandbox.org().insert("Lead", Map.of("LastName", "N" + i, "Ory_Identity_Id__c", "id-" + i));
        }
        Reply first = client.query("SELECT Id, LastName FROM Lead ORDER BY Id");
        assertThat(first.json().path("totalSize").asInt()).isEqualTo(4001);
        assertThat(first.json().path("records")).hasSize(2000);
        Reply second = client.get(first.json().path("nextRecordsUrl").asText());
        Reply third = client.get(second.json().path("nextRecordsUrl").asText());
        assertThat(third.json().path("done").asBoolean()).isTrue();
        assertThat(third.json().at("/records/0/LastName").asText()).isEqualTo("N4000");
        assertThat(client.get(DATA + "/query/01gnonsense-2000").code()).isEqualTo("INVALID_QUERY_LOCATOR");
        assertThat(client.query("SELECT COUNT() FROM Lead WHERE Id > '" + first.json().at("/records/1999/Id").asText()
                + "'").json().path("totalSize").asInt()).isEqualTo(2001);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "Email = 'JANE@example.com'|1",
        "Email IN ('jane@example.com', 'x') AND IsConverted = false|1",
        "Email = null|1",
        "Email != 'jane@example.com'|2",
        "Email NOT IN ('jane@example.com')|2",
        "(Ory_Identity_Id__c = 'B' OR LastName = 'O\\'Neil') AND IsDeleted = false|1",
        "Ory_Identity_Id__c = 'b'|1",
        "Ory_Identity_Id__c IN ('b', 'x') OR Email IN ('JANE@EXAMPLE.COM', 'd@example.com')|3",
        "Email IN ('jane@example.com') AND (Ory_Identity_Id__c = null OR Ory_Identity_Id__c = '')|1",
        "Ory_Identity_Id__c != null AND Id > '00Q5e0000000000' ORDER BY Id LIMIT 2000|1",
        "LastName = '\\u004f\\'Neil'|1",
        "LastName = 'O\\\\\\'Neil'|0",
        "LastName LIKE '_\\'n%'|1",
        "LastName LIKE 'D\\%'|0",
        "NOT (LastName LIKE 'D%')|1",
        "Ory_Updated_At__c >= 2026-01-01T00:00:00Z|1",
        "CreatedDate > 2020-01-01T00:00:00Z LIMIT 2|2"})
    void conditions(String condition, int matches) throws Exception {
        sandbox.org().insert("Lead", Map.of("LastName", "Doe", "Email", "Jane@Example.com", "Ory_Updated_At__c",
                "2026-01-01T00:00:00Z"));
        sandbox.org().insert("Lead", Map.of("LastName", "O'Neil", "Ory_Identity_Id__c", "b"));
        sandbox.org().insert("Lead", Map.of("LastName", "Dove", "Email", "d@example.com"));
        Reply reply = client.query("SELECT Id FROM Lead WHERE " + condition);
        assertThat(reply.json().path("records")).as(reply.text()).hasSize(matches);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "SELECT FROM Lead|MALFORMED_QUERY",
        "SELECT Id FROM Lead WHERE Email = 'a' OR Email = 'b' AND Email = 'c'|MALFORMED_QUERY",
        "SELECT Id FROM Lead WHERE Email = 'a|MALFORMED_QUERY",
        "SELECT Id FROM Lead WHERE Email IN ()|MALFORMED_QUERY",
        "SELECT Id FROM Lead WHERE Email = 'o'neil@example.com'|MALFORMED_QUERY",
        "SELECT Id FROM Lead WHERE Email = 'a\\'|MALFORMED_QUERY",
        "SELECT Id FROM Lead WHERE Email = 'a\\xb'|MALFORMED_QUERY",
        "SELECT Id FROM Lead WHERE Email = 'a\\_b'|MALFORMED_QUERY",
        "SELECT Id FROM Lead WHERE Email = 'a\\u00g0'|MALFORMED_QUERY",
        "SELECT Nope__c FROM Lead|INVALID_FIELD",
        "SELECT Id FROM Lead WHERE Email = 5|INVALID_FIELD",
        "SELECT Id FROM Lead WHERE CreatedDate > '2020-01-01T00:00:00Z'|INVALID_FIELD",
        "SELECT Id FROM Lead WHERE Description = 'x'|INVALID_FIELD",
        "SELECT Id FROM Lead WHERE Id = 'x'|INVALID_QUERY_FILTER_OPERATOR",
        "SELECT Id FROM Nope|INVALID_TYPE"})
    void wrongQueries(String soql, String code) throws Exception {
        Reply reply = client.query(soql);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.code()).isEqualTo(code);
    }

    @Test
    void longUrlsAreRefused() throws Exception {
        assertThat(client.query("SELECT Id FROM Lead WHERE Email IN ('" + "x".repeat(16_384) + "')").status())
                .isEqualTo(414);
        assertThat(client.query("SELECT Id FROM Lead WHERE Email IN ('" + "x".repeat(16_200) + "')").status())
                .isEqualTo(431);
    }

    @Test
    void stringsOfQueriesHaveLimits() throws Exception {
        String query = "SELECT Id FROM Lead WHERE Email = '%s'";
        assertThat(client.query(query.formatted("x".repeat(4_000))).status()).isEqualTo(200);
        assertThat(client.query(query.formatted("x".repeat(4_001))).code()).isEqualTo("MALFORMED_QUERY");
        assertThat(client.query(query.formatted("two\nlines")).code()).isEqualTo("MALFORMED_QUERY");
    }

    // ---- composite ----

    @Test
    void compositeFindsEverybodyWithAnEmail() throws Exception {
        sandbox.org().insert("Lead", Map.of("LastName", "A", "Email", "twice@example.com"));
        sandbox.org().insert("Lead", Map.of("LastName", "B", "Email", "Twice@Example.com"));
        sandbox.org().insert("Contact", Map.of("LastName", "C", "Email", "twice@example.com"));
        String emails = IntStream.range(0, 400).mapToObj(i -> "'" + "p".repeat(50) + i + "@example.com'")
                .collect(Collectors.joining(",", "'TWICE@example.com',", ""));
        String parts = Stream.of("Lead", "Contact").map(object -> "{\"method\":\"GET\",\"referenceId\":\"" + object
                + "\",\"url\":\"" + DATA + "/query?q=" + URLEncoder.encode("SELECT Id, FirstName FROM " + object
                        + " WHERE Email IN (" + emails + ") ORDER BY Id", StandardCharsets.UTF_8)
                + "\"}")
                .collect(Collectors.joining(","));
        assertThat(parts.length()).as("more than a URL may hold").isGreaterThan(2 * 16_384);

        Reply reply = client.send("POST", DATA + "/composite", "{\"compositeRequest\":[" + parts + "]}");

        assertThat(reply.json().at("/compositeResponse/0/body/totalSize").asInt()).isEqualTo(2);
        assertThat(reply.json().at("/compositeResponse/1/body/totalSize").asInt()).isEqualTo(1);
    }

    @Test
    void compositeAsksAndWrites() throws Exception {
        sandbox.org().insert("Lead", Map.of("LastName", "Doe", "Email", "a+b@example.com"));
        Reply reply = client.send("POST", DATA + "/composite", ("{'compositeRequest':["
                + "{'method':'GET','referenceId':'q','url':'/services/data/v62.0/query?q=SELECT+Id+FROM+Lead+WHERE+"
                + "Email=%27a%2Bb@example.com%27'},"
                + "{'method':'PATCH','referenceId':'w','url':'/services/data/v62.0/sobjects/Lead/@{q.records[0].Id}',"
                + "'body':{'City':'Bonn'}},"
                + "{'method':'PATCH','referenceId':'u','url':'/services/data/v62.0/composite/sobjects/Lead/"
                + "Ory_Identity_Id__c','body':" + SandboxClient.body("Lead", false, lead("z", "")) + "},"
                + "{'method':'GET','referenceId':'bad','url':'/services/data/v62.0/query?q=SELECT'}]}")
                .replace('\'', '"'));
        JsonNode responses = reply.json().path("compositeResponse");
        assertThat(responses.findValuesAsText("httpStatusCode")).containsExactly("200", "204", "200", "400");
        assertThat(responses.findValuesAsText("referenceId")).containsExactly("q", "w", "u", "bad");
        assertThat(sandbox.org().find("Lead", "City", "Bonn")).hasSize(1);
        assertThat(sandbox.org().usage().used()).isEqualTo(1);
        assertThat(sandbox.calls().of(CallKind.COMPOSITE).get(0).identities()).containsExactly("z");
    }

    @Test
    void compositeHasLimitsAndAllOrNone() throws Exception {
        String query = "{\"method\":\"GET\",\"referenceId\":\"r%d\",\"url\":\"" + DATA + "/query?q=SELECT+Id+FROM+"
                + "Lead\"}";
        String six = String.join(",", IntStream.range(0, 6).mapToObj(query::formatted).toList());
        assertThat(client.send("POST", DATA + "/composite", "{\"compositeRequest\":[" + six + "]}").status())
                .isEqualTo(400);

        Reply reply = client.send("POST", DATA + "/composite", ("{'allOrNone':true,'compositeRequest':["
                + "{'method':'POST','referenceId':'a','url':'" + DATA + "/sobjects/Lead','body':"
                + "{'LastName':'A','Company':'B'}},"
                + "{'method':'POST','referenceId':'b','url':'" + DATA + "/sobjects/Lead','body':{'LastName':'A'}}]}")
                .replace('\'', '"'));
        assertThat(reply.json().at("/compositeResponse/0/body/0/errorCode").asText()).isEqualTo("PROCESSING_HALTED");
        assertThat(reply.json().at("/compositeResponse/1/body/0/errorCode").asText())
                .isEqualTo("REQUIRED_FIELD_MISSING");
        assertThat(sandbox.org().records("Lead")).isEmpty();
    }

    // ---- describe, limits ----

    @Test
    void describeTellsWhatTheUserMaySee() throws Exception {
        sandbox.org().schema("Lead").put(FieldRule.picklist("Tier__c", "gold", "silver").with(Trait.RESTRICTED)
                .required());
        sandbox.org().schema("Lead").hide("Ory_Updated_At__c");
        Reply reply = client.get(DATA + "/sobjects/Lead/describe");
        Map<String, JsonNode> fields = new HashMap<>();
        reply.json().path("fields").forEach(field -> fields.put(field.path("name").asText(), field));
        assertThat(fields).doesNotContainKey("Ory_Updated_At__c");
        assertThat(fields.get("Ory_Identity_Id__c").path("externalId").asBoolean()).isTrue();
        assertThat(fields.get("Ory_Identity_Id__c").path("length").asInt()).isEqualTo(36);
        assertThat(fields.get("Company").path("nillable").asBoolean()).isFalse();
        assertThat(fields.get("Tier__c").path("picklistValues")).hasSize(2);
        assertThat(fields.get("Status").path("defaultedOnCreate").asBoolean()).isTrue();
        assertThat(client.upsert("Lead", lead("a", "")).rowMessage(0))
                .isEqualTo("Required fields are missing: [Tier__c]");
    }

    @Test
    void limitsNeedAPermission() throws Exception {
        assertThat(client.get(DATA + "/limits").status()).isEqualTo(403);
        sandbox.org().letViewSetup(true);
        assertThat(client.get(DATA + "/limits/").json().at("/DailyApiRequests/Max").asLong()).isEqualTo(100_000);
        assertThat(client.get("/services/data/").json().path(0).has("version")).isTrue();
    }

    // ---- faults ----

    @Test
    void answersOnCommand() throws Exception {
        ActiveFault once = sandbox.faults().start(Fault.unavailable().times(1));
        Reply down = client.upsert("Lead", lead("a", ""));
        assertThat(down.status()).isEqualTo(503);
        assertThat(down.text()).contains("<html>");
        assertThat(once.hits()).isEqualTo(1);
        assertThat(client.upsert("Lead", lead("a", "")).status()).isEqualTo(200);

        sandbox.faults().start(Fault.unavailable(7).times(1));
        assertThat(client.query("SELECT Id FROM Lead").http().headers().firstValue("Retry-After")).hasValue("7");
        sandbox.faults().start(Fault.dailyLimitExceeded().on(CallKind.UPSERT).times(1));
        assertThat(client.query("SELECT Id FROM Lead").status()).isEqualTo(200);
        assertThat(client.upsert("Lead", lead("a", "")).code()).isEqualTo("REQUEST_LIMIT_EXCEEDED");
        sandbox.faults().start(Fault.loginRefused().lasting(Duration.ofMillis(200)));
        assertThat(client.login("sandbox-client", "sandbox-secret").status()).isEqualTo(400);
        Thread.sleep(220);
        assertThat(client.login("sandbox-client", "sandbox-secret").status()).isEqualTo(200);
        assertThat(sandbox.calls().where(call -> call.fault() != null)).hasSize(4);
    }

    @Test
    void answersGetLostBeforeOrAfterTheWrite() throws Exception {
        sandbox.faults().start(Fault.reset().times(1));
        assertThatThrownBy(() -> client.upsert("Lead", lead("a", ""))).isInstanceOf(IOException.class);
        assertThat(sandbox.org().byIdentity("a")).isEmpty();

        sandbox.faults().start(Fault.reset().withLostAnswer().times(1));
        assertThatThrownBy(() -> client.upsert("Lead", lead("a", ""))).isInstanceOf(IOException.class);
        assertThat(sandbox.org().byIdentity("a")).hasSize(1);

        sandbox.faults().start(Fault.truncated().times(1));
        assertThatThrownBy(() -> client.upsert("Lead", lead("b", ""))).isInstanceOf(IOException.class);
        assertThat(sandbox.org().byIdentity("b")).hasSize(1);

        sandbox.faults().start(Fault.hang(Duration.ofMillis(300)).withLostAnswer().times(1));
        assertThatThrownBy(() -> client.upsert("Lead", lead("c", ""))).isInstanceOf(IOException.class);
        assertThat(sandbox.org().byIdentity("c")).hasSize(1);

        sandbox.faults().start(Fault.halfJson().times(1));
        Reply half = client.upsert("Lead", lead("d", ""));
        assertThat(half.status()).isEqualTo(200);
        assertThat(half.json().isMissingNode()).isTrue();
        sandbox.faults().start(Fault.emptyBody().times(1));
        assertThat(client.upsert("Lead", lead("e", "")).text()).isEmpty();
        sandbox.faults().start(Fault.garbage().times(1));
        assertThat(client.upsert("Lead", lead("f", "")).text()).contains("not JSON");
        assertThat(sandbox.org().records("Lead")).hasSize(6);
    }

    @Test
    void connectionsAreRefusedWhileUnplugged() throws Exception {
        String url = sandbox.url();
        sandbox.unplug();
        assertThatThrownBy(() -> client.query("SELECT Id FROM Lead")).isInstanceOf(ConnectException.class);
        sandbox.plugIn();
        assertThat(sandbox.url()).isEqualTo(url);
        assertThat(client.query("SELECT Id FROM Lead").status()).isEqualTo(200);
    }

    @Test
    void rowsAreRefusedOnCommand() throws Exception {
        sandbox.faults().lockRow("a", 2);
        assertThat(client.upsert("Lead", lead("a", ""), lead("b", "")).rowCode(0)).isEqualTo("UNABLE_TO_LOCK_ROW");
        assertThat(client.upsert("Lead", lead("a", "")).rowCode(0)).isEqualTo("UNABLE_TO_LOCK_ROW");
        assertThat(client.upsert("Lead", lead("a", "")).rowCode(0)).isEmpty();
        sandbox.faults().storageFull();
        Reply full = client.upsert("Lead", lead("a", ""), lead("c", ""));
        assertThat(full.rowCode(0)).isEmpty();
        assertThat(full.rowCode(1)).isEqualTo("STORAGE_LIMIT_EXCEEDED");
    }

    @Test
    void manySlowCallsAtOnce() throws Exception {
        sandbox.faults().start(Fault.latency(Duration.ofSeconds(1)));
        ExecutorService many = Executors.newFixedThreadPool(60);
        long began = System.nanoTime();
        try {
            List<CompletableFuture<Reply>> calls = IntStream.range(0, 60)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> quietly("id-" + i), many)).toList();
            calls.forEach(CompletableFuture::join);
        } finally {
            many.shutdown();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
        assertThat(sandbox.org().records("Lead")).hasSize(60);
        assertThat(sandbox.calls().violations()).isEmpty();
    }

    // ---- for people ----

    @Test
    void thePageShowsRecordsAndEscapesThem() throws Exception {
        client.upsert("Lead", lead("a", ",'City':'<script>'").replace("Doe", "<b>Doe</b>"));
        Reply page = client.get("/");
        assertThat(page.text()).contains("&lt;b&gt;Doe").doesNotContain("<b>Doe");
        assertThat(client.get("/sandbox/records").json().at("/Lead/0/Ory_Identity_Id__c").asText()).isEqualTo("a");
        assertThat(client.get("/sandbox/writes").json().at("/0/operation").asText()).isEqualTo("create");
        assertThat(client.get("/sandbox/calls").json().size()).isGreaterThan(0);
        client.send("POST", "/sandbox/faults/down", "");
        assertThat(client.query("SELECT Id FROM Lead").status()).isEqualTo(503);
        client.send("POST", "/sandbox/faults/up", "");
        assertThat(client.query("SELECT Id FROM Lead").status()).isEqualTo(200);
    }
}
