package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.RowError;
import dev.orysalesforce.sandbox.SandboxRecord;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties of an erasure for every {@code sync.erase}. */
abstract class ErasingTest extends OperatorTest {

    final String id = UUID.randomUUID().toString();

    /** Checks that the record is in the state that the policy requires. */
    abstract void assertErased(SandboxRecord record);

    /** The call that carries it out. */
    abstract CallKind call();

    @AfterEach
    void theCountersBalance() {
        SALESFORCE.faults().clear();
        settle();
        await().untilAsserted(() -> StatusTest.assertBalance(get("/api/status")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"customer", "employee"})
    void theRecordIsTreatedByThePolicy(String schema) {
        String other = UUID.randomUUID().toString();
        send(id, schema, 0, "Kowalczykowa");
        send(other, schema, 0, "Other");
        settle();
        String record = record(id).id();
        erase(id);
        settle();
        assertErased(SALESFORCE.org().record(record));
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        assertThat(record(other).text("LastName")).isEqualTo("Other");
        await().until(() -> !known(id));
        assertThat(known(other)).isTrue();
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void manyAtOnceTakeOneCallForAll() {
        List<String> ids = Stream.generate(() -> UUID.randomUUID().toString()).limit(20).toList();
        for (int i = 0; i < ids.size(); i++) {
            send(ids.get(i), i % 2 == 0 ? "customer" : "employee", 0, "Kowalczykowa");
        }
        settle();
        List<String> records = ids.stream().map(identity -> record(identity).id()).toList();
        int before = SALESFORCE.calls().of(call()).size();
        inOneBatch(ids.stream().<Runnable>map(identity -> () -> erase(identity)).toArray(Runnable[]::new));
        records.forEach(record -> assertErased(SALESFORCE.org().record(record)));
        assertThat(SALESFORCE.calls().of(call()).stream().skip(before).filter(call -> call.status() == 200)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConvertedLeadIsErasedAsItsContact(boolean carriesTheId) {
        send(id, "customer", 0, "Kowalczykowa");
        settle();
        String contact = SALESFORCE.org().convertLead(record(id).id(), carriesTheId);
        erase(id);
        settle();
        assertErased(SALESFORCE.org().record(contact));
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aMergedRecordIsErasedAsTheWinner() {
        send(id, "customer", 0, "Kowalczykowa");
        settle();
        String winner = SALESFORCE.org().insert("Lead", Map.of("LastName", "Kowalczykowa", "Company", "Theirs"));
        SALESFORCE.org().merge(winner, record(id).id());
        erase(id);
        settle();
        assertErased(SALESFORCE.org().record(winner));
        await().until(() -> !known(id));
    }

    @Test
    void aWinnerThatBelongsToAnotherIdentityIsLeftAlone() {
        String other = UUID.randomUUID().toString();
        send(id, "customer", 0, "Kowalczykowa");
        send(other, "customer", 0, "Other");
        settle();
        SandboxRecord winner = record(other);
        SALESFORCE.org().merge(winner.id(), record(id).id());
        erase(id);
        settle();
        assertThat(record(other)).isEqualTo(winner);
        await().until(() -> !known(id));
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aRecordThatIsGoneAlreadyIsDone() {
        send(id, "customer", 0, "Kowalczykowa");
        settle();
        String record = record(id).id();
        SALESFORCE.org().delete(record);
        SandboxRecord deleted = SALESFORCE.org().record(record);
        erase(id);
        settle();
        assertThat(SALESFORCE.org().record(record)).isEqualTo(deleted);
        await().until(() -> !known(id));
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aRecordThatIsPurgedIsDone() {
        send(id, "customer", 0, "Kowalczykowa");
        settle();
        SALESFORCE.org().purge(record(id).id());
        erase(id);
        settle();
        await().until(() -> !known(id));
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aRecordThatIsPurgedBetweenLookUpAndWriteIsDone() {
        send(id, "customer", 0, "Kowalczykowa");
        settle();
        String record = record(id).id();
        SALESFORCE.faults().refuseRows(row -> {
            if (record.equals(row.recordId())) {
                SALESFORCE.org().purge(record);
            }
            return record.equals(row.recordId());
        }, new RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"), 1);
        erase(id);
        settle();
        await().until(() -> !known(id));
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aRecordThatTheUserDoesNotSeeIsNotTakenForErased() {
        send(id, "customer", 0, "Kowalczykowa");
        settle();
        String record = record(id).id();
        SALESFORCE.org().hide(record);
        erase(id);
        settle();
        await().until(() -> deadLetters().size() == 1);
        assertThat(deadLetters().get(0).path("code").asText()).isEqualTo("NOT_VISIBLE");
        assertThat(get("/api/identities/" + id).path("salesforceId").asText()).isEqualTo(record);
    }

    @Test
    void aRecordWhoseIdSalesHasRemovedIsFoundByTheLedger() {
        send(id, "employee", 0, "Kowalczykowa");
        settle();
        String record = record(id).id();
        SALESFORCE.org().edit(record, Collections.singletonMap("Ory_Identity_Id__c", null));
        erase(id);
        settle();
        assertErased(SALESFORCE.org().record(record));
    }

    @Test
    void afterALostLedgerSalesforceIsQueried() {
        send(id, "employee", 0, "Kowalczykowa");
        settle();
        String record = record(id).id();
        sql.update("delete from identities");
        erase(id);
        settle();
        assertErased(SALESFORCE.org().record(record));
    }

    @Test
    void aRepetitionAfterALostAnswerIsHarmless() {
        send(id, "customer", 0, "Kowalczykowa");
        settle();
        String record = record(id).id();
        SALESFORCE.faults().start(Fault.reset().on(call()).withLostAnswer().times(1));
        erase(id);
        settle();
        assertErased(SALESFORCE.org().record(record));
        await().until(() -> !known(id));
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aLockedRecordIsRetried() {
        send(id, "customer", 0, "Kowalczykowa");
        settle();
        String record = record(id).id();
        SALESFORCE.faults().lockRow(id, 1);
        erase(id);
        await().until(() -> "retry".equals(get("/api/identities/" + id).path("outcome").asText()));
        settle();
        assertErased(SALESFORCE.org().record(record));
        await().until(() -> !known(id));
    }

    /** Salesforce quotes the name of a record that it can't delete. */
    @Test
    void aRejectedErasureIsADeadLetterWithoutTraits() {
        send(id, "employee", 0, "Kowalczykowa");
        settle();
        String record = record(id).id();
        SALESFORCE.faults().refuseRows(row -> id.equals(row.identity()), new RowError("DELETE_FAILED", "Your attempt to"
                + " delete Pat Kowalczykowa could not be completed because it is associated with the following cases"), 1);
        erase(id);
        settle();
        await().until(() -> deadLetters().size() == 1);
        JsonNode letter = deadLetters().get(0);
        assertThat(letter.path("code").asText()).isEqualTo("DELETE_FAILED");
        assertThat(letter.path("event").asText()).isEqualTo("erase");
        assertThat(letter.path("original").path("identity").toString()).isEqualTo("{\"id\":\"" + id + "\"}");
        assertThat(letter.toString()).doesNotContain("Kowalczykowa").doesNotContain("@");
        JsonNode explanation = get("/api/identities/" + id);
        assertThat(explanation.path("code").asText()).isEqualTo("DELETE_FAILED");
        assertThat(explanation.path("salesforceId").asText()).isEqualTo(record);
        assertThat(explanation.toString()).doesNotContain("Kowalczykowa");

        assertThat(replay("{\"code\":\"DELETE_FAILED\"}").path("replayed").asInt()).isEqualTo(1);
        settle();
        assertErased(SALESFORCE.org().record(record));
        await().until(() -> !known(id));
        assertThat(deadLetters()).isEmpty();
    }

    void erase(String identity) {
        assertThat(operator.delete("/api/identities/" + identity).statusCode()).isEqualTo(202);
    }

    /** Whether the app still shows it, which takes a moment longer than the commit. */
    boolean known(String identity) {
        return operator.get("/api/identities/" + identity).statusCode() == 200;
    }

    void send(String identity, String schema, int seconds, String lastName) {
        ObjectNode body = ofSchema(schema, Ory.identity(identity, START.plusSeconds(seconds), lastName));
        assertThat(ory.sends(seconds == 0 ? "registration" : "settings", body).statusCode()).isEqualTo(204);
    }
}
