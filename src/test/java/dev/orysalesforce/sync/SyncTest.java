package dev.orysalesforce.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.Call;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.SandboxRecord;
import dev.orysalesforce.sandbox.Write;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;

class SyncTest extends AppTest {

    private static final String ADA = "284f097b-d550-4a52-aef1-bd8e06a255f8";
    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    @Autowired
    private CamelContext camel;

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "registration-ctx,         284f097b-d550-4a52-aef1-bd8e06a255f8, Ada,    Lovelace,         Ada.Lovelace@Example.org, Analytical Engines",
        "settings-ctx,             284f097b-d550-4a52-aef1-bd8e06a255f8, Ada,    King,             ada@king.example.org,     Countess of Lovelace Ltd",
        "verification-ctx,         284f097b-d550-4a52-aef1-bd8e06a255f8, Ada,    Lovelace,         Ada.Lovelace@Example.org, Analytical Engines",
        "login-ctx,                284f097b-d550-4a52-aef1-bd8e06a255f8, Ada,    King,             ada@king.example.org,     Countess of Lovelace Ltd",
        "recovery-ctx,             284f097b-d550-4a52-aef1-bd8e06a255f8, Ada,    King,             ada@king.example.org,     Countess of Lovelace Ltd",
        "registration-code-ctx,    93e64960-5f5f-4cd0-9b14-3d3e0b1ea7e2, Grace,  Hopper,           grace@example.org,        [Not Provided]",
        "registration-browser-ctx, 95f2e5fb-0fdb-4362-a640-50211031e148, Sinéad, O'Brien-Müller,   sinead@example.org,       Größe & Söhne <GmbH>",
        "login-wrapped-ctx,        92cfbc5b-47bc-4e88-be06-92fb6aae7e8b, -,      grace,            grace@example.org,        [Not Provided]",
        "identity-only,            9f425a8d-7efc-4768-8f23-7647a74fdf13, Linus,  Torvalds,         linus@example.org,        [Not Provided]",
        "flat-recipe,              4b8f3f0a-6c2e-4b0e-9a7e-1d2c3b4a5f60, Grace,  Hopper,           grace@example.org,        [Not Provided]",
        "identity-flow-headers,    5d2c1a77-3f4b-4c1d-8e9f-0a1b2c3d4e5f, -,      katherine,        katherine@example.org,    [Not Provided]",
    })
    void everySampleBecomesTheRightLead(String sample, String id, String first, String last, String email,
            String company) {
        assertThat(ory.sends("registration", Ory.webhook(sample)).statusCode()).isEqualTo(204);
        settle();
        SandboxRecord lead = record(id);
        assertThat(lead.object()).isEqualTo("Lead");
        assertThat(lead.text("FirstName")).isEqualTo(first);
        assertThat(lead.text("LastName")).isEqualTo(last);
        assertThat(lead.text("Email")).isEqualTo(email);
        assertThat(lead.text("Company")).isEqualTo(company);
        assertThat(lead.text("LeadSource")).isEqualTo("Ory Registration");
    }

    /** Salesforce itself rejects an address that is not ASCII. */
    @Test
    void aSampleThatSalesforceRejectsBecomesADeadLetter() {
        assertThat(ory.sends("registration", Ory.webhook("id-and-traits")).statusCode()).isEqualTo(204);
        settle();
        JsonNode letter = deadLetters().get(0);
        assertThat(letter.path("code").asText()).isEqualTo("INVALID_EMAIL_ADDRESS");
        assertThat(letter.path("identity").asText()).isEqualTo("0e9a3b52-9d7c-4a34-8c5e-3f1b2a4d6c78");
        assertThat(letter.path("fields").get(0).asText()).isEqualTo("Email");
        assertThat(letter.path("message").asText()).doesNotContain("öberg").contains("correct it at Ory");
        assertThat(letter.path("original").path("identity").path("traits").path("name").path("last").asText())
                .isEqualTo("Öberg-Nguyễn 李");
    }

    /** In a batch of more than 400 events, an identity may have several items. */
    @Test
    void aRetriedStateDoesNotOverwriteANewerOne() throws Exception {
        String id = UUID.randomUUID().toString();
        tells(id, 0);
        settle();
        camel.getRouteController().stopRoute("sync.next");
        try {
            SALESFORCE.faults().lockRow(id, 1);
            tells(id, 1);
            for (int i = 0; i < 400; i++) {
                tells(UUID.randomUUID().toString(), 0);
            }
            tells(id, 2);
        } finally {
            camel.getRouteController().startRoute("sync.next");
        }
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("State 2");
        assertThat(SALESFORCE.writes().ofIdentity(id)).extracting(write -> write.fields().get("LastName"))
                .containsExactly("State 0", "State 2");
    }

    private void tells(String id, int state) {
        assertThat(ory.sends("settings", Ory.identity(id, START.plusSeconds(state), "State " + state)).statusCode())
                .isEqualTo(204);
    }

    @Test
    void theSameEventTenTimesIsOneRecord() {
        for (int i = 0; i < 10; i++) {
            assertThat(ory.sends("registration", Ory.webhook("registration-ctx")).statusCode()).isEqualTo(204);
        }
        settle();
        assertThat(record(ADA).text("LastName")).isEqualTo("Lovelace");
    }

    @Test
    void newestFirstInABatchEndsInTheNewestState() {
        String id = UUID.randomUUID().toString();
        inOneBatch(
                () -> ory.sends("settings", Ory.identity(id, START.plusSeconds(60), "Newest")),
                () -> ory.sends("settings", Ory.identity(id, START.plusSeconds(30), "Older")),
                () -> ory.sends("settings", Ory.identity(id, START, "Oldest")));
        assertThat(record(id).text("LastName")).isEqualTo("Newest");
        assertThat(SALESFORCE.writes().ofIdentity(id)).hasSize(1);
    }

    @Test
    void aSignUpAndItsVerificationStayASignUp() {
        ObjectNode registration = tagged(Ory.webhook("registration-ctx"));
        ObjectNode verification = tagged(Ory.webhook("verification-ctx"));
        inOneBatch(() -> ory.sends("registration", registration), () -> ory.sends("verification", verification));
        assertThat(record(ADA).text("Description")).isEqualTo("registration newsletter true");
    }

    @Test
    void aVerificationIsNewerThoughUpdatedAtDidNotMove() {
        String id = UUID.randomUUID().toString();
        ObjectNode unverified = Ory.identity(id, START, "Before");
        ObjectNode verified = Ory.identity(id, START, "Verified");
        ((ObjectNode) verified.path("identity")).putArray("verifiable_addresses").addObject().put("verified", true);
        inOneBatch(() -> ory.sends("verification", verified), () -> ory.sends("login", unverified));
        assertThat(record(id).text("LastName")).isEqualTo("Verified");
    }

    @ParameterizedTest
    @CsvSource({"''", "0001-01-01T00:00:00Z", "yesterday"})
    void withoutATimeStampTheOrderOfReceiptCounts(String updatedAt) {
        String id = UUID.randomUUID().toString();
        ObjectNode first = Ory.identity(id, START, "First");
        ObjectNode second = Ory.identity(id, START, "Second");
        ((ObjectNode) first.path("identity")).put("updated_at", updatedAt);
        ((ObjectNode) second.path("identity")).put("updated_at", updatedAt);
        inOneBatch(() -> ory.sends("settings", first), () -> ory.sends("settings", second));
        assertThat(record(id).text("LastName")).isEqualTo("Second");
    }

    @Test
    void aSchemaMayBecomeAContactAndAMappingMaySkip() {
        String contact = UUID.randomUUID().toString();
        String skipped = UUID.randomUUID().toString();
        ory.sends("registration", ofSchema("employee", contact));
        ory.sends("registration", ofSchema("skipped", skipped));
        settle();
        assertThat(record(contact).object()).isEqualTo("Contact");
        assertThat(SALESFORCE.org().byIdentity(skipped)).isEmpty();
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aMappingThatFailsForOneIdentityDoesNotHinderTheOthers() {
        String broken = UUID.randomUUID().toString();
        String fine = UUID.randomUUID().toString();
        inOneBatch(() -> ory.sends("registration", ofSchema("broken", broken)),
                () -> ory.sends("registration", Ory.identity(fine, START, "Fine")));
        assertThat(record(fine).text("LastName")).isEqualTo("Fine");
        JsonNode letter = deadLetters().get(0);
        assertThat(letter.path("code").asText()).isEqualTo("MAPPING_FAILED");
        assertThat(letter.path("message").asText()).contains("broken.jslt").doesNotContain("@");
    }

    @Test
    void aSingleItemWithASetUpErrorPausesDelivery() {
        SALESFORCE.org().schema("Lead").hide("Email");
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, START, "Lone"));
        await().until(this::isPaused);
        assertThat(deadLetters()).isEmpty();
        SALESFORCE.org().schema("Lead").show("Email");
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Lone");
    }

    @Tag("nightly")
    @Test
    void aTokenThatExpiresCostsOneLoginHoweverManyCallsAreInFlight() {
        String warm = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(warm, START, "Warm"));
        settle();
        SALESFORCE.org().expireTokens();
        int logins = SALESFORCE.calls().of(CallKind.LOGIN).size();
        List<String> ids = ids(800);
        inOneBatch(ids.stream().<Runnable>map(id -> () -> ory.sends("registration", Ory.identity(id, START, "Many")))
                .toArray(Runnable[]::new));
        assertThat(SALESFORCE.org().records("Lead")).hasSize(801);
        assertThat(SALESFORCE.calls().of(CallKind.LOGIN)).hasSize(logins + 1);
    }

    /** After an outage the first batch is one call; the second takes the others, 400 events at a time. */
    @Test
    @Tag("nightly")
    void laterPortionsOfABatchAreWrittenInOrder() {
        List<String> ids = ids(700);
        List<String> again = ids.subList(150, 350);
        List<Runnable> events = new ArrayList<>();
        ids.forEach(id -> events.add(() -> ory.sends("registration", Ory.identity(id, START, "First"))));
        again.forEach(id -> events.add(() -> ory.sends("settings", Ory.identity(id, START.plusSeconds(1), "Second"))));
        again.forEach(id -> events.add(() -> ory.sends("settings", Ory.identity(id, START.plusSeconds(2), "Third"))));
        inOneBatch(events.toArray(Runnable[]::new));

        assertThat(SALESFORCE.org().records("Lead")).hasSize(700);
        for (String id : ids) {
            List<String> names = SALESFORCE.writes().ofIdentity(id).stream()
                    .map(write -> (String) write.fields().get("LastName")).toList();
            assertThat(names).startsWith("First").isSorted().doesNotHaveDuplicates()
                    .endsWith(again.contains(id) ? "Third" : "First");
        }
        assertThat(SALESFORCE.calls().of(CallKind.UPSERT)).as("200, then 400 and 100 in one batch; more on a busy machine")
                .hasSizeLessThanOrEqualTo(7);
        assertThat(deadLetters()).isEmpty();
    }

    static List<Fault> outages() {
        return List.of(Fault.unavailable(), Fault.reset(), Fault.storageLimitExceeded(), Fault.loginRefused(),
                Fault.loginUnauthorized(), Fault.loginUnavailable(), Fault.emptyBody(), Fault.garbage(), Fault.halfJson(),
                Fault.truncated(), Fault.reset().withLostAnswer());
    }

    @ParameterizedTest
    @MethodSource("outages")
    void afterAnyOutageEverythingIsDelivered(Fault fault) {
        SALESFORCE.org().expireTokens();
        SALESFORCE.faults().start(fault);
        List<String> ids = ids(20);
        ids.forEach(id -> ory.sends("registration", Ory.identity(id, START, "First")));
        await().until(this::isPaused);
        ids.forEach(id -> ory.sends("settings", Ory.identity(id, START.plusSeconds(1), "Second")));
        await().until(() -> pending() == 40);
        SALESFORCE.faults().clear();
        settle();
        ids.forEach(id -> assertThat(record(id).text("LastName")).isEqualTo("Second"));
        assertThat(deadLetters()).isEmpty();
        await().until(() -> "UP".equals(health().path("status").asText())); // a moment after the commit
    }

    @Test
    void aRefusedConnectionIsAnOutageLikeAnyOther() {
        SALESFORCE.unplug();
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, START, "Unplugged"));
        await().until(() -> "UNREACHABLE".equals(
                health().path("components").path("deliveryPause").path("details").path("code").asText()));
        SALESFORCE.plugIn();
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Unplugged");
    }

    @Test
    void newLeadsGetAnOwnerFromTheAssignmentRules() {
        ory.sends("registration", Ory.webhook("registration-ctx"));
        settle();
        Call upsert = SALESFORCE.calls().of(CallKind.UPSERT).get(0);
        assertThat(upsert.header("Sforce-Auto-Assign")).isEqualTo("TRUE");
    }

    @Test
    void theRunningAppCountsItsCalls() {
        sql.update("delete from api_calls");
        ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Counted"));
        settle();
        await().until(() -> sql.queryForObject("select coalesce(sum(calls), 0) from api_calls", Long.class) >= 2);
    }

    @Test
    void theVersionOfTheIdentityIsInTheRecord() {
        ory.sends("registration", Ory.webhook("registration-ctx"));
        settle();
        Write write = SALESFORCE.writes().ofIdentity(ADA).get(0);
        assertThat(write.version()).isEqualTo(Instant.parse("2026-11-24T03:26:36.095Z"));
    }

    private static List<String> ids(int count) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(UUID.randomUUID().toString());
        }
        return ids;
    }

    private static ObjectNode ofSchema(String schema, String id) {
        ObjectNode body = Ory.identity(id, START, "Of " + schema);
        ((ObjectNode) body.path("identity")).put("schema_id", schema);
        ((ObjectNode) body.path("identity").path("traits")).put("company", "Tagged Ltd");
        return body;
    }

    private ObjectNode tagged(String webhook) {
        ObjectNode body = (ObjectNode) read(webhook);
        ((ObjectNode) body.path("identity")).put("schema_id", "tagged");
        return body;
    }
}
