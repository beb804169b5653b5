package dev.orysalesforce.write;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.DuplicateRule;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.RowAttempt;
import dev.orysalesforce.sandbox.RowError;
import dev.orysalesforce.sandbox.Write;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The action of each code in the shipped table, with the code delivered as Salesforce does. */
@Tag("any-ledger")
class ErrorCodesTest extends AppTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");
    private static final JsonNode TABLE = table();

    /** The place of the code in Salesforce's answer. */
    private enum Way {
        /** In the result of one row. */
        ROW,
        /** The whole call is answered 400 because of one row in it. */
        REFUSED_CALL,
        /** Any call, whatever is in it. */
        ANY_CALL,
        /** A query, which is a part of a call. */
        QUERY
    }

    private record Delivery(Way way, int status, String message, List<String> fields) {}

    /** {@code Culprit} stands for a trait, because Salesforce often quotes rejected values. */
    private static final Map<String, Delivery> DELIVERIES = Map.ofEntries(
            call("SERVER_UNAVAILABLE", 503, "The server is temporarily unavailable. Please try again later."),
            call("UNKNOWN_EXCEPTION", 500, "An unexpected error occurred. ErrorId: 1234567890-12345 (-1234567890)"),
            entry("QUERY_TIMEOUT", new Delivery(Way.QUERY, 400, "Your query request was running for too long.", List.of())),
            call("API_CURRENTLY_DISABLED", 403, "API is currently disabled because of a system problem"),
            call("REQUEST_LIMIT_EXCEEDED", 403, "TotalRequests Limit exceeded."),
            row("STORAGE_LIMIT_EXCEEDED", "storage limit exceeded"),
            call("INVALID_SESSION_ID", 401, "This session is not valid for use with the REST API"),
            call("API_DISABLED_FOR_ORG", 403, "API is disabled for this User"),
            refusedCall("INVALID_FIELD", "No such column 'Title' on sobject of type Lead"),
            row("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: Title. Please check the security "
                    + "settings of this field", "Title"),
            refusedCall("INVALID_TYPE", "sObject type 'Lead' is not supported."),
            call("NOT_FOUND", 404, "The requested resource does not exist"),
            row("INSUFFICIENT_ACCESS", "insufficient access rights on object"),
            row("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id"),
            row("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "insufficient access rights on cross-reference id"),
            row("REQUIRED_FIELD_MISSING", "Required fields are missing: [Region__c]", "Region__c"),
            row("DANGLING_REFERENCE", "Foreign key external ID: org-1 not found for field Ory_Organization_Id__c in "
                    + "entity Account"),
            row("STRING_TOO_LONG", "Last Name: data value too large: Culprit (max length=5)", "LastName"),
            row("INVALID_EMAIL_ADDRESS", "Email: invalid email address: Culprit", "Email"),
            row("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Nobody is called Culprit", "LastName"),
            row("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Lead Source: bad value for restricted picklist field: "
                    + "Culprit", "LeadSource"),
            row("FIELD_INTEGRITY_EXCEPTION", "There's a problem with this value: Culprit", "LastName"),
            row("INACTIVE_OWNER_OR_USER", "operation performed with inactive user [0055e00000AbCdE] as owner of lead"),
            row("TRANSFER_REQUIRES_READ", "The new owner must have read permission"),
            row("ENTITY_IS_LOCKED", "The record you are attempting to edit is currently locked in an approval process"),
            row("CANNOT_EXECUTE_FLOW_TRIGGER", "We can't save this record because the flow of Culprit failed"),
            row("FIELD_FILTER_VALIDATION_EXCEPTION", "Value does not exist or does not match filter criteria."),
            row("NUMBER_OUTSIDE_VALID_RANGE", "Annual Revenue: value outside of valid range on numeric field: Culprit", "LastName"),
            row("MALFORMED_ID", "Account ID: id value of incorrect type: Culprit", "LastName"),
            row("INVALID_TYPE_ON_FIELD_IN_RECORD", "Number of Employees: value not of required type: Culprit", "LastName"),
            row("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "LeadTrigger: execution of BeforeInsert caused by: Culprit"),
            refusedCall("JSON_PARSER_ERROR", "Cannot deserialize instance of string from START_OBJECT value {"),
            row("DELETE_FAILED", "Your attempt to delete Culprit could not be completed"),
            row("DUPLICATE_VALUE", "duplicate value found: Nickname__c duplicates value on record with id: 00Q5e00000"),
            row("DUPLICATE_EXTERNAL_ID", "Duplicate external id found: more than one record found for external id field"),
            row("DUPLICATES_DETECTED", "Use one of these records?"),
            row("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead"),
            row("ENTITY_IS_DELETED", "entity is deleted"),
            row("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),
            row("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record or 1 records: 00Q5e00000"));

    private static final Set<String> ACTIONS = Set.of("pause", "pause-until-fixed", "retry", "follow-conversion", "follow-merge",
            "resolve-duplicate", "drop-reference", "check-access", "dead-letter");

    private final String id = UUID.randomUUID().toString();

    @Test
    void everyCodeAndActionOfTheTableIsTriedHere() {
        Set<String> codes = new TreeSet<>();
        Set<String> actions = new TreeSet<>();
        TABLE.path("codes").properties().forEach(code -> {
            codes.add(code.getKey());
            actions.add(code.getValue().path("action").asText());
            assertThat(code.getValue().properties()).as(code.getKey()).extracting(Map.Entry::getKey) // an unquoted comma makes one more
                    .contains("action", "remedy").isSubsetOf("action", "remedy", "when");
        });
        assertThat(DELIVERIES.keySet()).containsExactlyInAnyOrderElementsOf(codes);
        assertThat(ACTIONS).containsExactlyInAnyOrderElementsOf(actions);
    }

    static Stream<String> held() {
        return codes("pause", "pause-until-fixed");
    }

    static Stream<String> someHeld() {
        return some(held());
    }

    static Stream<String> otherHeld() {
        return others(held(), someHeld());
    }

    @ParameterizedTest
    @MethodSource("someHeld")
    void anErrorOfTheOrgPausesDeliveryInOrder(String code) {
        pausesInOrder(code);
    }

    @Tag("nightly")
    @ParameterizedTest
    @MethodSource("otherHeld")
    void andSoDoTheOthers(String code) {
        pausesInOrder(code);
    }

    private void pausesInOrder(String code) {
        List<String> ids = ids(10);
        play(code, row -> true);
        ids.forEach(id -> send(id, 0, "Older"));
        awaitHeldBy(code);
        ids.forEach(id -> send(id, 1, "Newer"));
        await().until(() -> pending() == 20);
        assertThat(letters()).isEmpty();
        assertThat(SALESFORCE.writes().all()).isEmpty();

        awaitThePauseAfterAnotherTry();
        SALESFORCE.faults().clear();
        settle();
        assertThat(SALESFORCE.writes().all().stream().map(Write::identity).distinct()).containsExactlyElementsOf(ids);
        ids.forEach(id -> assertThat(record(id).text("LastName")).isEqualTo("Newer"));
        assertThat(letters()).isEmpty();
        assertThat(health().path("status").asText()).isEqualTo("UP");
    }

    /** Or one half of a call would be refused and the other one written. */
    private void awaitThePauseAfterAnotherTry() {
        long before = SALESFORCE.calls().count();
        await().until(() -> SALESFORCE.calls().count() > before);
        await().until(() -> health().at("/components/deliveryPause/details/breaker").asText().equals("OPEN"));
    }

    static Stream<String> setUpOfRows() {
        return codes("pause-until-fixed").filter(code -> DELIVERIES.get(code).way() == Way.ROW);
    }

    @ParameterizedTest
    @MethodSource("setUpOfRows")
    void threeSetUpErrorsInSuccessionPauseDelivery(String code) {
        List<String> ids = ids(10);
        SALESFORCE.faults().start(Fault.unavailable());
        IntStream.range(0, 10).forEach(i -> send(ids.get(i), 0, i >= 4 && i < 7 ? "Culprit" : "Fine"));
        awaitAllInOneTry(10);
        play(code, ErrorCodesTest::isCulprit);
        SALESFORCE.faults().active().get(0).stop();
        awaitHeldBy(code);
        assertThat(letters()).isEmpty();
        assertThat(pending()).isEqualTo(10);

        SALESFORCE.faults().clear();
        settle();
        ids.forEach(id -> assertThat(SALESFORCE.org().byIdentity(id)).hasSize(1));
        assertThat(letters()).isEmpty();
    }

    static Stream<String> refused() {
        return Stream.concat(codes("dead-letter"), codes("pause-until-fixed")
                .filter(code -> DELIVERIES.get(code).way() != Way.ANY_CALL));
    }

    static Stream<String> someRefused() {
        return some(refused());
    }

    static Stream<String> otherRefused() {
        return others(refused(), someRefused());
    }

    @ParameterizedTest
    @MethodSource("someRefused")
    void aFewAmongGoodOnesBecomeDeadLetters(String code) {
        becomeDeadLetters(code);
    }

    @Tag("nightly")
    @ParameterizedTest
    @MethodSource("otherRefused")
    void aFewOfTheOthersDoSoToo(String code) {
        becomeDeadLetters(code);
    }

    /** Two of each way and action: the rule of each code has its sample in {@link ErrorSamplesTest}. */
    private static Stream<String> some(Stream<String> codes) {
        Map<String, List<String>> byKind = codes.collect(Collectors.groupingBy(code -> DELIVERIES.get(code).way() + " "
                + TABLE.path("codes").path(code).path("action").asText(), TreeMap::new, Collectors.toList()));
        return byKind.values().stream().flatMap(alike -> alike.stream().limit(2));
    }

    private static Stream<String> others(Stream<String> codes, Stream<String> some) {
        Set<String> left = some.collect(Collectors.toSet());
        return codes.filter(code -> !left.contains(code));
    }

    private void becomeDeadLetters(String code) {
        Delivery delivery = DELIVERIES.get(code);
        // Two set-up errors of the same kind in one call would be in both halves of it, which would pause delivery.
        List<Integer> culprits = delivery.way() == Way.ROW ? List.of(2, 7) : List.of(2);
        assertLetters(code, remedy(code), delivery.fields(), tenWith(culprits, () -> play(code, ErrorCodesTest::isCulprit)));
        if (delivery.way() == Way.ROW) {
            assertThat(SALESFORCE.calls().of(CallKind.UPSERT)).hasSize(1);
        }
    }

    @Test
    void aCodeThatIsNotInTheTableMakesADeadLetter() {
        RowError unknown = new RowError("BRAND_NEW_CODE", "The list lacks Culprit yet", "LastName");
        assertLetters("BRAND_NEW_CODE", "The list lacks …", List.of("LastName"),
                tenWith(List.of(2, 7), () -> SALESFORCE.faults().refuseRows(ErrorCodesTest::isCulprit, unknown, -1)));
    }

    @Test
    void aCodeThatIsNotInTheTableMakesADeadLetterWhenItRefusesTheCall() {
        RowError unknown = new RowError("BRAND_NEW_CODE", "The list lacks it yet");
        assertLetters("BRAND_NEW_CODE", "The list lacks it yet", List.of(),
                tenWith(List.of(2, 7), () -> SALESFORCE.faults().refuseCalls(ErrorCodesTest::isCulprit, unknown)));
    }

    @Test
    void aCodeThatIsNotInTheTableHoldsWhenTheServerFails() {
        SALESFORCE.faults().start(Fault.error(500, "BRAND_NEW_CODE", "The list lacks it yet"));
        send(id, 0, "Held");
        awaitHealth("BRAND_NEW_CODE");
        assertThat(letters()).isEmpty();
        SALESFORCE.faults().clear();
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Held");
    }

    /** Salesforce rejects an address in the result of its record: one call. */
    @Test
    void oneBadRowOf200CostsNoFurtherCall() {
        poison((i, body) -> {
            if (i == 137) {
                traits(body).put("email", "no address");
            }
        }, "INVALID_EMAIL_ADDRESS");
        assertThat(SALESFORCE.calls().of(CallKind.UPSERT)).hasSize(1);
    }

    /** For a value of the wrong type Salesforce rejects the whole call without naming the record: it is halved 8 times. */
    @Test
    @Tag("nightly")
    void oneUnreadableRowOf200CostsTwoCallsForEachHalving() {
        poison((i, body) -> {
            ((ObjectNode) body.path("identity")).put("schema_id", "tagged");
            traits(body).put("company", "Tagged Ltd");
            if (i == 137) {
                traits(body).putObject("title").put("wrong", 7);
            }
        }, "JSON_PARSER_ERROR");
        assertThat(SALESFORCE.calls().of(CallKind.UPSERT)).hasSizeLessThanOrEqualTo(1 + 2 * 8);
    }

    static Stream<String> retried() {
        return codes("retry");
    }

    @ParameterizedTest
    @MethodSource("retried")
    void aTemporaryErrorIsRetriedAloneAndDelaysNoOtherRecord(String code) {
        String other = UUID.randomUUID().toString();
        SALESFORCE.faults().refuseRows(row -> id.equals(row.identity()), error(code), 2);
        send(id, 0, "Locked");
        send(other, 0, "Free");
        await().until(() -> SALESFORCE.org().byIdentity(other).size() == 1);
        await().until(() -> "retry".equals(ledger("outcome")));
        assertThat(ledger("code")).isEqualTo(code);
        assertThat(ledger("next_retry_at")).isNotNull();
        assertThat(SALESFORCE.org().byIdentity(id)).as("the other did not wait for it").isEmpty();
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Locked");
        assertThat(ledger("attempts")).isEqualTo("3");
        assertThat(letters()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("retried")
    void aRetryNeverOvertakesANewerState(String code) {
        SALESFORCE.faults().refuseRows(row -> id.equals(row.identity()), error(code), 1);
        send(id, 0, "Older");
        await().until(() -> pending() > 0 && SALESFORCE.calls().of(CallKind.UPSERT).size() == 1);
        send(id, 1, "Newer");
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Newer");
        assertThat(SALESFORCE.writes().ofIdentity(id)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("retried")
    void aTemporaryErrorThatDoesNotEndBecomesADeadLetter(String code) {
        play(code, row -> true);
        send(id, 0, "Locked");
        await().until(() -> letters().size() == 1);
        assertLetter(letters().get(0), code, remedy(code), List.of());
        assertThat(letters().get(0).path("attempts").asInt()).isEqualTo(3);
        assertThat(pending()).isZero();
    }

    static Stream<String> conversions() {
        return codes("follow-conversion");
    }

    @ParameterizedTest
    @MethodSource("conversions")
    void aConversionIsFollowedWhereItLeadsToAContact(String code) {
        List<String> ids = ids(3);
        ids.forEach(id -> send(id, 0, "Before"));
        settle();
        String contact = SALESFORCE.org().convertLead(record(ids.get(0)).id(), true);
        String lost = record(ids.get(1)).id();
        inOneBatch(() -> play(code, row -> lost.equals(row.recordId())), () -> ids.forEach(id -> send(id, 1, "After")), 3);
        assertThat(SALESFORCE.org().record(contact).text("LastName")).isEqualTo("After");
        assertThat(record(ids.get(2)).text("LastName")).isEqualTo("After");
        assertLetterOf(ids.get(1), code);
    }

    static Stream<String> merges() {
        return codes("follow-merge");
    }

    @ParameterizedTest
    @MethodSource("merges")
    void aMergeIsFollowedTwiceAtMost(String code) {
        List<String> ids = ids(4);
        ids.subList(0, 3).forEach(id -> send(id, 0, "Before"));
        settle();
        String winner = merged(merged(record(ids.get(0)).id()));
        merged(merged(merged(record(ids.get(1)).id())));
        inOneBatch(() -> play(code, row -> ids.get(3).equals(row.identity())),
                () -> ids.forEach(id -> send(id, 1, "After")), 4);
        assertThat(SALESFORCE.org().record(winner).text("LastName")).isEqualTo("After");
        assertThat(record(ids.get(2)).text("LastName")).isEqualTo("After");
        assertThat(letters()).extracting(letter -> letter.path("identity").asText())
                .as("merged thrice, and never there at all").containsExactlyInAnyOrder(ids.get(1), ids.get(3));
        letters().forEach(letter -> {
            String its = letter.path("identity").asText().equals(ids.get(3)) ? code : "ENTITY_IS_DELETED";
            assertLetter(letter, its, remedy(its), List.of());
        });
    }

    static Stream<String> duplicates() {
        return codes("resolve-duplicate");
    }

    @ParameterizedTest
    @MethodSource("duplicates")
    void aDuplicateRuleOfTheOrgMakesADeadLetterThatNamesTheMatches(String code) {
        SALESFORCE.org().activate(DuplicateRule.leadAlert());
        String there = SALESFORCE.org().insert("Lead", Map.of("LastName", "There", "Company", "Theirs",
                "Email", "p-" + id + "@example.org", "Ory_Identity_Id__c", UUID.randomUUID().toString()));
        String other = UUID.randomUUID().toString();
        inOneBatch(() -> {}, () -> List.of(id, other).forEach(one -> send(one, 0, "Again")), 2);
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        assertThat(record(other).text("LastName")).isEqualTo("Again");
        assertLetterOf(id, code);
        assertThat(letters().get(0).path("message").asText()).contains(there).doesNotContain("@");
    }

    static Stream<String> references() {
        return codes("drop-reference");
    }

    @ParameterizedTest
    @MethodSource("references")
    void aReferenceToAMissingRecordIsLeftOut(String code) {
        SALESFORCE.org().insert("Account", Map.of("Name", "There", "Ory_Organization_Id__c", "org-there"));
        List<String> ids = ids(4);
        inOneBatch(() -> play(code, row -> ids.get(3).equals(row.identity())), () -> {
            member(ids.get(0), "org-there");
            member(ids.get(1), "org-nowhere");
            member(ids.get(2), null);
            send(ids.get(3), 0, "Refers to nothing");
        }, 4);
        assertThat(record(ids.get(0)).text("AccountId")).isNotNull();
        ids.subList(1, 3).forEach(id -> {
            assertThat(record(id).text("LastName")).isEqualTo("Member");
            assertThat(record(id).text("AccountId")).isNull();
        });
        assertThat(sql.queryForObject("select code from identities where identity = ?", String.class, ids.get(1)))
                .isEqualTo("REFERENCE_LEFT_OUT");
        assertLetterOf(ids.get(3), code);
    }

    @Test
    void aReferenceToAMissingRecordIsLeftOutInAnyLanguage() {
        SALESFORCE.org().speakGerman(true);
        member(id, "org-nowhere");
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Member");
        assertThat(record(id).text("AccountId")).isNull();
        assertThat(deadLetters()).isEmpty();
    }

    private void member(String id, String organization) {
        ObjectNode body = Ory.identity(id, START, "Member");
        ((ObjectNode) body.path("identity")).put("schema_id", "referring").put("organization_id", organization);
        assertThat(ory.sends("registration", body).statusCode()).isEqualTo(204);
    }

    /** Another Lead, into which this one is merged. */
    private static String merged(String lead) {
        String winner = SALESFORCE.org().insert("Lead", Map.of("LastName", "Winner", "Company", "Theirs"));
        SALESFORCE.org().merge(winner, lead);
        return winner;
    }

    private interface Twist {
        void apply(int i, ObjectNode body);
    }

    /** 200 new identities in one call; no. 137 can't be written. */
    private void poison(Twist twist, String code) {
        List<String> ids = ids(200);
        inOneBatch(() -> {}, () -> IntStream.range(0, 200).forEach(i -> {
            ObjectNode body = Ory.identity(ids.get(i), START, "Culprit");
            twist.apply(i, body);
            assertThat(ory.sends("registration", body).statusCode()).isEqualTo(204);
        }), 200);
        assertThat(SALESFORCE.org().records("Lead")).hasSize(199);
        assertLetterOf(ids.get(137), code);
    }

    /** Ten new identities in one call; returns the culprits among them. */
    private List<String> tenWith(List<Integer> culprits, Runnable fault) {
        List<String> ids = ids(10);
        inOneBatch(fault, () -> IntStream.range(0, 10).forEach(i -> send(ids.get(i), 0, culprits.contains(i) ? "Culprit" : "Fine")), 10);
        assertThat(SALESFORCE.org().records("Lead")).hasSize(10 - culprits.size());
        assertThat(health().path("status").asText()).isEqualTo("UP");
        return culprits.stream().map(ids::get).toList();
    }

    private void assertLetters(String code, String message, List<String> fields, List<String> identities) {
        List<JsonNode> letters = letters();
        assertThat(letters).extracting(letter -> letter.path("identity").asText())
                .containsExactlyInAnyOrderElementsOf(identities);
        letters.forEach(letter -> assertLetter(letter, code, message, fields));
    }

    private void assertLetterOf(String identity, String code) {
        assertThat(letters()).hasSize(1);
        assertThat(letters().get(0).path("identity").asText()).isEqualTo(identity);
        assertThat(letters().get(0).path("code").asText()).isEqualTo(code);
        assertThat(letters().get(0).path("message").asText()).contains(remedy(code));
    }

    private static void assertLetter(JsonNode letter, String code, String message, List<String> fields) {
        assertThat(letter.path("code").asText()).isEqualTo(code);
        assertThat(letter.path("message").asText()).contains(message).doesNotContain("Culprit");
        assertThat(letter.path("fields")).extracting(JsonNode::asText).containsExactlyElementsOf(fields);
    }

    private List<JsonNode> letters() {
        return List.copyOf(read(ory.send(ory.request("/api/dead-letters")
                .header("Authorization", "Bearer " + OPERATOR_TOKEN).build()).body()).path("items").findParents("code"));
    }

    private static boolean isCulprit(RowAttempt row) {
        return "Culprit".equals(row.fields().get("LastName"));
    }

    private static void play(String code, Predicate<RowAttempt> which) {
        Delivery delivery = DELIVERIES.get(code);
        switch (delivery.way()) {
            case ROW -> SALESFORCE.faults().refuseRows(which, error(code), -1);
            case REFUSED_CALL -> SALESFORCE.faults().refuseCalls(which, error(code));
            case ANY_CALL -> SALESFORCE.faults().start(Fault.error(delivery.status(), code, delivery.message()));
            case QUERY -> SALESFORCE.faults().refuseQueries(error(code));
        }
    }

    /**
     * The app distinguishes a reference to a missing record from a missing field by the message, because the code is the
     * same.
     */
    private static RowError error(String code) {
        Delivery delivery = DELIVERIES.get(code);
        return new RowError(code.equals("DANGLING_REFERENCE") ? "INVALID_FIELD" : code, delivery.message(),
                delivery.fields(), Map.of());
    }

    private void awaitHeldBy(String code) {
        assertThat(awaitHealth(code)).contains(remedy(code)).contains(DELIVERIES.get(code).message());
    }

    private String awaitHealth(String code) {
        await().until(() -> code.equals(outage().path("code").asText()));
        assertThat(health().path("status").asText()).isEqualTo("DEGRADED");
        return outage().path("reason").asText();
    }

    private JsonNode outage() {
        return health().path("components").path("deliveryPause").path("details");
    }

    /** Keeps Salesforce down while the events arrive. The fault is active when it is available again. */
    private void inOneBatch(Runnable fault, Runnable events, int count) {
        SALESFORCE.faults().start(Fault.unavailable());
        events.run();
        awaitAllInOneTry(count);
        fault.run();
        SALESFORCE.faults().active().get(0).stop();
        settle();
    }

    /** The try in progress may have begun without the last events; the one after it has all of them. */
    private void awaitAllInOneTry(int count) {
        await().until(() -> pending() == count);
        long calls = SALESFORCE.calls().count();
        await().until(() -> SALESFORCE.calls().count() >= calls + 2);
    }

    private void send(String id, int seconds, String lastName) {
        assertThat(ory.sends(seconds == 0 ? "registration" : "settings",
                Ory.identity(id, START.plusSeconds(seconds), lastName)).statusCode()).isEqualTo(204);
    }

    private String ledger(String column) {
        return sql.queryForList("select " + column + " from identities where identity = ?", String.class, id).stream()
                .findFirst().orElse(null);
    }

    private static ObjectNode traits(ObjectNode body) {
        return (ObjectNode) body.path("identity").path("traits");
    }

    private static List<String> ids(int count) {
        return Stream.generate(() -> UUID.randomUUID().toString()).limit(count).toList();
    }

    private static Stream<String> codes(String... actions) {
        return TABLE.path("codes").properties().stream()
                .filter(code -> List.of(actions).contains(code.getValue().path("action").asText())).map(Map.Entry::getKey);
    }

    private static String remedy(String code) {
        return TABLE.path("codes").path(code).path("remedy").asText();
    }

    private static Map.Entry<String, Delivery> row(String code, String message, String... fields) {
        return entry(code, new Delivery(Way.ROW, 200, message, List.of(fields)));
    }

    private static Map.Entry<String, Delivery> refusedCall(String code, String message) {
        return entry(code, new Delivery(Way.REFUSED_CALL, 400, message, List.of()));
    }

    private static Map.Entry<String, Delivery> call(String code, int status, String message) {
        return entry(code, new Delivery(Way.ANY_CALL, status, message, List.of()));
    }

    private static JsonNode table() {
        try {
            return new ObjectMapper(new YAMLFactory()).readTree(new File("application.yaml")).path("sync").path("errors");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
