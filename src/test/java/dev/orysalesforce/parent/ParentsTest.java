package dev.orysalesforce.parent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.doctor.SetUpChecks;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.FieldRule;
import dev.orysalesforce.sandbox.Org.Permission;
import dev.orysalesforce.sandbox.RowError;
import dev.orysalesforce.sandbox.SandboxRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.test.util.ReflectionTestUtils;

/** The Account of a Contact is found or created once, and what sales edits stays. */
@Tag("any-ledger")
class ParentsTest extends AppTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");
    private static final String ORGANIZATION = "Ory_Organization_Id__c";

    @Autowired
    private SetUpChecks checks;

    @Autowired
    @Qualifier("describe")
    private Object describe;

    private final String id = UUID.randomUUID().toString();
    private final String organization = UUID.randomUUID().toString();

    @Test
    void theDoctorSeesTheAccountsOfContacts() {
        checks.run();
        assertThat(checks.last().get("Salesforce").report().findings()).filteredOn(finding -> finding.place().equals("Contact.AccountId"))
                .singleElement().satisfies(finding -> assertThat(finding.message()).startsWith("mappings/contact.jslt"));
    }

    @Test
    void colleaguesShareAnAccountThatIsCreatedOnce() {
        String colleague = UUID.randomUUID().toString();
        arriveTogether(() -> {
            send(colleague(id, "acme.example", organization));
            send(colleague(colleague, "acme.example", organization));
        }, 2);
        settle();
        SandboxRecord account = account();
        assertThat(account.text("Name")).isEqualTo("Acme");
        assertThat(account.text("Website")).isEqualTo("acme.example");
        assertThat(account.text(ORGANIZATION)).isEqualTo(organization);
        assertThat(accountOf(id)).isEqualTo(accountOf(colleague)).isEqualTo(account.id());
        int calls = calls();
        String third = UUID.randomUUID().toString();
        send(colleague(third, "acme.example", organization));
        settle();
        assertThat(accountOf(third)).isEqualTo(account.id());
        assertThat(calls() - calls).as("a look-up for the Contact, and its write").isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"acme.example, true", "http://acme.example, true", "https://www.acme.example/, true", "WWW.Acme.Example, true",
        "https://acme.example/, true", "acme.example/team, false", "https://shop.acme.example, false", "acme.example.org, false",
        "notacme.example, false"})
    void anAccountIsFoundByTheDomainOfAVerifiedAddress(String website, boolean isFound) {
        String account = account(Map.of("Name", "Typed by sales", "Website", website));
        send(colleague(id, "acme.example", null));
        settle();
        assertThat(accountOf(id).equals(account)).isEqualTo(isFound);
        assertThat(SALESFORCE.org().record(account).text("Name")).isEqualTo("Typed by sales");
        assertThat(SALESFORCE.org().records("Account")).hasSize(isFound ? 1 : 2);
    }

    @Test
    void theOrganizationGoesBeforeTheDomain() {
        account(Map.of("Name", "Same domain", "Website", "acme.example"));
        String account = account(Map.of("Name", "Same organization", ORGANIZATION, organization));
        send(colleague(id, "acme.example", organization));
        settle();
        assertThat(accountOf(id)).isEqualTo(account);
    }

    @Test
    void anAccountOfAnotherOrganizationIsNotTaken() {
        String other = account(Map.of("Name", "Other", "Website", "acme.example", ORGANIZATION, UUID.randomUUID().toString()));
        send(colleague(id, "acme.example", organization));
        settle();
        assertThat(accountOf(id)).isNotNull().isNotEqualTo(other);
    }

    @Test
    void untilTheAddressIsVerifiedTheDomainDoesNotCount() {
        String account = account(Map.of("Name", "Acme", "Website", "acme.example"));
        ObjectNode event = colleague(id, "acme.example", null);
        ((ObjectNode) event.at("/identity/verifiable_addresses/0")).put("verified", false);
        send(event);
        settle();
        assertThat(accountOf(id)).isNull();
        assertThat(SALESFORCE.org().records("Account")).hasSize(1);
        assertThat(ledger("code")).isEqualTo("PARENT_WAITS_FOR_VERIFICATION");
        assertThat(ledger("outcome")).isEqualTo("synced");
        send(colleague(id, "acme.example", null));
        settle();
        assertThat(accountOf(id)).isEqualTo(account);
        assertThat(ledger("code")).isNull();
    }

    /** Otherwise a person could type the domain of a company into an Account that the person's organization gets. */
    @Test
    void anUnverifiedDomainIsNotWrittenIntoAnAccount() {
        ObjectNode event = colleague(id, "acme.example", organization);
        ((ObjectNode) event.at("/identity/verifiable_addresses/0")).put("verified", false);
        send(event);
        settle();
        assertThat(account().id()).isEqualTo(accountOf(id));
        assertThat(account().text("Website")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gmail.com", "GMail.com", "mail.yahoo.com", "acme.github.io", "co.uk"})
    void aSharedHostNeverCounts(String host) {
        account(Map.of("Name", "Google", "Website", host));
        send(colleague(id, host, null));
        settle();
        assertThat(accountOf(id)).isNull();
        assertThat(SALESFORCE.org().records("Account")).hasSize(1);
        assertThat(ledger("code")).isEqualTo("SHARED_HOST");
    }

    @Test
    void ofSeveralAccountsNoneIsTaken() {
        String one = account(Map.of("Name", "One", "Website", "acme.example"));
        String other = account(Map.of("Name", "Other", "Website", "https://acme.example"));
        ObjectNode event = colleague(id, "acme.example", null);
        JsonNode preview = read(new Operator(port, OPERATOR_TOKEN).post("/api/preview", event.toString()).body());
        assertThat(preview.path("problems").toString()).contains("SEVERAL_ACCOUNTS");
        assertThat(preview.at("/records/0").has("AccountId")).isFalse();
        send(event);
        settle();
        assertThat(accountOf(id)).isNull();
        assertThat(SALESFORCE.org().records("Account")).hasSize(2);
        assertThat(ledger("code")).isEqualTo("SEVERAL_ACCOUNTS");
        assertThat(ledger("message")).contains(one, other);
    }

    @Test
    void aParentIsNotCreatedUnlessTheMappingSaysSo() {
        ObjectNode parent = parent();
        parent.remove("create");
        send(parented(id, 0, parent));
        settle();
        assertThat(accountOf(id)).isNull();
        assertThat(SALESFORCE.org().records("Account")).isEmpty();
        assertThat(ledger("code")).isEqualTo("PARENT_NOT_FOUND");
        String account = account(Map.of("Name", "Acme", ORGANIZATION, organization));
        send(parented(id, 1, parent));
        settle();
        assertThat(accountOf(id)).isEqualTo(account);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatSalesEditsOnAnAccountStays(boolean updates) {
        send(parented(id, 0, parent().put("update", updates)));
        settle();
        SALESFORCE.org().edit(account().id(), Map.of("Phone", "Typed by sales", "Name", "Typed by sales", "Description", "Typed by sales"));
        send(parented(id, 1, parent().put("update", updates)));
        settle();
        assertThat(account().text("Name")).as("did not change at Ory").isEqualTo("Typed by sales");
        send(parented(id, 2, parent().put("update", updates).put("Name", "Acme Ltd")));
        settle();
        assertThat(account().text("Name")).isEqualTo(updates ? "Acme Ltd" : "Typed by sales");
        assertThat(account().text("Phone")).isEqualTo("Typed by sales");
        assertThat(account().text("Description")).as("did not change at Ory").isEqualTo("Typed by sales");
        int calls = calls();
        send(parented(id, 3, parent().put("update", updates).put("Name", "Acme Ltd")));
        settle();
        assertThat(calls()).as("nothing has changed").isEqualTo(calls);
    }

    @Test
    void leavingAnOrganizationEndsTheLink() {
        send(parented(id, 0, parent()));
        settle();
        assertThat(accountOf(id)).isNotNull();
        send(parented(id, 1, null));
        settle();
        assertThat(accountOf(id)).isNull();
        assertThat(record(id).text("LastName")).isEqualTo("Person");
        int calls = calls();
        send(parented(id, 2, null));
        settle();
        assertThat(calls()).as("nothing has changed").isEqualTo(calls);
        send(parented(id, 3, parent()));
        settle();
        assertThat(accountOf(id)).as("back again").isEqualTo(account().id());
    }

    @Test
    void aLinkThatSalesHasChangedStays() {
        send(parented(id, 0, parent()));
        settle();
        String ofSales = account(Map.of("Name", "Of sales"));
        SALESFORCE.org().edit(record(id).id(), Map.of("AccountId", ofSales));
        send(parented(id, 1, parent().put(ORGANIZATION, UUID.randomUUID().toString())));
        settle();
        assertThat(accountOf(id)).as("moved at Ory").isEqualTo(ofSales);
        send(parented(id, 2, null));
        settle();
        assertThat(accountOf(id)).as("left at Ory").isEqualTo(ofSales);
    }

    @Test
    void othersOfTheBatchAreComparedOnce() {
        String other = UUID.randomUUID().toString();
        ObjectNode event = parented(other, 0, null);
        ((ObjectNode) event.at("/identity/traits")).putObject("fields").put("Title", "First").put("Phone", "+44 1");
        send(event);
        settle();
        ObjectNode later = parented(other, 1, null);
        ((ObjectNode) later.at("/identity/traits")).putObject("fields").put("Title", "Second").put("Phone", "+44 1");
        arriveTogether(() -> {
            send(later);
            send(parented(id, 0, parent()));
        }, 2);
        settle();
        assertThat(accountOf(id)).isEqualTo(account().id());
        assertThat(record(other).text("Title")).isEqualTo("Second");
        assertThat(record(other).text("Phone")).isEqualTo("+44 1");
        assertThat(record(other).text("Email")).isNotNull();
    }

    @Test
    void twoFieldsMayReferToOneParent() {
        SALESFORCE.org().schema("Contact").put(FieldRule.reference("Payer__c", "Account"));
        ObjectNode event = parented(id, 0, parent());
        ((ObjectNode) event.at("/identity/traits/parents")).set("Payer__c", parent());
        send(event);
        settle();
        assertThat(accountOf(id)).isEqualTo(account().id()).isEqualTo(record(id).text("Payer__c"));
    }

    @Test
    void aContactThatIsThereGetsItsAccountIfItHasNone() {
        send(parented(id, 0, null));
        settle();
        send(parented(id, 1, parent()));
        settle();
        assertThat(accountOf(id)).isEqualTo(account().id());
    }

    @Test
    void forAContactWithAnAccountNoneIsCreated() {
        send(parented(id, 0, null));
        settle();
        String ofSales = account(Map.of("Name", "Of sales"));
        SALESFORCE.org().edit(record(id).id(), Map.of("AccountId", ofSales));
        send(parented(id, 1, parent()));
        settle();
        assertThat(accountOf(id)).isEqualTo(ofSales);
        assertThat(account().id()).isEqualTo(ofSales);
        send(parented(id, 2, null));
        settle();
        assertThat(accountOf(id)).isEqualTo(ofSales);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAdoptedContactKeepsItsAccount(boolean hasOne) {
        String ofSales = account(Map.of("Name", "Of sales"));
        String contact = SALESFORCE.org().insert("Contact", hasOne
                ? Map.of("LastName", "Typed", "Email", "pat@acme.example", "AccountId", ofSales)
                : Map.of("LastName", "Typed", "Email", "pat@acme.example"));
        send(colleague(id, "acme.example", organization));
        settle();
        assertThat(record(id).id()).isEqualTo(contact);
        assertThat(SALESFORCE.org().records("Account")).hasSize(hasOne ? 1 : 2);
        assertThat(accountOf(id).equals(ofSales)).isEqualTo(hasOne);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAccountThatWasDeletedIsFoundOrCreatedAgain(boolean purged) {
        send(parented(id, 0, parent()));
        settle();
        String first = account().id();
        SALESFORCE.org().delete(first);
        if (purged) {
            SALESFORCE.org().purge(first);
        }
        String colleague = UUID.randomUUID().toString();
        send(parented(colleague, 0, parent()));
        settle();
        assertThat(deadLetters()).isEmpty();
        assertThat(accountOf(colleague)).isNotEqualTo(first).isEqualTo(account().id());
    }

    @Test
    void anAccountThatWasMergedIsFollowed() {
        send(parented(id, 0, parent()));
        settle();
        String winner = account(Map.of("Name", "Winner"));
        SALESFORCE.org().merge(winner, accountOf(id));
        String colleague = UUID.randomUUID().toString();
        send(parented(colleague, 0, parent()));
        settle();
        assertThat(deadLetters()).isEmpty();
        assertThat(accountOf(colleague)).isEqualTo(winner);
        assertThat(account().id()).isEqualTo(winner);
        send(parented(id, 1, null));
        settle();
        assertThat(accountOf(id)).as("Salesforce, not the app, has linked it").isEqualTo(winner);
    }

    /** The record itself is deleted, and its parent is not. */
    @Test
    void aDeletedContactIsNotTakenForADeletedAccount() {
        send(parented(id, 0, parent()));
        settle();
        SALESFORCE.org().delete(record(id).id());
        send(parented(id, 1, parent().put(ORGANIZATION, UUID.randomUUID().toString())));
        settle();
        assertThat(ledger("code")).isEqualTo("DELETED_IN_SALESFORCE");
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aRefusedAccountDelaysOnlyItsOwnContacts() {
        SALESFORCE.faults().refuseRows(row -> "Refused".equals(row.fields().get("Name")),
                new RowError("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Refused is no name", "Name"), 1);
        String colleague = UUID.randomUUID().toString();
        String other = UUID.randomUUID().toString();
        arriveTogether(() -> {
            send(parented(id, 0, parent().put("Name", "Refused")));
            send(parented(colleague, 0, parent().put("Name", "Refused")));
            send(parented(other, 0, parent().put(ORGANIZATION, UUID.randomUUID().toString())));
        }, 3);
        settle();
        assertThat(accountOf(other)).isEqualTo(account().id());
        assertThat(deadLetters()).hasSize(2).allSatisfy(letter -> {
            assertThat(letter.path("code").asText()).isEqualTo("PARENT_REFUSED");
            assertThat(letter.path("fields").toString()).isEqualTo("[\"AccountId\"]");
            assertThat(letter.path("message").asText()).contains("Account for AccountId was refused")
                    .contains("FIELD_CUSTOM_VALIDATION_EXCEPTION").contains("validation rule").doesNotContain("Refused is");
        });
    }

    @Test
    void anAccountThatIsLockedIsTriedAgain() {
        SALESFORCE.faults().lockRows(row -> row.object().equals("Account"), 1);
        send(parented(id, 0, parent()));
        await().until(() -> !SALESFORCE.org().byIdentity(id).isEmpty());
        settle();
        assertThat(accountOf(id)).isEqualTo(account().id());
        assertThat(deadLetters()).isEmpty();
    }

    @Tag("nightly")
    @Test
    void anOrgThatTakesFewAccountsAtATimeGetsThemInSmallerCalls(@Autowired ParentResults results) {
        SALESFORCE.org().limitAutomation("Account", 10);
        arriveTogether(() -> {
            for (int i = 0; i < 30; i++) {
                send(parented(UUID.randomUUID().toString(), 0, parent().put(ORGANIZATION, UUID.randomUUID().toString())));
            }
        }, 30);
        settle();
        assertThat(SALESFORCE.org().records("Account")).hasSize(30);
        assertThat(SALESFORCE.org().records("Contact")).hasSize(30)
                .allSatisfy(contact -> assertThat(contact.text("AccountId")).isNotNull());
        assertThat(deadLetters()).isEmpty();
        ReflectionTestUtils.setField(results, "largest", 200); // for the tests that follow
    }

    @Test
    void aCallThatIsRefusedAsAWholeDelaysOnlyTheAccountAtFault() {
        SALESFORCE.faults().refuseCalls(row -> "Refused".equals(row.fields().get("Name")),
                new RowError("JSON_PARSER_ERROR", "Cannot deserialize", "Name"));
        List<String> others = IntStream.range(0, 5).mapToObj(i -> UUID.randomUUID().toString()).toList();
        arriveTogether(() -> {
            send(parented(id, 0, parent().put("Name", "Refused")));
            others.forEach(other -> send(parented(other, 0, parent().put(ORGANIZATION, UUID.randomUUID().toString()))));
        }, 6);
        settle();
        assertThat(others).allSatisfy(other -> assertThat(accountOf(other)).isNotNull());
        assertThat(deadLetters()).hasSize(1).first()
                .satisfies(letter -> assertThat(letter.path("code").asText()).isEqualTo("PARENT_REFUSED"));
    }

    @ParameterizedTest
    @CsvSource({"READ, false", "READ, true", "CREATE, false"})
    void withoutAPermissionOnAccountsContactsGoOn(Permission permission, boolean isDescribedAnew) {
        SALESFORCE.org().forbid("Account", permission);
        if (isDescribedAnew) {
            described("answers").clear();
        }
        send(parented(id, 0, parent().put(ORGANIZATION, UUID.randomUUID().toString())));
        settle();
        assertThat(accountOf(id)).isNull();
        assertThat(ledger("code")).isEqualTo("PARENT_LEFT_OUT");
        described("invisible").clear(); // for the tests that follow
        assertThat(ledger("outcome")).isEqualTo("synced");
        assertThat(health().path("status").asText()).isEqualTo("UP");
    }

    @Test
    void aFieldThatAccountsLackLeavesThemOut() {
        send(parented(id, 0, parent().put("Not_There__c", "x")));
        settle();
        assertThat(accountOf(id)).isNull();
        assertThat(ledger("code")).isEqualTo("PARENT_LEFT_OUT");
        assertThat(ledger("message")).contains("INVALID_FIELD");
    }

    /** Without an external ID nothing but the look-up tells whether the call has created it. */
    @Test
    void aLostAnswerDoesNotCreateAnAccountTwice() {
        SALESFORCE.faults().start(Fault.reset().on(CallKind.CREATE).withLostAnswer().times(1));
        send(colleague(id, "acme.example", null));
        await().until(() -> SALESFORCE.org().records("Account").size() == 1);
        sql.update("update parents set ends_at = 0"); // as if the time of the claim were over
        await().until(() -> !SALESFORCE.org().byIdentity(id).isEmpty());
        settle();
        assertThat(accountOf(id)).isEqualTo(account().id());
    }

    /** While another instance has it, only its own records wait. */
    @Tag("nightly")
    @Test
    void aClaimedAccountDelaysOnlyItsOwnContacts() {
        send(colleague(id, "acme.example", null));
        settle();
        SALESFORCE.org().delete(account().id());
        sql.update("update parents set salesforce_id = null, ends_at = ?", Instant.now().plusSeconds(600).toEpochMilli());
        String claimed = UUID.randomUUID().toString();
        String other = UUID.randomUUID().toString();
        arriveTogether(() -> {
            send(colleague(claimed, "acme.example", null));
            send(parented(other, 0, null));
        }, 2);
        await().until(() -> !SALESFORCE.org().byIdentity(other).isEmpty());
        assertThat(SALESFORCE.org().byIdentity(claimed)).isEmpty();
        sql.update("update parents set ends_at = 0");
        await().until(() -> !SALESFORCE.org().byIdentity(claimed).isEmpty());
        settle();
        assertThat(accountOf(claimed)).isEqualTo(account().id());
    }

    @Tag("nightly")
    @Test
    void aThousandSignUpsOfFiftyOrganizationsTakeTwentyCalls() {
        SALESFORCE.calls().keepBodies(false);
        List<String> organizations = IntStream.range(0, 50).mapToObj(i -> UUID.randomUUID().toString()).toList();
        List<String> ids = IntStream.range(0, 1000).mapToObj(i -> UUID.randomUUID().toString()).toList();
        int calls = calls();
        arriveTogether(() -> {
            for (int i = 0; i < ids.size(); i++) {
                send(colleague(ids.get(i), "company" + i % 50 + ".example", organizations.get(i % 50)));
            }
        }, 1000);
        settle();
        assertThat(SALESFORCE.org().records("Contact")).hasSize(1000)
                .allSatisfy(contact -> assertThat(contact.text("AccountId")).isNotNull());
        assertThat(SALESFORCE.org().records("Account")).hasSize(50);
        assertThat(calls() - calls).isLessThanOrEqualTo(20);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "[]|it is not an object",
        "{\"AccountId\": \"001\"}|AccountId is neither an object nor null",
        "{\"AccountId\": {\"match\": [\"Website\"]}}|AccountId has no attributes.type",
        "{\"AccountId\": {\"attributes\": {\"type\": \"Account\"}}}|AccountId has no match",
        "{\"AccountId\": {\"attributes\": {\"type\": \"Account\"}, \"match\": []}}|AccountId has no match",
        "{\"AccountId\": {\"attributes\": {\"type\": \"Account\"}, \"match\": [\"Website\"], \"create\": \"yes\"}}|AccountId has a create",
        "{\"AccountId\": {\"attributes\": {\"type\": \"Account\"}, \"match\": [\"Website\"], \"Name\": {}}}|AccountId has a field",
        "{\"LastName\": {\"attributes\": {\"type\": \"Account\"}, \"match\": [\"Website\"]}}|LastName is in the record, too",
        "{\"pat@acme.example\": {}}|a parent has a name that is not one of a field"})
    void parentsOfAWrongShapeAreAnErrorOfTheMapping(String parents, String message) {
        ObjectNode event = parented(id, 0, null);
        ((ObjectNode) event.at("/identity/traits")).set("parents", read(parents));
        send(event);
        settle();
        assertThat(deadLetters()).hasSize(1).first().satisfies(letter -> {
            assertThat(letter.path("code").asText()).isEqualTo("MAPPING_FAILED");
            assertThat(letter.path("message").asText()).contains("parented.jslt has a result with parents that can't be used: " + message)
                    .doesNotContain("pat@");
        });
    }

    @Test
    void thePreviewShowsTheAccountAndCreatesNone() {
        JsonNode preview = preview(parented(id, 0, parent()));
        assertThat(preview.at("/records/0/AccountId/Name").asText()).isEqualTo("Acme");
        assertThat(preview.at("/records/0/AccountId/attributes/type").asText()).isEqualTo("Account");
        assertThat(preview.path("problems").toString()).contains("Account of AccountId would be created").doesNotContain("\"error\"");
        assertThat(SALESFORCE.org().records("Account")).isEmpty();
        assertThat(sql.queryForObject("select count(*) from parents", Long.class)).isZero();
        String account = account(Map.of("Name", "Acme", ORGANIZATION, organization));
        assertThat(preview(parented(id, 0, parent())).at("/records/0/AccountId").asText()).isEqualTo(account);
    }

    @Test
    void anErasureLeavesTheAccount() {
        send(parented(id, 0, parent()));
        settle();
        SandboxRecord before = account();
        assertThat(new Operator(port, OPERATOR_TOKEN).delete("/api/identities/" + id).statusCode()).isEqualTo(202);
        settle();
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        assertThat(account().fields()).isEqualTo(before.fields());
    }

    private Map<?, ?> described(String what) {
        return (Map<?, ?>) ReflectionTestUtils.getField(describe, what);
    }

    private JsonNode preview(ObjectNode event) {
        return read(new Operator(port, OPERATOR_TOKEN).post("/api/preview", event.toString()).body());
    }

    /** A sign-up as the shipped mapping reads it. */
    private ObjectNode colleague(String identity, String domain, String organization) {
        String address = (identity.equals(id) ? "pat" : "p-" + identity) + "@" + domain;
        ObjectNode event = Ory.identity(identity, START, "Person");
        ObjectNode its = ((ObjectNode) event.path("identity")).put("schema_id", "colleague").put("organization_id", organization);
        ((ObjectNode) its.path("traits")).put("email", address).put("company", "Acme");
        its.putArray("verifiable_addresses").addObject().put("value", address).put("verified", true).put("via", "email");
        return event;
    }

    private ObjectNode parent() {
        ObjectNode parent = json.createObjectNode().put("create", true).put(ORGANIZATION, organization).put("Name", "Acme")
                .put("Description", "From Ory");
        parent.putObject("attributes").put("type", "Account");
        parent.putArray("match").add(ORGANIZATION);
        return parent;
    }

    private ObjectNode parented(String identity, int state, ObjectNode account) {
        ObjectNode event = Ory.identity(identity, START.plusSeconds(state), "Person");
        ((ObjectNode) event.path("identity")).put("schema_id", "parented");
        if (account != null) {
            ((ObjectNode) event.at("/identity/traits")).putObject("parents").set("AccountId", account);
        }
        return event;
    }

    private void send(ObjectNode event) {
        assertThat(ory.sends("registration", event).statusCode()).isEqualTo(204);
    }

    private static String account(Map<String, ?> fields) {
        return SALESFORCE.org().insert("Account", fields);
    }

    private SandboxRecord account() {
        List<SandboxRecord> accounts = new ArrayList<>(SALESFORCE.org().records("Account"));
        assertThat(accounts).hasSize(1);
        return accounts.get(0);
    }

    private String accountOf(String identity) {
        return record(identity).text("AccountId");
    }

    private String ledger(String column) {
        return sql.queryForObject("select " + column + " from identities where identity = ?", String.class, id);
    }

    private int calls() {
        return SALESFORCE.calls().where(call -> call.kind().isData()).size();
    }
}
