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
import java.util.ArrayList;
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
 * What an edit of a mapping says of an opt-out is left out for all but two identities until an operator confirms it, and what an
 * edit has set can be taken back. What a person says is neither left out nor taken back.
 */
@TestPropertySource(properties = {"test.context=one-way-edits", "sync.one-way-edit.limit=0", "sync.one-way-edit.at-least=2"})
class OneWayEditTest extends ReloadAppTest {

    private static final OryAdminSandbox ORY = OryAdminSandbox.start();
    private static final String OPT_OUT = "HasOptedOutOfEmail";
    private static final String SHIPPED = "if ($person.refusesMarketing) true else null";
    private static final String CORRECTED = "if ($person.refusesMarketing == true) true else null";
    private static final String TITLE = "Opt-outs and other one-way fields that edits set";
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
    void asShippedAgain() {
        SALESFORCE.faults().clear();
        ConfigWorkspace.lay();
        awaitTaken(LEAD);
        settle();
    }

    @Test
    void anEditThatSetsAnOptOutForManyWaitsForItsConfirmation() {
        List<String> people = registered(5);
        edit("true");
        moveTo("Turin", people);
        assertThat(people).as("records go on").allSatisfy(person -> assertThat(record(person).text("City")).isEqualTo("Turin"));
        assertThat(optedOut(people)).hasSize(2);
        assertThat(held().path("status").asText()).isEqualTo("DEGRADED");
        assertThat(held().at("/details/reason").asText()).contains(OPT_OUT, "2 identities", "confirm");
        String waiting = people.stream().filter(person -> !record(person).is(OPT_OUT)).findFirst().orElseThrow();
        assertThat(explain(waiting).path("code").asText()).isEqualTo("EDIT_NOT_CONFIRMED");
        assertThat(alerts.evaluate()).asString().contains("verdict=HOLDS", "text=An edit of the mappings sets");
        assertThat(status().path("edits").path("confirmed").asBoolean()).isFalse();
        assertThat(status().path("edits").path("fields").toString()).isEqualTo("[\"" + OPT_OUT + "\"]");

        assertThat(operator.post("/api/one-way-fields/confirm", "").statusCode()).isEqualTo(200);
        await().untilAsserted(() -> assertThat(optedOut(people)).as("by a comparison").hasSize(5));
        settle();
        assertThat(explain(waiting).path("code").isNull()).isTrue();
        assertThat(held().path("status").asText()).isEqualTo("UP");
        assertThat(status().at("/edits/confirmed").asBoolean()).isTrue();
        assertThat(sql.queryForObject("select count(*) from audit where act = 'confirm' and outcome = 'done'", Integer.class)).isPositive();
        assertThat(deadLetters()).isEmpty();
        assertThat(edited()).as("what was left out is noted, too").isEqualTo(5);
    }

    @Test
    void nothingIsLeftOfAnEditThatIsCorrected() {
        List<String> people = registered(4);
        edit("true");
        moveTo("Turin", people);
        assertThat(held().path("status").asText()).isEqualTo("DEGRADED");
        ConfigWorkspace.replace(LEAD, "\"" + OPT_OUT + "\": true", "\"" + OPT_OUT + "\": " + CORRECTED);
        awaitTaken(LEAD);
        assertThat(held().path("status").asText()).as("another text than the confirmed one").isEqualTo("UP");
        moveTo("Asti", people);
        assertThat(optedOut(people)).hasSize(2);
        assertThat(sql.queryForObject("select count(*) from one_way_edits where state = 'held'", Integer.class)).isZero();
        edit("true", CORRECTED);
        assertThat(held().path("status").asText()).as("until it meets an identity").isEqualTo("UP");
    }

    @Test
    void newRecordsAreWrittenWithoutIt() {
        edit("true");
        List<String> people = registered(4);
        assertThat(people).allSatisfy(person -> assertThat(record(person).text("LastName")).isEqualTo("Person"));
        assertThat(optedOut(people)).hasSize(2);
    }

    /** They bear a row of the first edit each, which is confirmed, and the limit counts them anew. */
    @Test
    void theNextEditHasItsOwnLimit() {
        List<String> people = registered(4);
        edit("if ($person.refusesMarketing or .identity.traits.no_mail) true else null");
        confirm();
        people.forEach(person -> changes(person, Map.of("no_mail", true)));
        settle();
        assertThat(edited()).isEqualTo(4);
        people.forEach(person -> SALESFORCE.org().edit(record(person).id(), Map.of(OPT_OUT, false)));
        moveTo("Turin", people);
        edit("true", "if ($person.refusesMarketing or .identity.traits.no_mail) true else null");
        moveTo("Asti", people);
        assertThat(optedOut(people)).hasSize(2);
    }

    /** The address is not verified, so nothing is written; and the ledger keeps nothing of the edit for later. */
    @Test
    void whatWaitsForAVerificationWaitsWithoutIt() {
        edit("true");
        List<String> people = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String person = ORY.project().add(traits(i));
            SALESFORCE.org().insert("Lead", Map.of("LastName", "Typed by sales", "Company", "Theirs", "Email", "p" + i + "@example.org"));
            ory.sends("registration", ORY.project().hook(person));
            people.add(person);
        }
        settle();
        assertThat(explain(people.get(0)).path("code").asText()).isEqualTo("WAITS_FOR_VERIFICATION");
        correct();
        people.forEach(person -> {
            ORY.project().verify(person);
            ory.sends("verification", ORY.project().hook(person));
        });
        settle();
        assertThat(people).allSatisfy(person -> assertThat(record(person).text("LastName")).isEqualTo("Typed by sales"));
        assertThat(optedOut(people)).isEmpty();
    }

    /** The mistake was not sent, and is corrected before anything else. */
    @Test
    void whatSalesforceRefusesIsNotWrittenLater() {
        String person = registered(1).get(0);
        edit("true");
        changes(person, Map.of("email", "no address"));
        await().until(() -> explain(person).path("outcome").asText().equals("dead-letter"));
        correct();
        moveTo("Asti", List.of(person));
        assertThat(record(person).text("City")).isEqualTo("Asti");
        assertThat(record(person).is(OPT_OUT)).isFalse();
        assertThat(edited()).isZero();
    }

    @Test
    void anotherTextOfTheSameMistakeHasNoFurtherLimit() {
        List<String> people = registered(5);
        edit("true");
        moveTo("Turin", people);
        ConfigWorkspace.replace(LEAD, "\"" + OPT_OUT + "\": true", "\"" + OPT_OUT + "\": not(false)");
        awaitTaken(LEAD);
        moveTo("Asti", people);
        assertThat(optedOut(people)).hasSize(2);
        assertThat(held().at("/details/reason").asText()).contains("2 identities");
    }

    @Test
    void aMistakeThatWasConfirmedIsTakenBackAfterFurtherEdits() {
        List<String> people = registered(3);
        edit("true");
        confirm();
        moveTo("Turin", people);
        ConfigWorkspace.replace(LEAD, "\"" + OPT_OUT + "\": true", "\"" + OPT_OUT + "\": not(false)");
        awaitTaken(LEAD);
        moveTo("Asti", people);
        correct();
        moveTo("Rome", people);
        edit("true");
        moveTo("Pisa", people);
        assertThat(edited()).as("those of the first edit").isEqualTo(3);
        correct();
        assertThat(read(takeBack(OPT_OUT, SINCE_EVER, 202)).path("identities").asInt()).isEqualTo(3);
        await().untilAsserted(() -> assertThat(optedOut(people)).isEmpty());
        settle();
    }

    @Test
    void aWishInTheBatchOfATakeBackStays() {
        String person = registered(1).get(0);
        edit("true");
        moveTo("Turin", List.of(person));
        correct();
        sql.update("update one_way_edits set requested_at = set_at");
        arriveTogether(() -> {
            changes(person, Map.of("newsletter", false));
            changes(person, Map.of("city", "Asti"));
        }, 2);
        settle();
        assertThat(record(person).is(OPT_OUT)).isTrue();
        assertThat(record(person).text("City")).isEqualTo("Asti");
    }

    @Test
    void aPreviewChangesNothing() {
        List<String> people = registered(3);
        edit("true");
        people.forEach(person -> assertThat(operator.post("/api/preview", ORY.project().hook(person).toString()).statusCode())
                .isEqualTo(200));
        assertThat(sql.queryForObject("select count(*) from one_way_edits", Integer.class)).isZero();
        assertThat(held().path("status").asText()).isEqualTo("UP");
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
        assertThat(browser.get("/console/mappings").body()).doesNotContain(TITLE);
        List<String> people = registered(3);
        edit("true");
        assertThat(browser.get("/console/mappings").body()).contains("The mappings were edited since they were confirmed.",
                "Confirm the edit");
        moveTo("Turin", people);
        assertThat(browser.get("/console").body()).contains("An edit of the mappings sets " + OPT_OUT,
                "href=\"/console/mappings#edits\"");
        HttpResponse<String> page = browser.get("/console/mappings");
        assertThat(page.body()).contains(TITLE, "An edit of the mappings sets " + OPT_OUT, "2 identities");
        assertThat(browser.follow(browser.submit(page, "/console/mappings/confirm", Map.of())).body())
                .contains("The mappings in use are confirmed.").doesNotContain("An edit of the mappings sets", "Confirm the edit");
        await().untilAsserted(() -> assertThat(optedOut(people)).hasSize(3));
        settle();
        assertThat(browser.get("/console").body()).doesNotContain("An edit of the mappings sets");

        correct();
        page = browser.get("/console/mappings");
        assertThat(page.body()).contains("3 identities");
        assertThat(browser.follow(browser.submit(page, "/console/mappings/take-back", Map.of("field", OPT_OUT, "since", "now"))).body())
                .contains("since is not a time");
        assertThat(browser
                .follow(browser.submit(page, "/console/mappings/take-back", Map.of("field", OPT_OUT, "since", "2026-01-01T00:00")))
                .body()).contains("It is taken back for 3 identities, once a comparison or an event brings them.");
        await().untilAsserted(() -> assertThat(optedOut(people)).isEmpty());
        assertThat(browser.get("/console/audit").body()).contains("Confirmation of mappings", "Take-back of a field",
                OPT_OUT + " where an edit has set it since 2026-01-01T00:00Z", OPT_OUT + " where an edit has set it since ?");
    }

    /** One set of mappings for a schema in place of another is an edit, too. */
    @Test
    void anotherMappingForASchemaIsAnEdit() {
        List<String> people = registered(3);
        String all = ConfigWorkspace.MAPPINGS + "/all.jslt";
        ConfigWorkspace.write(ConfigWorkspace.MAPPINGS.resolve("all.jslt"), ConfigWorkspace.read(LEAD).replace(SHIPPED, "true"));
        ConfigWorkspace.write(ConfigWorkspace.SETTINGS, "sync:\n  mappings:\n    default: " + all + "\n");
        await().untilAsserted(() -> assertThat(status().path("mappings").toString()).contains(all));
        moveTo("Turin", people);
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
        String said = registered(1).get(0);
        String entered = registered(1).get(0);
        SALESFORCE.org().edit(record(entered).id(), Map.of(OPT_OUT, true));
        edit("true");
        confirm();
        people.forEach(person -> changes(person, Map.of("city", "Turin")));
        changes(asked, Map.of("newsletter", false));
        changes(said, Map.of("city", "Turin"));
        changes(entered, Map.of("city", "Turin"));
        settle();
        changes(said, Map.of("newsletter", false));
        settle();
        changes(said, Map.of("city", "Rome"));
        settle();
        String bySales = people.get(0);
        assertThat(optedOut(people)).hasSize(3);
        SALESFORCE.org().edit(record(bySales).id(), Map.of(OPT_OUT, false));

        correct();
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
        assertThat(record(said).is(OPT_OUT)).as("said while the edit was in use").isTrue();
        assertThat(record(entered).is(OPT_OUT)).as("entered by sales before the edit").isTrue();
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
        moveTo("Turin", people);
        takeBack(OPT_OUT, SINCE_EVER, 202);
        await().until(() -> status().at("/reconcile/state").asText().equals("done"));
        settle();
        assertThat(optedOut(people)).hasSize(2);
        assertThat(sql.queryForObject("select count(*) from one_way_edits where requested_at is not null", Integer.class))
                .as("the request is over").isZero();
    }

    @Test
    void aRecordThatIsGoneIsNotMistakenForOneWithoutTheValue() {
        String person = registered(1).get(0);
        edit("true");
        moveTo("Turin", List.of(person));
        correct();
        String winner = SALESFORCE.org().insert("Lead", Map.of("LastName", "Person", "Company", "Theirs", OPT_OUT, true));
        SALESFORCE.org().merge(winner, record(person).id());
        takeBack(OPT_OUT, SINCE_EVER, 202);
        await().until(() -> status().at("/reconcile/state").asText().equals("done"));
        settle();
        assertThat(edited()).as("it is tried again once the winner is known").isEqualTo(1);
        moveTo("Asti", List.of(person));
        assertThat(record(person).id()).isEqualTo(winner);
        moveTo("Rome", List.of(person));
        assertThat(record(person).is(OPT_OUT)).isFalse();
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
        correct();
        assertThat(read(takeBack(OPT_OUT, SINCE_EVER, 202)).path("identities").asInt()).isZero();
        moveTo("Turin", List.of(person));
        assertThat(record(person).is(OPT_OUT)).isTrue();
    }

    @Test
    void onlyWhatWasSetSinceThenIsTakenBack() {
        String person = registered(1).get(0);
        edit("true");
        moveTo("Turin", List.of(person));
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
        List<String> people = IntStream.range(0, count).mapToObj(number -> ORY.project().add(traits(number))).toList();
        people.forEach(person -> assertThat(ory.sends("registration", ORY.project().hook(person)).statusCode()).isEqualTo(204));
        settle();
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

    private void moveTo(String city, List<String> people) {
        people.forEach(person -> changes(person, Map.of("city", city)));
        settle();
    }

    /** The mapping is as it was before the edit. */
    private void correct() {
        ConfigWorkspace.lay();
        awaitTaken(LEAD);
    }

    private void edit(String optOut) {
        edit(optOut, SHIPPED);
    }

    private void edit(String optOut, String former) {
        ConfigWorkspace.replace(LEAD, former, optOut);
        awaitTaken(LEAD);
    }

    private void confirm() {
        assertThat(operator.post("/api/one-way-fields/confirm", "").statusCode()).isEqualTo(200);
        await().until(() -> status().at("/reconcile/state").asText().equals("done"));
        settle();
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
        return sql.queryForObject("select count(*) from one_way_edits where state = 'set'", Integer.class);
    }

    private JsonNode held() {
        return health().at("/components/oneWayEdits");
    }

    private JsonNode explain(String person) {
        return get("/api/identities/" + person);
    }
}
