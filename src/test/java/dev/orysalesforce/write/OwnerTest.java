package dev.orysalesforce.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.Call;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.DuplicateRule;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.RowError;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who owns a new Lead: the mapping's owner, or the one of the org's assignment rules. */
@Tag("any-ledger")
class OwnerTest extends AppTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");
    private static final String ANNA = "0055e0000000007AAA";
    private static final String BY_RULE = "0055e0000000009AAA";

    private final String id = UUID.randomUUID().toString();
    private final String other = UUID.randomUUID().toString();

    @BeforeEach
    void aDefaultOwner() {
        SALESFORCE.org().defaultLeadOwner(BY_RULE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theOwnerOfTheMappingStaysAndOthersGetOneByRule(boolean hasRule) {
        if (hasRule) {
            SALESFORCE.org().activateAssignmentRule("Lead", BY_RULE);
        }
        SALESFORCE.faults().start(Fault.unavailable());
        send(id, 0, ANNA, "+44 1");
        send(other, 0, null, "+44 1");
        await().until(() -> pending() == 2);
        SALESFORCE.faults().clear();
        settle();
        assertThat(record(id).text("OwnerId")).isEqualTo(ANNA);
        assertThat(record(other).text("OwnerId")).isEqualTo(BY_RULE);
        assertThat(SALESFORCE.calls().of(CallKind.UPSERT).stream().filter(call -> call.status() == 200))
                .extracting(call -> call.header("Sforce-Auto-Assign")).containsExactlyInAnyOrder("FALSE", "TRUE");
    }

    @Test
    void theOwnerThatSalesChoseLaterStays() {
        send(id, 0, ANNA, "+44 1");
        settle();
        SALESFORCE.org().edit(record(id).id(), Map.of("OwnerId", BY_RULE));
        send(id, 1, ANNA, "+44 2");
        settle();
        assertThat(record(id).text("Phone")).isEqualTo("+44 2");
        assertThat(record(id).text("OwnerId")).isEqualTo(BY_RULE);
    }

    /** A duplicate rule tells its matches only if the write is repeated for one record; by then it may succeed. */
    @ParameterizedTest
    @ValueSource(strings = {"known", "owned", "new"})
    void theCallForTheMatchesOfADuplicateRuleHasTheHeadersOfTheWrite(String kind) {
        if (kind.equals("known")) {
            send(id, 0, ANNA, "+44 1");
            settle();
        }
        SALESFORCE.org().insert("Lead", Map.of("LastName", "There", "Company", "Theirs", "Email", "new@example.org",
                "Ory_Identity_Id__c", other));
        SALESFORCE.org().activate(DuplicateRule.leadAlert());
        ObjectNode body = body(id, 1, kind.equals("owned") ? ANNA : null, "+44 2");
        ((ObjectNode) body.at("/identity/traits")).put("email", "new@example.org");
        ory.sends("settings", body);
        settle();
        List<Call> single = SALESFORCE.calls().of(CallKind.SINGLE_WRITE);
        assertThat(single).hasSize(1);
        CallKind write = kind.equals("known") ? CallKind.UPDATE : CallKind.UPSERT;
        List<Call> writes = SALESFORCE.calls().of(write);
        for (String header : List.of("Sforce-Auto-Assign", "Sforce-Duplicate-Rule-Header")) {
            assertThat(single.get(0).header(header)).as(header).isNotNull()
                    .isEqualTo(writes.get(writes.size() - 1).header(header));
        }
        assertThat(single.get(0).header("Sforce-Auto-Assign")).isEqualTo(kind.equals("new") ? "TRUE" : "FALSE");
    }

    /** No API tells which owner a rule names, so the pause names the rule. */
    @Test
    void aDeactivatedOwnerPausesDeliveryWithTheNameOfTheRule() {
        SALESFORCE.org().activateAssignmentRule("Lead", ANNA);
        SALESFORCE.faults().refuseRows(row -> true, new RowError("INACTIVE_OWNER_OR_USER",
                "operation performed with inactive user [" + ANNA + "] as owner of lead"), -1);
        String id = UUID.randomUUID().toString();
        send(id, 0, null, "+44 1");
        await().until(() -> health().at("/components/deliveryPause/details/code").asText().equals("INACTIVE_OWNER_OR_USER"));
        assertThat(health().at("/components/deliveryPause/details/reason").asText()).contains("change it in Setup",
                "assignment rule of Leads is \"Round robin\"");
        SALESFORCE.faults().clear();
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Person");
    }

    private void send(String id, int seconds, String owner, String phone) {
        assertThat(ory.sends(seconds == 0 ? "registration" : "settings", body(id, seconds, owner, phone)).statusCode()).isEqualTo(204);
    }

    private static ObjectNode body(String id, int seconds, String owner, String phone) {
        ObjectNode body = Ory.identity(id, START.plusSeconds(seconds), "Person");
        ObjectNode identity = (ObjectNode) body.path("identity");
        identity.put("schema_id", "owned");
        identity.withObject("/traits").put("phone", phone).put("region", owner);
        return body;
    }
}
