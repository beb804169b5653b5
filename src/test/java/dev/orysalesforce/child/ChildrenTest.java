package dev.orysalesforce.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.Org.Permission;
import dev.orysalesforce.sandbox.RowError;
import dev.orysalesforce.sandbox.SandboxRecord;
import dev.orysalesforce.sandbox.Write;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.test.util.ReflectionTestUtils;

/** A Lead or a Contact becomes a member of a campaign once, its status only moves forward, and what sales does stays. */
@Tag("any-ledger")
class ChildrenTest extends AppTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");
    private static final String WEBINAR = "Spring webinar";

    @Autowired
    private ChildReferences references;

    @Autowired
    @Qualifier("describe")
    private Object describe;

    private final String id = UUID.randomUUID().toString();
    private String webinar;

    @BeforeEach
    void aWebinar() {
        references.forget();
        webinar = SALESFORCE.org().addCampaign(WEBINAR, "Invited", "Registered", "Attended");
    }

    @Test
    void aSignUpMakesALeadAndAMemberOfTheCampaign() {
        send(event(id, 0, member("Registered")));
        settle();
        assertThat(member().fields()).containsEntry("CampaignId", webinar).containsEntry("LeadId", record(id).id())
                .containsEntry("Status", "Registered");
        assertThat(status().path("outcome").asText()).isEqualTo("synced");
        assertThat(status().at("/children/0/object").asText()).isEqualTo("CampaignMember");
        assertThat(status().at("/children/0/link").asText()).endsWith("/" + member().id());
        int calls = calls();
        String second = UUID.randomUUID().toString();
        send(event(second, 0, member("Registered")));
        settle();
        assertThat(members()).hasSize(2);
        assertThat(calls() - calls).as("a look-up for the Lead, its write, and that of the member").isEqualTo(3);
        send(event(id, 1, member("Registered")));
        send(event(id, 2));
        settle();
        assertThat(members()).hasSize(2);
        assertThat(calls() - calls).as("nothing changed").isEqualTo(3);
    }

    @Test
    void contactsAreMembersToo() {
        ObjectNode event = event(id, 0, member("Registered"));
        ((ObjectNode) event.at("/identity/traits")).put("object", "Contact");
        send(event);
        settle();
        assertThat(member().text("ContactId")).isEqualTo(record(id).id());
        assertThat(member().text("LeadId")).isNull();
    }

    @Test
    void theStatusOnlyMovesForward() {
        send(event(id, 0, member("Registered")));
        settle();
        send(event(id, 1, member("Attended")));
        settle();
        assertThat(member().text("Status")).isEqualTo("Attended");
        send(event(id, 2, member("Registered")));
        settle();
        assertThat(member().text("Status")).isEqualTo("Attended");
        send(event(id, 3, member("attended")));
        settle();
        assertThat(writes("CampaignMember")).hasSize(2);
    }

    /** For Salesforce the case of a name does not matter, and a relationship stands for its reference. */
    @Test
    void namesMayBeSpelledInOtherWays() {
        send(event(id, 0, member("Attended")));
        settle();
        ObjectNode member = json.createObjectNode().put("status", "Registered").put("SEAT__C", "9");
        member.putObject("attributes").put("type", "CampaignMember");
        member.putArray("match").add("Campaign");
        member.putObject("Campaign").put("name", WEBINAR);
        send(event(id, 1, member));
        settle();
        assertThat(member().fields()).containsEntry("Status", "Attended").containsEntry("Seat__c", "9");
    }

    @Test
    void whatSalesHasSetStays() {
        send(event(id, 0, member("Registered")));
        settle();
        SALESFORCE.org().edit(member().id(), Map.of("Status", "Attended"));
        send(event(id, 1, member("Registered").put("Seat__c", "12")));
        settle();
        assertThat(member().fields()).containsEntry("Status", "Attended").containsEntry("Seat__c", "12");
        SALESFORCE.org().edit(member().id(), Map.of("Seat__c", "13"));
        send(event(id, 2, member("Registered").put("Seat__c", "12")));
        settle();
        assertThat(member().text("Seat__c")).isEqualTo("13");
        send(event(id, 3, member("Registered").put("Seat__c", "14")));
        settle();
        assertThat(member().text("Seat__c")).isEqualTo("14");
    }

    @Test
    void aMemberOfSalesIsCompletedAndNotDoubled() {
        send(event(id, 0));
        settle();
        SALESFORCE.org().insert("CampaignMember",
                Map.of("CampaignId", webinar, "LeadId", record(id).id(), "Status", "Invited", "Seat__c", "7"));
        send(event(id, 1, member("Registered").put("Seat__c", "8")));
        settle();
        assertThat(member().fields()).containsEntry("Status", "Registered").containsEntry("Seat__c", "7");
    }

    @Test
    void aMemberThatSalesHasRemovedStaysAway() {
        send(event(id, 0, member("Registered")));
        settle();
        SALESFORCE.org().delete(member().id());
        send(event(id, 1, member("Attended")));
        settle();
        assertThat(members()).isEmpty();
        assertThat(status().path("outcome").asText()).isEqualTo("unchanged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Id", "Name", "Code__c", "as text", "15"})
    void aCampaignIsFoundByIdExternalIdOrName(String by) {
        SALESFORCE.org().edit(webinar, Map.of("Code__c", "SW27"));
        ObjectNode member = member("Registered");
        switch (by) {
            case "Id" -> member.putObject("CampaignId").put("Id", webinar);
            case "as text" -> member.put("CampaignId", webinar);
            case "15" -> member.put("CampaignId", webinar.substring(0, 15));
            case "Code__c" -> member.putObject("CampaignId").put(by, "SW27");
            default -> member.putObject("CampaignId").put(by, WEBINAR);
        }
        send(event(id, 0, member));
        settle();
        assertThat(member().text("CampaignId")).isEqualTo(webinar);
    }

    @Test
    void aNameWithQuotesIsFound() {
        String summit = SALESFORCE.org().addCampaign("Bob's \"summit\"", "Registered");
        send(event(id, 0, member("Registered", "Name", "Bob's \"summit\"")));
        settle();
        assertThat(member().text("CampaignId")).isEqualTo(summit);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Name|Twice|SEVERAL_CAMPAIGNS",
        "Name|Nowhere|CHILD_REFERENCE_NOT_FOUND",
        "Name|Typed by a person|CHILD_REFERENCE_NOT_FOUND",
        "Code__c|none|CHILD_REFERENCE_NOT_FOUND",
        "Id|7010000000000zzAAA|CHILD_REFERENCE_NOT_FOUND",
        "Id|x' OR Name != '|CHILD_REFERENCE_NOT_FOUND",
        "IsActive|true|CHILD_REFERENCE_NOT_FOUND",
        "Not_There__c|x|CHILD_REFERENCE_NOT_FOUND"})
    void aCampaignThatIsNotFoundIsLeftOut(String by, String value, String code) {
        for (String name : List.of("Twice", "Twice", "Typed by a person")) {
            SALESFORCE.org().addCampaign(name, "Registered");
        }
        send(event(id, 0, member("Registered", by, value)));
        settle();
        assertThat(members()).isEmpty();
        assertThat(record(id).text("LastName")).isEqualTo("Person");
        assertThat(status().path("outcome").asText()).isEqualTo("synced");
        assertThat(status().path("code").asText()).isEqualTo(code);
        assertThat(status().path("message").asText()).contains("CampaignMember").doesNotContain("Typed by");
        assertThat(deadLetters()).isEmpty();
    }

    /** What a person can send through the mapping spoils no query that others share. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"Id|701000000000001ZZZ", "Id|zzz0000000000zz", "Code__c|a\\nb", "Code__c|a'"})
    void aValueThatNoQueryCanHaveDelaysNoOther(String by, String value) {
        String other = UUID.randomUUID().toString();
        String third = UUID.randomUUID().toString();
        SALESFORCE.org().edit(webinar, Map.of("Code__c", "SW27"));
        arriveTogether(() -> {
            send(event(other, 0, member("Registered", "Id", webinar)));
            send(event(id, 0, member("Registered", by, value.replace("\\n", "\n"))));
            send(event(third, 0, member("Registered", "Code__c", "SW27")));
        }, 3);
        settle();
        assertThat(members()).extracting(member -> member.text("LeadId")).containsExactlyInAnyOrder(record(other).id(), record(third).id());
        assertThat(status().path("outcome").asText()).isEqualTo("synced");
        assertThat(status().path("code").asText()).isEqualTo("CHILD_REFERENCE_NOT_FOUND");
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aTypeInAnotherCaseMovesNoStatusBack() {
        send(event(id, 0, member("Attended")));
        settle();
        ObjectNode member = member("Registered");
        member.putObject("attributes").put("type", "campaignmember");
        send(event(id, 1, member));
        settle();
        assertThat(member().text("Status")).isEqualTo("Attended");
    }

    @Test
    void aStatusIsSentOnceTheCampaignHasIt() {
        send(event(id, 0, member("No Show")));
        settle();
        assertThat(member().text("Status")).isEqualTo("Invited");
        SALESFORCE.org().insert("CampaignMemberStatus", Map.of("CampaignId", webinar, "Label", "No Show", "SortOrder", 4));
        references.forget();
        send(event(id, 1, member("No Show")));
        settle();
        assertThat(member().text("Status")).isEqualTo("No Show");
    }

    @Test
    void aStatusThatTheCampaignDoesNotHaveIsLeftOut() {
        SALESFORCE.calls().keepBodies(true);
        send(event(id, 0, member("Registerd")));
        settle();
        assertThat(member().text("Status")).isEqualTo("Invited");
        assertThat(status().path("code").asText()).isEqualTo("CHILD_VALUE_NOT_DEFINED");
        assertThat(SALESFORCE.calls().where(call -> call.kind() == CallKind.CREATE)).singleElement()
                .satisfies(call -> assertThat(call.body()).contains(webinar).doesNotContain("Registerd"));
        SALESFORCE.calls().keepBodies(false);
    }

    @Test
    void eachEventOfABatchBringsItsCampaign() {
        String autumn = SALESFORCE.org().addCampaign("Autumn webinar", "Registered");
        arriveTogether(() -> {
            send(event(id, 0, member("Registered")));
            send(event(id, 1, member("Registered", "Name", "Autumn webinar")));
        }, 2);
        settle();
        assertThat(members()).extracting(member -> member.text("CampaignId")).containsExactlyInAnyOrder(webinar, autumn);
    }

    @Test
    void aLateEventBringsItsCampaignAndNothingElse() {
        send(event(id, 5));
        settle();
        ObjectNode late = event(id, 0, member("Registered"));
        ((ObjectNode) late.at("/identity/traits/name")).put("last", "Former");
        send(late);
        settle();
        assertThat(member().text("Status")).isEqualTo("Registered");
        assertThat(record(id).text("LastName")).isEqualTo("Person");
    }

    @Test
    void aMemberSurvivesTheConversionOfItsLead() {
        send(event(id, 0, member("Registered")));
        settle();
        String contact = SALESFORCE.org().convertLead(record(id).id(), true);
        send(event(id, 1, member("Attended")));
        settle();
        assertThat(member().fields()).containsEntry("ContactId", contact).containsEntry("Status", "Attended");
        SALESFORCE.org().addCampaign("Autumn webinar", "Registered");
        send(event(id, 2, member("Registered", "Name", "Autumn webinar")));
        settle();
        assertThat(members()).hasSize(2).allSatisfy(member -> assertThat(member.text("ContactId")).isEqualTo(contact));
    }

    /** Nothing of the Lead itself has changed, so only the member tells of the conversion. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConvertedLeadIsFollowedForItsMember(boolean isCarried) {
        send(event(id, 0));
        settle();
        String contact = SALESFORCE.org().convertLead(record(id).id(), isCarried);
        send(event(id, 1, member("Registered")));
        settle();
        assertThat(member().fields()).containsEntry("ContactId", contact).doesNotContainKey("LeadId");
        assertThat(status().path("salesforceId").asText()).isEqualTo(contact);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aConvertedLeadIsFollowedOnceForAllOfItsMembers() {
        List.of("Autumn webinar", "Bob's \"summit\"").forEach(name -> SALESFORCE.org().addCampaign(name, "Registered"));
        send(event(id, 0));
        settle();
        String contact = SALESFORCE.org().convertLead(record(id).id(), true);
        send(event(id, 1, member("Registered"), member("Registered", "Name", "Autumn webinar"),
                member("Registered", "Name", "Bob's \"summit\""), member("Registered", "Name", "Nowhere")));
        settle();
        assertThat(members()).hasSize(3).allSatisfy(member -> assertThat(member.text("ContactId")).isEqualTo(contact));
        assertThat(status().path("outcome").asText()).isEqualTo("synced");
        assertThat(status().path("code").asText()).isEqualTo("CHILD_REFERENCE_NOT_FOUND");
    }

    /** Nothing of the Lead itself has changed, so only the member tells of the merge. */
    @Test
    void aMergedLeadIsFollowedForItsMember() {
        send(event(id, 0));
        settle();
        String winner = SALESFORCE.org().insert("Lead", Map.of("LastName", "Person", "Company", "Theirs"));
        SALESFORCE.org().merge(winner, record(id).id());
        send(event(id, 1, member("Registered")));
        settle();
        assertThat(member().fields()).containsEntry("LeadId", winner);
        assertThat(record(id).id()).isEqualTo(winner);
        assertThat(status().path("salesforceId").asText()).isEqualTo(winner);
        assertThat(deadLetters()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theMemberOfADeletedLeadIsNoFailure(boolean isPurged) {
        send(event(id, 0));
        settle();
        String lead = record(id).id();
        SALESFORCE.org().delete(lead);
        if (isPurged) {
            SALESFORCE.org().purge(lead);
        }
        send(event(id, 1, member("Registered")));
        settle();
        assertThat(members()).isEmpty();
        assertThat(status().path("code").asText()).isEqualTo("DELETED_IN_SALESFORCE");
        assertThat(deadLetters()).isEmpty();
    }

    /** Salesforce says the same of a campaign that is gone as of a record that is gone. */
    @Test
    void aCampaignThatIsDeletedMeanwhileIsLeftOut() {
        send(event(id, 0, member("Registered")));
        settle();
        SALESFORCE.org().delete(webinar);
        String other = UUID.randomUUID().toString();
        send(event(other, 0, member("Registered")));
        settle();
        assertThat(record(other).text("LastName")).isEqualTo("Person");
        assertThat(members()).hasSize(1);
        assertThat(read(new Operator(port, OPERATOR_TOKEN).get("/api/identities/" + other).body()).path("code").asText())
                .isEqualTo("CHILD_REFERENCE_NOT_FOUND");
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aRefusedMemberDelaysNoRecord() {
        SALESFORCE.faults().refuseRows(row -> "Attended".equals(row.fields().get("Status")),
                new RowError("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Person may not attend", "Status"), 1);
        String other = UUID.randomUUID().toString();
        arriveTogether(() -> {
            send(event(id, 0, member("Attended")));
            send(event(other, 0, member("Registered")));
        }, 2);
        settle();
        assertThat(members()).singleElement().satisfies(member -> assertThat(member.text("LeadId")).isEqualTo(record(other).id()));
        assertThat(record(id).text("LastName")).isEqualTo("Person");
        JsonNode letter = deadLetters().get(0);
        assertThat(letter.path("code").asText()).isEqualTo("CHILD_REFUSED");
        assertThat(letter.path("message").asText()).contains("The CampaignMember was refused", "FIELD_CUSTOM_VALIDATION_EXCEPTION",
                "The record itself is written").doesNotContain("Person may");
        assertThat(status().path("outcome").asText()).isEqualTo("dead-letter");
        assertThat(status().path("salesforceId").asText()).isEqualTo(record(id).id());
        SALESFORCE.faults().clear();
        int writes = writes("Lead").size();
        new Operator(port, OPERATOR_TOKEN).post("/api/dead-letters/replay", "{\"all\": true}");
        settle();
        assertThat(members()).hasSize(2);
        assertThat(status().path("outcome").asText()).isEqualTo("unchanged");
        assertThat(writes("Lead")).as("the record itself was written").hasSize(writes);
    }

    @Tag("nightly")
    @Test
    void aLockedMemberIsTriedAgainAlsoIfANewerEventWasFaster() {
        SALESFORCE.faults().lockRows(row -> row.object().equals("CampaignMember"), 1);
        send(event(id, 0, member("Registered")));
        await().until(() -> status().path("outcome").asText().equals("retry"));
        assertThat(record(id).text("LastName")).isEqualTo("Person");
        ObjectNode newer = event(id, 1);
        ((ObjectNode) newer.at("/identity/traits/name")).put("last", "Newer");
        send(newer);
        await().until(() -> !members().isEmpty());
        settle();
        assertThat(member().text("Status")).isEqualTo("Registered");
        assertThat(record(id).text("LastName")).isEqualTo("Newer");
        assertThat(deadLetters()).isEmpty();
    }

    @Tag("nightly")
    @Test
    void aLockedChangeOfAStatusIsTriedAgainAlsoIfANewerEventWasFaster() {
        send(event(id, 0, member("Registered").put("Seat__c", "1")));
        settle();
        SALESFORCE.faults().lockRows(row -> row.object().equals("CampaignMember"), 1);
        send(event(id, 1, member("Attended").put("Seat__c", "2")));
        await().until(() -> status().path("outcome").asText().equals("retry"));
        send(event(id, 2));
        await().until(() -> member().text("Status").equals("Attended"));
        settle();
        assertThat(member().text("Seat__c")).as("of an event that is not the newest").isEqualTo("1");
    }

    @Test
    void aCallThatIsRefusedAsAWholeDelaysOnlyTheMemberAtFault(@Autowired ChildResults results) {
        SALESFORCE.faults().refuseCalls(row -> "13".equals(row.fields().get("Seat__c")),
                new RowError("JSON_PARSER_ERROR", "Cannot deserialize", "Seat__c"));
        arriveTogether(() -> {
            send(event(id, 0, member("Registered").put("Seat__c", "13")));
            IntStream.range(0, 5).forEach(i -> send(event(UUID.randomUUID().toString(), 0, member("Registered"))));
        }, 6);
        settle();
        assertThat(members()).hasSize(5);
        assertThat(deadLetters()).singleElement().satisfies(letter -> assertThat(letter.path("identity").asText()).isEqualTo(id));
        assertThat(results.getLargest()).as("the size of the calls of others").isEqualTo(200);
    }

    /** The ledger knows the record before the call for its member fails, so the event is not newer when it is delivered again. */
    @Tag("nightly")
    @ParameterizedTest
    @CsvSource({"CREATE, false", "CREATE, true", "COMPOSITE, false"})
    void anOutageBetweenRecordAndMemberLosesNone(CallKind kind, boolean isAnswerLost) {
        Fault outage = Fault.unavailable().on(call -> call == kind && !SALESFORCE.org().records("Lead").isEmpty()).times(3);
        List<String> ids = IntStream.range(0, 20).mapToObj(i -> UUID.randomUUID().toString()).toList();
        SALESFORCE.faults().start(isAnswerLost ? outage.withLostAnswer() : outage);
        arriveTogether(() -> ids.forEach(one -> send(event(one, 0, member("Registered")))), 20);
        await().until(() -> members().size() == 20);
        settle();
        assertThat(writes("Lead")).hasSize(20);
        assertThat(members()).hasSize(20);
        assertThat(deadLetters()).isEmpty();
    }

    /** A flow of the org may create members for new Leads. */
    @Test
    void aMemberThatTheOrgHasMadeItselfIsFound() {
        SALESFORCE.faults().refuseRows(row -> row.object().equals("CampaignMember"),
                new RowError("DUPLICATE_VALUE", "Already a campaign member."), 1);
        send(event(id, 0, member("Registered")));
        settle();
        assertThat(member().text("Status")).isEqualTo("Registered");
        assertThat(deadLetters()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"CampaignMember, READ", "CampaignMember, CREATE", "Campaign, READ"})
    void withoutAPermissionRecordsGoOn(String object, Permission permission) {
        SALESFORCE.org().forbid(object, permission);
        described("answers").clear();
        send(event(id, 0, member("Registered")));
        settle();
        assertThat(members()).isEmpty();
        assertThat(status().path("outcome").asText()).isEqualTo("synced");
        assertThat(status().path("code").asText()).isEqualTo("CHILD_LEFT_OUT");
        assertThat(health().path("status").asText()).isEqualTo("UP");
        described("answers").clear();
        described("invisible").clear(); // for the tests that follow
    }

    @Test
    void aFieldThatMembersLackIsLeftOut() {
        send(event(id, 0, member("Registered").put("Not_There__c", "x")));
        settle();
        assertThat(member().text("Status")).isEqualTo("Registered");
        assertThat(status().path("message").asText()).contains("Not_There__c");
    }

    @Tag("nightly")
    @Test
    void anOrgThatTakesFewMembersAtATimeGetsThemInSmallerCalls(@Autowired ChildResults results) {
        SALESFORCE.org().limitAutomation("CampaignMember", 10);
        arriveTogether(() -> IntStream.range(0, 30).forEach(i -> send(event(UUID.randomUUID().toString(), 0, member("Registered")))), 30);
        settle();
        assertThat(members()).hasSize(30);
        ReflectionTestUtils.setField(results, "largest", 200); // for the tests that follow
    }

    @Tag("nightly")
    @Test
    void aThousandSignUpsOfACampaignTakeTwentyCalls() {
        SALESFORCE.calls().keepBodies(false);
        int calls = calls();
        arriveTogether(() -> IntStream.range(0, 1000).forEach(i -> send(event(UUID.randomUUID().toString(), 0, member("Registered")))),
                1000);
        settle();
        assertThat(members()).hasSize(1000);
        assertThat(calls() - calls).isLessThanOrEqualTo(20);
    }

    @Test
    void aLostLedgerDoublesNoMemberAndMovesNoneBack() {
        send(event(id, 0, member("Registered")));
        settle();
        SALESFORCE.org().edit(member().id(), Map.of("Status", "Attended"));
        sql.update("delete from identities");
        sql.update("delete from children");
        long writes = SALESFORCE.writes().count();
        send(event(id, 0, member("Registered")));
        settle();
        assertThat(SALESFORCE.writes().count()).isEqualTo(writes);
        send(event(id, 1, member("Registered").put("Seat__c", "3")));
        settle();
        assertThat(member().fields()).containsEntry("Status", "Attended").containsEntry("Seat__c", "3");
    }

    @Test
    void aRecordThatWasErasedLeavesNoChildInTheLedger() {
        send(event(id, 0, member("Registered")));
        settle();
        assertThat(sql.queryForList("select * from children").toString()).doesNotContain(WEBINAR, webinar, "Registered");
        assertThat(new Operator(port, OPERATOR_TOKEN).delete("/api/identities/" + id).statusCode()).isEqualTo(202);
        settle();
        assertThat(sql.queryForObject("select count(*) from children", Long.class)).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{}|it is not a list",
        "[\"x\"]|a child is not an object",
        "[{\"match\": [\"CampaignId\"]}]|a child has no attributes.type",
        "[{\"attributes\": {\"type\": \"CampaignMember\"}}]|a child has no match",
        "[{\"attributes\": {\"type\": \"CampaignMember\"}, \"match\": [\"CampaignId\"], \"CampaignId\": {\"Name\": \"a\", \"Id\": \"b\"}}]|a child has a field",
        "[{\"attributes\": {\"type\": \"CampaignMember\"}, \"match\": [\"CampaignId\"], \"pat@acme.example\": 1}]|a child has a field"})
    void childrenOfAWrongShapeAreAnErrorOfTheMapping(String children, String message) {
        ObjectNode event = event(id, 0);
        ((ObjectNode) event.at("/identity/traits")).set("children", read(children));
        send(event);
        settle();
        assertThat(deadLetters()).singleElement().satisfies(letter -> {
            assertThat(letter.path("code").asText()).isEqualTo("MAPPING_FAILED");
            assertThat(letter.path("message").asText()).contains("children that can't be used: " + message).doesNotContain("pat@");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]",
        "[{\"attributes\": {\"type\": \"CampaignMember\"}, \"match\": [\"CampaignId\"], \"CampaignId\": null}]",
        "[{\"attributes\": {\"type\": \"CampaignMember\"}, \"match\": [\"CampaignId\"], \"CampaignId\": {\"Name\": null}}]",
        "[{\"attributes\": {\"type\": \"CampaignMember\"}, \"match\": [\"CampaignId\"]}]"})
    void withoutACampaignThereIsNoMember(String children) {
        ObjectNode event = event(id, 0);
        ((ObjectNode) event.at("/identity/traits")).set("children", read(children));
        send(event);
        settle();
        assertThat(members()).isEmpty();
        assertThat(status().path("code").isNull()).isTrue();
    }

    @Test
    void thePreviewShowsTheMemberAndMakesNone() {
        JsonNode preview =
                read(new Operator(port, OPERATOR_TOKEN).post("/api/preview", event(id, 0, member("Registered")).toString()).body());
        assertThat(preview.at("/records/0/children/0/CampaignId/Name").asText()).isEqualTo(WEBINAR);
        assertThat(preview.path("problems").toString()).contains("CampaignMember would be written").doesNotContain("\"error\"");
        assertThat(members()).isEmpty();
    }

    private ObjectNode member(String status) {
        return member(status, "Name", WEBINAR);
    }

    private ObjectNode member(String status, String by, String campaign) {
        ObjectNode member = json.createObjectNode().put("Status", status);
        member.putObject("attributes").put("type", "CampaignMember");
        member.putArray("match").add("CampaignId");
        member.putObject("CampaignId").put(by, campaign);
        return member;
    }

    private ObjectNode event(String identity, int state, ObjectNode... children) {
        ObjectNode event = Ory.identity(identity, START.plusSeconds(state), "Person");
        ((ObjectNode) event.path("identity")).put("schema_id", "campaigned");
        if (children.length > 0) {
            ((ObjectNode) event.at("/identity/traits")).putArray("children").addAll(List.of(children));
        }
        return event;
    }

    private void send(ObjectNode event) {
        assertThat(ory.sends("registration", event).statusCode()).isEqualTo(204);
    }

    private static List<SandboxRecord> members() {
        return new ArrayList<>(SALESFORCE.org().records("CampaignMember"));
    }

    private static SandboxRecord member() {
        assertThat(members()).hasSize(1);
        return members().get(0);
    }

    private static List<Write> writes(String object) {
        return SALESFORCE.writes().where(write -> write.object().equals(object));
    }

    private JsonNode status() {
        return read(new Operator(port, OPERATOR_TOKEN).get("/api/identities/" + id).body());
    }

    private Map<?, ?> described(String what) {
        return (Map<?, ?>) ReflectionTestUtils.getField(describe, what);
    }

    private static int calls() {
        return SALESFORCE.calls().where(call -> call.kind().isData()).size();
    }
}
