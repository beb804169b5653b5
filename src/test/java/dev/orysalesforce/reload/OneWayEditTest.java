package dev.orysalesforce.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.alert.AlertConditions;
import dev.orysalesforce.console.Browser;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.ory.OryAdminSandbox;
import dev.orysalesforce.sync.ConfirmedMappings;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/**
 * An edit of a mapping that sets an opt-out for more than two identities waits until an operator confirms it, and what an edit has
 * set can be taken back. What a person says is neither held nor taken back.
 */
@TestPropertySource(properties = {"test.context=one-way-edits", "sync.one-way-edit.limit=0", "sync.one-way-edit.at-least=2",
    "sync.one-way-edit.try-again=1s", "alerts.paused-for=0s"})
class OneWayEditTest extends ReloadAppTest {

    private static final OryAdminSandbox ORY = OryAdminSandbox.start();
    private static final String OPT_OUT = "HasOptedOutOfEmail";
    private static final String SHIPPED = "if ($person.refusesMarketing) true else null";
    private static final String SINCE_EVER = "2026-01-01T00:00:00Z";

    private Operator operator;

    @Autowired
    private AutowireCapableBeanFactory beans;

    @Autowired
    private AlertConditions alerts;

    @DynamicPropertySource
    static void ory(DynamicPropertyRegistry registry) {
        registry.add("ORY_ADMIN_URL", ORY::url);
        registry.add("sync.reconcile.after-start", () -> "1h");
    }

    @BeforeEach
    void theShippedMappingsAreConfirmed() {
        operator = new Operator(port, OPERATOR_TOKEN);
        ORY.reset();
        sql.update("delete from sightings");
        sql.update("delete from confirmed_mappings");
        assertThat(operator.post("/api/one-way-fields/confirm", "").statusCode()).isEqualTo(200);
    }

    @AfterEach
    void nothingWaits() {
        SALESFORCE.faults().clear();
        ConfigWorkspace.lay();
        awaitTaken(LEAD);
        settle();
    }

    @Test
    void anEditThatSetsAnOptOutForManyWaitsForItsConfirmation() {
        List<String> people = registered(5);
        edit("true");
        people.forEach(person -> changes(person, Map.of("city", "Turin")));
        await().until(() -> pending() == 3);
        await().untilAsserted(() -> assertThat(held().path("status").asText()).isEqualTo("DEGRADED"));
        assertThat(held().at("/details/reason").asText()).contains(OPT_OUT, "2 identities", "confirm");
        assertThat(optedOut(people)).hasSize(2).allSatisfy(person -> assertThat(record(person).text("City")).isEqualTo("Turin"));
        String waiting = people.stream().filter(person -> !record(person).is(OPT_OUT)).findFirst().orElseThrow();
        assertThat(record(waiting).text("City")).isNull();
        assertThat(explain(waiting).path("pending").asBoolean()).isTrue();
        assertThat(explain(waiting).path("code").asText()).isEqualTo("EDIT_NOT_CONFIRMED");
        assertThat(alerts.evaluate()).asString().contains("verdict=HOLDS", "text=An edit of the mappings sets");
        assertThat(status().path("edits").path("confirmed").asBoolean()).isFalse();
        assertThat(status().path("edits").path("fields").toString()).isEqualTo("[\"" + OPT_OUT + "\"]");

        assertThat(operator.post("/api/one-way-fields/confirm", "").statusCode()).isEqualTo(200);
        settle();
        assertThat(optedOut(people)).hasSize(5);
        assertThat(held().path("status").asText()).isEqualTo("UP");
        assertThat(status().at("/edits/confirmed").asBoolean()).isTrue();
        assertThat(sql.queryForObject("select count(*) from audit where act = 'confirm' and outcome = 'done'", Integer.class)).isPositive();
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void whatWaitsIsWrittenWithoutTheOptOutOnceTheEditIsCorrected() {
        List<String> people = registered(4);
        edit("true");
        people.forEach(person -> changes(person, Map.of("city", "Turin")));
        await().until(() -> pending() == 2);
        ConfigWorkspace.lay();
        settle();
        assertThat(people).allSatisfy(person -> assertThat(record(person).text("City")).isEqualTo("Turin"));
        assertThat(optedOut(people)).hasSize(2);
        people.forEach(person -> changes(person, Map.of("city", "Asti")));
        settle();
        assertThat(optedOut(people)).as("nothing of it is left in the ledger").hasSize(2);
    }

    @Test
    void newRecordsWaitToo() {
        edit("true");
        List<String> people = registered(4, 2);
        assertThat(SALESFORCE.org().records("Lead")).hasSize(2).allMatch(lead -> lead.is(OPT_OUT));
        ConfigWorkspace.lay();
        settle();
        assertThat(people).allSatisfy(person -> assertThat(record(person).text("LastName")).isEqualTo("Person"));
        assertThat(optedOut(people)).hasSize(2);
    }

    @Test
    void whatPeopleSayIsWrittenWhileAnEditWaits() {
        List<String> people = registered(6);
        edit("if ($person.refusesMarketing or .identity.traits.city == \"Rome\") true else null");
        people.forEach(person -> changes(person, Map.of("newsletter", false)));
        settle();
        assertThat(optedOut(people)).hasSize(6);
        assertThat(edited()).isZero();
        assertThat(held().path("status").asText()).isEqualTo("UP");
    }

    @Test
    void theConsoleConfirmsAnEditAndTakesItBack() {
        Browser browser = new Browser(port);
        browser.logIn(OPERATOR_TOKEN);
        assertThat(browser.get("/console/mappings").body()).doesNotContain("One-way fields that edits have set");
        List<String> people = registered(3);
        edit("true");
        people.forEach(person -> changes(person, Map.of("city", "Turin")));
        await().untilAsserted(() -> assertThat(browser.get("/console").body()).contains("Events wait since", OPT_OUT,
                "href=\"/console/mappings#edits\""));
        HttpResponse<String> page = browser.get("/console/mappings");
        assertThat(page.body()).contains("One-way fields that edits have set", "Events wait since", "2 identities");
        assertThat(browser.follow(browser.submit(page, "/console/mappings/confirm", Map.of())).body())
                .contains("The mappings in use are confirmed.").doesNotContain("Events wait since");
        settle();
        assertThat(optedOut(people)).hasSize(3);
        assertThat(browser.get("/console").body()).doesNotContain("Events wait since");

        ConfigWorkspace.lay();
        awaitTaken(LEAD);
        page = browser.get("/console/mappings");
        assertThat(page.body()).contains("3 identities");
        assertThat(browser.follow(browser.submit(page, "/console/mappings/take-back", Map.of("field", OPT_OUT, "since", "now"))).body())
                .contains("since is not a time");
        assertThat(browser
                .follow(browser.submit(page, "/console/mappings/take-back", Map.of("field", OPT_OUT, "since", "2026-01-01T00:00")))
                .body()).contains("It is taken back for 3 identities, once a comparison or an event brings them.");
        await().untilAsserted(() -> assertThat(optedOut(people)).isEmpty());
        assertThat(browser.get("/console/audit").body()).contains("Confirmation of mappings", "Take-back of a field",
                OPT_OUT + " where an edit has set it since 2026-01-01T00:00:00Z", OPT_OUT + " where an edit has set it since ?");
    }

    /** One set of mappings for a schema in place of another is an edit, too. */
    @Test
    void anotherMappingForASchemaIsAnEdit() {
        List<String> people = registered(3);
        String all = ConfigWorkspace.MAPPINGS + "/all.jslt";
        ConfigWorkspace.write(ConfigWorkspace.MAPPINGS.resolve("all.jslt"), ConfigWorkspace.read(LEAD).replace(SHIPPED, "true"));
        ConfigWorkspace.write(ConfigWorkspace.SETTINGS, "sync:\n  mappings:\n    default: " + all + "\n");
        await().untilAsserted(() -> assertThat(status().path("mappings").toString()).contains(all));
        people.forEach(person -> changes(person, Map.of("city", "Turin")));
        await().until(() -> pending() == 1);
        assertThat(optedOut(people)).hasSize(2);
    }

    @Test
    void anOlderEventOfABatchIsHeldToTheSameLimit() {
        List<String> people = registered(4);
        edit("if ($person.refusesMarketing or .identity.traits.city == \"Rome\") true else null");
        arriveTogether(() -> people.forEach(person -> {
            changes(person, Map.of("city", "Rome"));
            changes(person, Map.of("city", "Turin"));
        }), 8);
        settle();
        assertThat(people).allSatisfy(person -> assertThat(record(person).text("City")).isEqualTo("Turin"));
        assertThat(optedOut(people)).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAnEditHasSetIsTakenBackAndNothingElse(boolean isSalesforceDown) {
        List<String> people = registered(3);
        String asked = registered(1).get(0);
        edit("true");
        assertThat(operator.post("/api/one-way-fields/confirm", "").statusCode()).isEqualTo(200);
        people.forEach(person -> changes(person, Map.of("city", "Turin")));
        changes(asked, Map.of("newsletter", false));
        settle();
        String bySales = people.get(0);
        assertThat(optedOut(people)).hasSize(3);
        SALESFORCE.org().edit(record(bySales).id(), Map.of(OPT_OUT, false));

        ConfigWorkspace.lay();
        awaitTaken(LEAD);
        changes(people.get(1), Map.of("city", "Asti"));
        settle();
        assertThat(optedOut(people)).as("an event takes nothing back").hasSize(2);
        int writes = SALESFORCE.writes().all().size();
        if (isSalesforceDown) {
            SALESFORCE.faults().start(Fault.unavailable().times(3));
        }
        assertThat(read(takeBack(OPT_OUT, SINCE_EVER, 202)).path("identities").asInt()).isEqualTo(3);
        await().untilAsserted(() -> assertThat(optedOut(people)).isEmpty());
        settle();
        assertThat(record(asked).is(OPT_OUT)).isTrue();
        assertThat(SALESFORCE.writes().ofIdentity(bySales).stream().skip(1).filter(write -> write.fields().containsKey(OPT_OUT)))
                .as("only what the edit has sent").hasSize(1);
        assertThat(SALESFORCE.writes().all().size() - writes).isEqualTo(2);
        assertThat(edited()).isZero();
        assertThat(explain(people.get(2)).path("code").asText()).isEqualTo("TAKEN_BACK");
        changes(people.get(2), Map.of("newsletter", false));
        settle();
        assertThat(record(people.get(2)).is(OPT_OUT)).as("asked for afterwards").isTrue();
    }

    @Test
    void whatTheMappingStillSaysIsNotTakenBack() {
        List<String> people = registered(2);
        edit("true");
        people.forEach(person -> changes(person, Map.of("city", "Turin")));
        settle();
        takeBack(OPT_OUT, SINCE_EVER, 202);
        await().until(() -> status().at("/reconcile/state").asText().equals("done"));
        settle();
        assertThat(optedOut(people)).hasSize(2);
    }

    /** The mapping was the same all the time, so the identity has changed: the opt-out was what the person wanted then. */
    @Test
    void whatAPersonNoLongerSaysIsNotTakenBack() {
        String person = registered(1).get(0);
        edit("if ($person.refusesMarketing or .identity.traits.no_mail) true else null");
        changes(person, Map.of("no_mail", true));
        settle();
        assertThat(edited()).isEqualTo(1);
        changes(person, Map.of("no_mail", false));
        settle();
        assertThat(edited()).isZero();
        ConfigWorkspace.lay();
        awaitTaken(LEAD);
        assertThat(read(takeBack(OPT_OUT, SINCE_EVER, 202)).path("identities").asInt()).isZero();
        changes(person, Map.of("city", "Turin"));
        settle();
        assertThat(record(person).is(OPT_OUT)).isTrue();
    }

    @Test
    void onlyWhatWasSetSinceThenIsTakenBack() {
        String person = registered(1).get(0);
        edit("true");
        changes(person, Map.of("city", "Turin"));
        settle();
        assertThat(read(takeBack(OPT_OUT, "2099-01-01T00:00:00+01:00", 202)).path("identities").asInt()).isZero();
        assertThat(read(takeBack("hasoptedoutofemail", SINCE_EVER, 202)).path("identities").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[]", "{\"field\":\"HasOptedOutOfEmail\"}", "{\"field\":\"LastName\",\"since\":\"" + SINCE_EVER + "\"}",
                "{\"field\":\"HasOptedOutOfEmail\",\"since\":\"yesterday\"}", "{\"field\":1,\"since\":\"" + SINCE_EVER + "\"}",
                "{\"field\":\"HasOptedOutOfEmail\",\"since\":\"" + SINCE_EVER + "\",\"all\":true}"})
    void aWrongRequestIsRejected(String body) {
        HttpResponse<String> answer = operator.post("/api/one-way-fields/take-back", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(read(answer.body()).path("code").asText()).isEqualTo("BAD_REQUEST");
    }

    /** An app that starts with edited files knows what was confirmed before. */
    @Test
    void aRestartForgetsNoConfirmation() {
        registered(1);
        ConfirmedMappings ofNextStart = beans.createBean(ConfirmedMappings.class);
        assertThat(ofNextStart.hasReference()).as("nothing was confirmed before").isFalse();
        edit("true");
        ofNextStart = beans.createBean(ConfirmedMappings.class);
        assertThat(ofNextStart.hasReference()).isTrue();
        assertThat(ofNextStart.isConfirmed()).isFalse();
    }

    private List<String> registered(int count) {
        return registered(count, 0);
    }

    private List<String> registered(int count, int waiting) {
        List<String> people = IntStream.range(0, count).mapToObj(number -> ORY.project().add(traits(number))).toList();
        people.forEach(person -> assertThat(ory.sends("registration", ORY.project().hook(person)).statusCode()).isEqualTo(204));
        await().until(() -> pending() == waiting);
        if (waiting == 0) {
            settle();
        }
        return people;
    }

    private static Map<String, Object> traits(int number) {
        return new HashMap<>(Map.of("email", "p" + number + "@example.org", "name", Map.of("first", "Pat", "last", "Person")));
    }

    private void changes(String person, Map<String, Object> traits) {
        Map<String, Object> all = traits(0);
        all.put("email", "p-" + person + "@example.org");
        all.putAll(traits);
        ORY.project().change(person, all);
        assertThat(ory.sends("settings", ORY.project().hook(person)).statusCode()).isEqualTo(204);
    }

    private void edit(String optOut) {
        ConfigWorkspace.replace(LEAD, SHIPPED, optOut);
        awaitTaken(LEAD);
    }

    private String takeBack(String field, String since, int expected) {
        HttpResponse<String> answer = operator.post("/api/one-way-fields/take-back",
                json.createObjectNode().put("field", field).put("since", since).toString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(expected);
        return answer.body();
    }

    private List<String> optedOut(List<String> people) {
        return people.stream().filter(person -> record(person).is(OPT_OUT)).toList();
    }

    private int edited() {
        return sql.queryForObject("select count(*) from one_way_edits", Integer.class);
    }

    private JsonNode held() {
        return health().at("/components/oneWayEdits");
    }

    private JsonNode explain(String person) {
        return get("/api/identities/" + person);
    }
}
