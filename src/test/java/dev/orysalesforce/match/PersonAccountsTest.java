package dev.orysalesforce.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.SandboxRecord;
import dev.orysalesforce.sandbox.Write;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** In an org with person accounts, some Contacts are one half of an Account, and a Lead without a company becomes one. */
@Tag("any-ledger")
class PersonAccountsTest extends AppTest {

    private static final String ID = "Ory_Identity_Id__c";
    private static final String FIRST = "2026-11-01T10:00:00Z";
    private static final String THIRD = "2026-11-01T12:00:00Z";
    private static final String SECOND = "2026-11-01T11:00:00Z";

    private final String id = UUID.randomUUID().toString();
    private final String email = id + "@example.org";

    @BeforeEach
    void anOrgWithPersonAccounts() {
        askOrgAgain();
        SALESFORCE.org().enablePersonAccounts();
    }

    @AfterEach
    void forgetDescriptions() {
        askOrgAgain();
    }

    @Test
    void aPersonAccountIsNotAdopted() {
        String there = person(email);
        register(id, email);
        assertThat(record(id).object()).as("the person arrives nevertheless").isEqualTo("Lead");
        assertThat(SALESFORCE.org().record(there).text("FirstName")).isNull();
        assertThat(ledger("code")).isEqualTo("PERSON_ACCOUNT");
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void onceItIsKnownTheQueryIsMadeOnce() {
        person(email);
        register(id, email);
        long before = composites();
        String other = UUID.randomUUID().toString();
        register(other, email);
        assertThat(record(other).object()).isEqualTo("Lead");
        assertThat(composites() - before).isEqualTo(1);
    }

    @Test
    void newPersonAccountsWaitUntilItIsDeployed() {
        sends("registration", of("person", id, email, FIRST));
        await().untilAsserted(() -> assertThat(pause()).contains("Account", "Ory_Identity_Person_Accounts"));
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        deploy();
        askOrgAgain();
        settle();
        assertThat(account(id).text("PersonEmail")).isEqualTo(email);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void theEventOfALeadThatBecameOneIsADeadLetterUntilItIsDeployed() {
        register(id, email);
        String person = SALESFORCE.org().convertLead(record(id).id(), false);
        sends("settings", named(of(null, id, email, SECOND), "Renamed"));
        settle();
        assertThat(deadLetters()).singleElement().satisfies(letter -> assertThat(letter.path("message").asText())
                .contains("person account", "Ory_Identity_Person_Accounts"));
        assertThat(writesTo(person)).isEmpty();
        deploy();
        askOrgAgain();
        operator().post("/api/dead-letters/replay", "{\"code\": \"PERSON_ACCOUNT\"}");
        settle();
        assertThat(SALESFORCE.org().record(person).text("FirstName")).isEqualTo("Renamed");
        assertThat(SALESFORCE.org().record(person).text(ID)).isEqualTo(id);
    }

    @Test
    void aNewOneIsAnAccountOfTheRecordTypeOfPeople() {
        deploy();
        sends("registration", of("person", id, email, FIRST));
        settle();
        SandboxRecord account = account(id);
        assertThat(account.is("IsPersonAccount")).isTrue();
        assertThat(account.text("RecordTypeId")).isEqualTo(SALESFORCE.org().typeId("Account", "PersonAccount"));
        assertThat(account.text("PersonEmail")).isEqualTo(email);
        assertThat(account.text("PersonLeadSource")).isEqualTo("Ory Registration");
        assertThat(SALESFORCE.org().find("Contact", "Email", email)).as("the half that Salesforce keeps").hasSize(1);
        assertThat(ledger("object")).isEqualTo("PersonAccount");
        JsonNode status = read(operator().get("/api/identities/" + id).body());
        assertThat(status.path("object").asText()).isEqualTo("PersonAccount");
        assertThat(status.path("link").asText()).endsWith("/" + account.id());
    }

    @Test
    void aChangeOfIt() {
        deploy();
        sends("registration", of("person", id, email, FIRST));
        settle();
        SALESFORCE.org().edit(account(id).id(), Map.of("PersonTitle", "Typed by sales"));
        sends("settings", named(of("person", id, email, SECOND), "Renamed"));
        settle();
        assertThat(account(id).text("FirstName")).isEqualTo("Renamed");
        assertThat(account(id).text("PersonTitle")).isEqualTo("Typed by sales");
        assertThat(writesTo(account(id).id()).get(1).fields()).containsOnlyKeys("FirstName", "Ory_Updated_At__c", "IsPersonAccount");
    }

    @Test
    void aRepeatedEventIsOneAccount() {
        deploy();
        ObjectNode event = of("person", id, email, FIRST);
        sends("registration", event);
        sends("registration", event);
        settle();
        sql.update("delete from identities");
        sends("registration", event);
        settle();
        assertThat(SALESFORCE.org().byIdentity(id)).hasSize(1);
        assertThat(writesTo(account(id).id())).hasSize(1);
    }

    @Test
    void oneWithTheAddressIsAdopted() {
        deploy();
        String there = person(email);
        SALESFORCE.org().edit(there, Map.of("PersonTitle", "Typed by sales"));
        sends("registration", named(verified(of("person", id, email, FIRST)), "Ada"));
        settle();
        SandboxRecord account = account(id);
        assertThat(account.id()).isEqualTo(there);
        assertThat(account.text("FirstName")).as("was empty").isEqualTo("Ada");
        assertThat(account.text("LastName")).isEqualTo("Typed by sales");
        assertThat(account.text("PersonTitle")).isEqualTo("Typed by sales");
        assertThat(ledger("found_by")).isEqualTo("email");
    }

    @Test
    void oneWithTheAddressIsAdoptedThoughTheMappingMakesLeads() {
        deploy();
        String there = person(email);
        register(id, email);
        assertThat(account(id).id()).isEqualTo(there);
        assertThat(SALESFORCE.org().find("Lead", ID, id)).isEmpty();
        assertThat(ledger("code")).isEqualTo("OTHER_MAPPING");
    }

    @Test
    void oneWithAnAddressThatIsNotVerifiedWaits() {
        deploy();
        person(email);
        sends("registration", of("person", id, email, FIRST));
        settle();
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        assertThat(ledger("code")).isEqualTo("WAITS_FOR_VERIFICATION");
    }

    @Test
    void aCompanyIsNeverAdopted() {
        deploy();
        String company = SALESFORCE.org().insert("Account", Map.of("Name", "Acme"));
        sends("registration", verified(of("person", id, email, FIRST)));
        settle();
        assertThat(account(id).id()).isNotEqualTo(company);
    }

    @Test
    void aLeadThatBecameOneIsFollowed() {
        deploy();
        register(id, email);
        String person = SALESFORCE.org().convertLead(record(id).id(), false);
        sends("settings", named(verified(of(null, id, email, SECOND)), "Renamed"));
        settle();
        assertThat(SALESFORCE.org().record(person).text("FirstName")).isEqualTo("Renamed");
        assertThat(SALESFORCE.org().record(person).text(ID)).isEqualTo(id);
        assertThat(ledger("object")).isEqualTo("PersonAccount");
        assertThat(ledger("found_by")).isEqualTo("conversion");
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aLeadThatBecameOneIsFollowedWithALostLedger() {
        deploy();
        register(id, email);
        String person = SALESFORCE.org().convertLead(record(id).id(), false);
        sql.update("delete from identities");
        sends("settings", named(verified(of(null, id, email, SECOND)), "Renamed"));
        settle();
        assertThat(SALESFORCE.org().record(person).text("FirstName")).isEqualTo("Renamed");
        assertThat(SALESFORCE.org().record(person).text(ID)).isEqualTo(id);
    }

    @Test
    void aConversionThatCarriesTheIdIntoTheContactIsFollowedToTheAccount() {
        deploy();
        register(id, email);
        String lead = record(id).id();
        String person = SALESFORCE.org().convertLead(lead, true);
        SALESFORCE.org().purge(lead);
        sql.update("delete from identities");
        sends("settings", named(verified(of(null, id, email, SECOND)), "Renamed"));
        settle();
        assertThat(SALESFORCE.org().record(person).text("FirstName")).isEqualTo("Renamed");
        assertThat(SALESFORCE.org().record(person).text(ID)).isEqualTo(id);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void anOptOutOfTheLeadCountsInTheAccount() {
        deploy();
        register(id, email);
        String person = SALESFORCE.org().convertLead(record(id).id(), false);
        inOneBatch(() -> sends("settings", refuses(of(null, id, email, SECOND))),
                () -> sends("settings", named(of(null, id, email, THIRD), "Renamed")));
        assertThat(SALESFORCE.org().record(person).is("PersonHasOptedOutOfEmail")).as("of the event before").isTrue();
        assertThat(SALESFORCE.org().record(person).text("FirstName")).isEqualTo("Renamed");
    }

    @Test
    void aLateOptOutCountsInTheAccount() {
        deploy();
        register(id, email);
        String person = SALESFORCE.org().convertLead(record(id).id(), false);
        sends("settings", named(of(null, id, email, THIRD), "Renamed"));
        settle();
        sends("settings", refuses(of(null, id, email, SECOND)));
        settle();
        assertThat(SALESFORCE.org().record(person).is("PersonHasOptedOutOfEmail")).isTrue();
    }

    @Test
    void oneThatWasMergedIsFollowed() {
        deploy();
        sends("registration", of("person", id, email, FIRST));
        settle();
        String winner = person("winner-" + email);
        SALESFORCE.org().merge(winner, account(id).id());
        sends("settings", named(of("person", id, email, SECOND), "Renamed"));
        settle();
        assertThat(SALESFORCE.org().record(winner).text("FirstName")).isEqualTo("Renamed");
        assertThat(SALESFORCE.org().record(winner).text(ID)).isEqualTo(id);
    }

    @Test
    void oneThatWasDeletedStaysDeleted() {
        deploy();
        sends("registration", of("person", id, email, FIRST));
        settle();
        SALESFORCE.org().delete(account(id).id());
        sends("settings", named(of("person", id, email, SECOND), "Renamed"));
        settle();
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        assertThat(ledger("code")).isEqualTo("DELETED_IN_SALESFORCE");
    }

    @Test
    void anErasedOneLosesTheOryFieldsOfBothHalves() {
        deploy();
        register(id, email);
        String person = SALESFORCE.org().convertLead(record(id).id(), true);
        sends("settings", named(of(null, id, email, SECOND), "Renamed"));
        settle();
        assertThat(SALESFORCE.org().record(person).text("Ory_Identity_Id__pc")).isEqualTo(id);
        assertThat(operator().delete("/api/identities/" + id).statusCode()).isEqualTo(202);
        settle();
        SandboxRecord erased = SALESFORCE.org().record(person);
        assertThat(List.of(String.valueOf(erased.text(ID)), String.valueOf(erased.text("Ory_Identity_Id__pc")),
                String.valueOf(erased.text("Ory_Updated_At__c")))).containsOnly("null");
        assertThat(erased.text("PersonEmail")).as("sync.erase is keep").isEqualTo(email);
    }

    @Test
    void oneThatTheLedgerDoesNotKnowIsErased() {
        deploy();
        String there = person(email);
        SALESFORCE.org().edit(there, Map.of(ID, id));
        assertThat(operator().delete("/api/identities/" + id).statusCode()).isEqualTo(202);
        settle();
        assertThat(SALESFORCE.org().record(there).text(ID)).isNull();
    }

    @Test
    void itIsFoundByEachKey() {
        deploy();
        sends("registration", of("person", id, email, FIRST));
        settle();
        for (String text : List.of(id, email, account(id).id())) {
            JsonNode items =
                    read(operator().post("/api/identities/search", json.createObjectNode().put("q", text).toString()).body()).path("items");
            assertThat(items).as(text).hasSize(1);
            assertThat(items.get(0).path("identity").asText()).isEqualTo(id);
            assertThat(items.get(0).path("object").asText()).isEqualTo("PersonAccount");
        }
    }

    @Test
    void aMappingMayNameTheRecordType() {
        deploy();
        SALESFORCE.org().addPersonType("Patient", false);
        ObjectNode event = of("patient", id, email, FIRST);
        ((ObjectNode) event.path("identity").path("traits")).put("record_type", SALESFORCE.org().typeId("Account", "Patient"));
        sends("registration", event);
        settle();
        assertThat(account(id).text("RecordTypeId")).isEqualTo(SALESFORCE.org().typeId("Account", "Patient"));
    }

    @Test
    void theUsualOfSeveralRecordTypesIsTaken() {
        deploy();
        SALESFORCE.org().withdrawRecordType("Account", "Business");
        SALESFORCE.org().addPersonType("Patient", true);
        sends("registration", of("person", id, email, FIRST));
        settle();
        assertThat(account(id).text("RecordTypeId")).isEqualTo(SALESFORCE.org().typeId("Account", "Patient"));
    }

    @Test
    void withoutARecordTypeForPeopleTheyWait() {
        deploy();
        SALESFORCE.org().withdrawRecordType("Account", "PersonAccount");
        sends("registration", of("person", id, email, FIRST));
        await().untilAsserted(() -> assertThat(pause()).contains("record type"));
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        SALESFORCE.org().addPersonType("Client", false);
        settle();
        assertThat(account(id).text("RecordTypeId")).isEqualTo(SALESFORCE.org().typeId("Account", "Client"));
    }

    @Test
    void aRecordTypeThatIsTakenAwayIsReplaced() {
        deploy();
        sends("registration", of("person", UUID.randomUUID().toString(), "first-" + email, FIRST));
        settle();
        SALESFORCE.org().withdrawRecordType("Account", "PersonAccount");
        SALESFORCE.org().addPersonType("Client", false);
        sends("registration", of("person", id, email, FIRST));
        settle();
        assertThat(account(id).text("RecordTypeId")).isEqualTo(SALESFORCE.org().typeId("Account", "Client"));
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aRecordTypeThatIsTakenAwayIsReplacedForAllOfABatch() {
        deploy();
        sends("registration", of("person", UUID.randomUUID().toString(), "first-" + email, FIRST));
        settle();
        SALESFORCE.org().withdrawRecordType("Account", "PersonAccount");
        SALESFORCE.org().addPersonType("Client", false);
        List<String> identities = IntStream.range(0, 5).mapToObj(i -> UUID.randomUUID().toString()).toList();
        arriveTogether(() -> identities.forEach(one -> sends("registration", of("person", one, one + "@example.org", FIRST))), 5);
        settle();
        assertThat(deadLetters()).isEmpty();
        assertThat(identities).allSatisfy(one -> assertThat(account(one).text("RecordTypeId"))
                .isEqualTo(SALESFORCE.org().typeId("Account", "Client")));
    }

    /** The local part of the address stands in for the last name, and the record is read before another one replaces it. */
    @Test
    void aStandInIsReplacedWithItsSource() {
        deploy();
        sends("registration", nameless(of("person", id, email, FIRST)));
        settle();
        assertThat(account(id).text("LastName")).isEqualTo(id);
        String other = UUID.randomUUID().toString();
        sends("settings", nameless(of("person", id, other + "@example.org", SECOND)));
        settle();
        assertThat(isPaused()).isFalse();
        assertThat(account(id).text("LastName")).isEqualTo(other);
        SALESFORCE.org().edit(account(id).id(), Map.of("LastName", "Typed by sales"));
        sends("settings", nameless(of("person", id, "third-" + email, THIRD)));
        settle();
        assertThat(account(id).text("LastName")).isEqualTo("Typed by sales");
    }

    @Test
    void itsValuesAreRevealed() {
        deploy();
        sends("registration", of("person", id, email, FIRST));
        settle();
        JsonNode status = read(operator().get("/api/identities/" + id + "?reveal=true").body());
        assertThat(status.at("/values/source").asText()).as(status.toString()).isEqualTo("salesforce");
        assertThat(status.at("/values/content/PersonEmail").asText()).isEqualTo(email);
    }

    /** An admin who maps the field of the Lead to that of the Account, which takes the ID of a person to the company. */
    @Test
    void theCompanyThatBearsTheIdOfAPersonIsNotErased() {
        deploy();
        register(id, email);
        String company = SALESFORCE.org().insert("Account", new HashMap<>(Map.of("Name", "Acme", ID, id)));
        assertThat(operator().delete("/api/identities/" + id).statusCode()).isEqualTo(202);
        settle();
        assertThat(SALESFORCE.org().record(company).text(ID)).isEqualTo(id);
        assertThat(SALESFORCE.org().find("Lead", "Email", email)).singleElement()
                .satisfies(lead -> assertThat(lead.text(ID)).isNull());
        SALESFORCE.org().delete(company);
    }

    @Test
    void theCompanyThatBearsTheIdOfAPersonIsNoRecordOfThePerson() {
        deploy();
        String company = SALESFORCE.org().insert("Account", new HashMap<>(Map.of("Name", "Acme", ID, id)));
        sends("registration", of("person", id, email, FIRST));
        settle();
        assertThat(deadLetters()).singleElement().satisfies(letter -> assertThat(letter.path("message").asText())
                .contains("The Account of a company bears the Ory ID"));
        assertThat(isPaused()).isFalse();
        assertThat(writesTo(company)).isEmpty();
        SALESFORCE.org().delete(company);
        operator().post("/api/dead-letters/replay", "{\"code\": \"PERSON_ACCOUNT\"}");
        settle();
        assertThat(account(id).text("PersonEmail")).isEqualTo(email);
    }

    @Test
    void aPersonIsNoParent() {
        deploy();
        String domain = id + ".example";
        String contact = SALESFORCE.org().insert("Contact", new HashMap<>(Map.of("LastName", "Typed by sales", "Email", "p@" + domain)));
        String other = SALESFORCE.org().insert("Account", new HashMap<>(Map.of("LastName", "Other", "Website", domain,
                "RecordTypeId", SALESFORCE.org().typeId("Account", "PersonAccount"))));
        sends("registration", verified(of("colleague", id, "p@" + domain, FIRST)));
        settle();
        assertThat(record(id).id()).isEqualTo(contact);
        assertThat(record(id).text("AccountId")).isNotNull().isNotEqualTo(other);
    }

    /** A conversion has copied ID and version to the half, and the event is older. */
    @Test
    void anEventThatIsOlderThanTheHalfLeadsToTheAccount() {
        deploy();
        register(id, email);
        sends("settings", named(verified(of(null, id, email, SECOND)), "Renamed"));
        settle();
        String lead = record(id).id();
        String person = SALESFORCE.org().convertLead(lead, true);
        SALESFORCE.org().purge(lead);
        sql.update("delete from identities");
        sends("settings", named(verified(of(null, id, email, FIRST)), "Old"));
        settle();
        assertThat(ledger("object")).isEqualTo("PersonAccount");
        assertThat(ledger("salesforce_id")).isEqualTo(person);
        sends("settings", named(verified(of(null, id, email, THIRD)), "Newest"));
        settle();
        assertThat(SALESFORCE.org().record(person).text("FirstName")).isEqualTo("Newest");
        assertThat(deadLetters()).isEmpty();
    }

    /** The org has enabled them since the app has asked how Accounts are. */
    @Test
    void accountsThatWereDescribedBeforeAreDescribedAgain(@Autowired Describe descriptions) {
        askOrgAgain();
        SALESFORCE.reset();
        deploy();
        assertThat(descriptions.has("Account", Describe.IS_PERSON_ACCOUNT)).isFalse();
        SALESFORCE.org().enablePersonAccounts();
        deploy();
        String there = person(email);
        long before = composites();
        register(id, email);
        assertThat(account(id).id()).isEqualTo(there);
        assertThat(composites() - before).isLessThan(6);
    }

    @Test
    void manyNewOnesShareCalls() {
        deploy();
        List<String> identities = IntStream.range(0, 450).mapToObj(i -> UUID.randomUUID().toString()).toList();
        arriveTogether(() -> identities.forEach(one -> sends("registration", of("person", one, one + "@example.org", FIRST))), 450);
        long before = SALESFORCE.calls().count();
        settle();
        assertThat(identities).allSatisfy(one -> assertThat(SALESFORCE.org().byIdentity(one)).hasSize(1));
        assertThat(SALESFORCE.calls().count() - before).as("three look-ups, three writes, and what the org is like")
                .isLessThanOrEqualTo(12);
    }

    @Test
    void aContactOfABusinessIsAdopted() {
        String there = SALESFORCE.org().insert("Contact", new HashMap<>(Map.of("LastName", "Typed by sales", "Email", email)));
        register(id, email);
        assertThat(record(id).id()).isEqualTo(there);
    }

    @Test
    void noPlaceholderMakesABusinessOfAPerson() {
        register(id, email);
        assertThat(record(id).text("Company")).isNull();
        assertThat(record(id).text("LeadSource")).as("other values for new records").isNotNull();
    }

    private static void deploy() {
        SALESFORCE.org().deployOryFieldsOnAccount();
    }

    private Operator operator() {
        return new Operator(port, OPERATOR_TOKEN);
    }

    private String pause() {
        return health().at("/components/deliveryPause/details").toString();
    }

    private long composites() {
        return SALESFORCE.calls().of(CallKind.COMPOSITE).size();
    }

    private String person(String address) {
        return SALESFORCE.org().insert("Account", new HashMap<>(Map.of("LastName", "Typed by sales", "PersonEmail", address,
                "RecordTypeId", SALESFORCE.org().typeId("Account", "PersonAccount"))));
    }

    private SandboxRecord account(String identity) {
        assertThat(SALESFORCE.org().byIdentity(identity)).hasSize(1);
        return SALESFORCE.org().find("Account", ID, identity).get(0);
    }

    private List<Write> writesTo(String recordId) {
        return SALESFORCE.writes().ofRecord(recordId);
    }

    private void register(String identity, String address) {
        sends("registration", verified(of(null, identity, address, FIRST)));
        settle();
    }

    private void sends(String event, ObjectNode body) {
        ory.sends(event, body);
    }

    private static ObjectNode of(String schema, String identity, String address, String updatedAt) {
        ObjectNode body = Ory.identity(identity, Instant.parse(updatedAt), "Person");
        ((ObjectNode) body.path("identity").path("traits")).put("email", address);
        if (schema != null) {
            ((ObjectNode) body.path("identity")).put("schema_id", schema);
        }
        return body;
    }

    private static ObjectNode named(ObjectNode body, String firstName) {
        ((ObjectNode) body.path("identity").path("traits")).putObject("name").put("first", firstName).put("last", "Person");
        return body;
    }

    private static ObjectNode nameless(ObjectNode body) {
        ((ObjectNode) body.path("identity").path("traits")).remove("name");
        return body;
    }

    private static ObjectNode refuses(ObjectNode body) {
        ((ObjectNode) body.path("identity").path("traits")).put("newsletter", false);
        return body;
    }

    private static ObjectNode verified(ObjectNode body) {
        ((ObjectNode) body.path("identity")).putArray("verifiable_addresses").addObject()
                .put("value", body.path("identity").path("traits").path("email").asText()).put("via", "email").put("verified", true);
        return body;
    }

    private String ledger(String column) {
        return sql.queryForObject("select " + column + " from identities where identity = ?", String.class, id);
    }
}
