package dev.orysalesforce.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.sandbox.Write;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** {@code sync.on-missing: mark}: the record of an identity that Ory no longer has says so, and stays linked. */
@TestPropertySource(properties = {"test.context=mark-missing", "sync.on-missing=mark", "sync.erase-limit=0.2",
    "sync.gone-mapping=src/test/resources/mappings/gone-for-tests.jslt"})
@Tag("nightly")
class MarkMissingTest extends ReconcileTest {

    private List<String> synced(int many) {
        List<String> ids = ORY.project().addMany(many, i -> withPhone("Known " + i));
        ids.forEach(id -> ory.sends("registration", hook(id)));
        settle();
        return ids;
    }

    private static Map<String, Object> withPhone(String name) {
        Map<String, Object> traits = new HashMap<>(person(name));
        traits.put("phone", "+44 1");
        return traits;
    }

    @Test
    void theRecordIsMarkedOnceAndStaysLinked() {
        List<String> ids = synced(10);
        String gone = ids.get(0);
        String version = record(gone).text("Ory_Updated_At__c");
        ORY.project().delete(gone);
        assertThat(done().path("missing").asInt()).isEqualTo(1);
        await().until(() -> "Mark: gone".equals(record(gone).text("Description")));
        settle();
        assertThat(record(gone).text("Phone")).isNull();
        assertThat(record(gone).text("LastName")).isEqualTo("Known 0");
        assertThat(record(gone).text("Ory_Updated_At__c")).isEqualTo(version);
        assertThat(lastWrite(gone).fields()).as("no opt-out is taken back").containsOnlyKeys("Description", "Phone");
        assertThat(ledger(gone, "code")).isEqualTo("GONE_AT_ORY");
        assertThat(read(operator.get("/api/identities/" + gone).body()).path("code").asText()).isEqualTo("GONE_AT_ORY");

        SALESFORCE.org().edit(record(gone).id(), Map.of("Description", "Typed by sales"));
        long accepted = status().at("/balance/reconciled").asLong();
        assertThat(done().path("missing").asInt()).as("still missing").isEqualTo(1);
        settle();
        assertThat(record(gone).text("Description")).isEqualTo("Typed by sales");
        assertThat(status().at("/balance/reconciled").asLong()).as("not queued again").isEqualTo(accepted);
        assertThat(ids.subList(1, 10)).allSatisfy(id -> assertThat(record(id).text("Description")).isNull());
    }

    @Test
    void anIdentityThatComesBackIsSyncedAgain() {
        List<String> ids = synced(10);
        String gone = ids.get(0);
        ObjectNode identity = ORY.project().identity(gone);
        ORY.project().delete(gone);
        done();
        await().until(() -> "Mark: gone".equals(record(gone).text("Description")));
        settle();

        ORY.project().restore(identity);
        assertThat(done().path("missing").asInt()).isZero();
        settle();
        assertThat(record(gone).text("Description")).isNull();
        assertThat(record(gone).text("Phone")).isEqualTo("+44 1");
        assertThat(ledger(gone, "code")).isNull();
        awaitInSync();

        ORY.project().delete(gone);
        done();
        await("marked again").until(() -> "Mark: gone".equals(record(gone).text("Description")));
    }

    @Test
    void aConvertedLeadIsMarkedInItsContact() {
        List<String> ids = synced(10);
        String contact = SALESFORCE.org().convertLead(record(ids.get(0)).id(), true);
        ORY.project().delete(ids.get(0));
        done();
        await().until(() -> "Mark: gone".equals(SALESFORCE.org().record(contact).text("Description")));
    }

    @Test
    void aDeletedRecordIsLeftAndNotTriedAgain() {
        List<String> ids = synced(10);
        SALESFORCE.org().delete(record(ids.get(0)).id());
        ORY.project().delete(ids.get(0));
        done();
        settle();
        await().until(() -> "GONE_AT_ORY".equals(ledger(ids.get(0), "code")));
        assertThat(SALESFORCE.org().byIdentity(ids.get(0))).isEmpty();
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void moreThanTheLimitAreNotMarkedAndMarkedOnesDoNotCount() {
        List<String> ids = synced(10);
        ObjectNode third = ORY.project().identity(ids.get(2));
        ids.subList(0, 3).forEach(ORY.project()::delete);
        assertThat(done().path("error").asText()).contains("3 of 10", "sync.erase-limit", "marked");
        settle();
        assertThat(ids).allSatisfy(id -> assertThat(record(id).text("Description")).isNull());

        ORY.project().restore(third);
        done();
        await().until(() -> "Mark: gone".equals(record(ids.get(1)).text("Description")));
        settle();
        ORY.project().delete(ids.get(2));
        JsonNode last = done();
        assertThat(last.path("missing").asInt()).isEqualTo(3);
        assertThat(last.path("error").isNull()).as(last.toString()).isTrue();
        await().until(() -> "Mark: gone".equals(record(ids.get(2)).text("Description")));
    }

    private Write lastWrite(String id) {
        List<Write> writes = SALESFORCE.writes().ofIdentity(id);
        return writes.get(writes.size() - 1);
    }

    private String ledger(String id, String column) {
        return sql.queryForObject("select " + column + " from identities where identity = ?", String.class, id);
    }
}
