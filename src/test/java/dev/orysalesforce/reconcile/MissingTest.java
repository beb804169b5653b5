package dev.orysalesforce.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.ledger.Tombstones;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** Identities that Ory no longer has are erased; an erased identity that is still at Ory does not come back. */
@TestPropertySource(properties = {"test.context=missing", "sync.on-missing=erase", "sync.erase-limit=0.2"})
@Tag("nightly")
class MissingTest extends ReconcileTest {

    @Autowired
    private Tombstones tombstones;

    private List<String> synced(int many) {
        List<String> ids = ORY.project().addMany(many, i -> person("Known " + i));
        ids.forEach(id -> ory.sends("registration", hook(id)));
        settle();
        return ids;
    }

    @Test
    void missingIdentitiesAreErased() {
        List<String> ids = synced(10);
        ids.subList(0, 2).forEach(ORY.project()::delete);
        assertThat(done().path("missing").asInt()).isEqualTo(2);
        await().until(() -> SALESFORCE.org().byIdentity(ids.get(1)).isEmpty());
        settle();
        assertThat(ids).filteredOn(id -> SALESFORCE.org().byIdentity(id).isEmpty())
                .containsExactlyInAnyOrderElementsOf(ids.subList(0, 2));
        awaitInSync();
        assertThat(done().path("missing").asInt()).isZero();
    }

    @Test
    void aTraitThatIsGoneAndOnlyALoginCameIsEmptiedByTheComparison() {
        Map<String, Object> traits = new HashMap<>(person("Known"));
        String id = ORY.project().add(Map.of("email", traits.get("email"), "name", traits.get("name"), "phone", "+44 1"));
        ory.sends("registration", hook(id));
        settle();
        assertThat(record(id).text("Phone")).isEqualTo("+44 1");
        ORY.project().change(id, traits);
        ory.sends("login", hook(id));
        settle();
        assertThat(record(id).text("Phone")).isEqualTo("+44 1");
        assertThat(done().path("queued").asLong()).isEqualTo(1);
        settle();
        assertThat(record(id).text("Phone")).isNull();
        assertThat(done().path("queued").asLong()).as("once").isZero();
        assertThat(reconcile().path("inSync").asDouble()).isEqualTo(1);
    }

    /** The run-as user has lost a field that the comparison reads. */
    @Test
    void ifSalesforceRefusesItsHalfOrysHalfIsStillCompared() {
        List<String> ids = synced(10);
        assertThat(done().path("inSync").asDouble()).isEqualTo(1);
        ORY.project().delete(ids.get(0));
        String lost = ORY.project().add(person("Lost"));
        SALESFORCE.org().schema("Lead").hide("Ory_Updated_At__c");
        JsonNode failed = failed();
        assertThat(failed.path("error").asText()).contains("Ory's half was compared", "the run of ", "Ory_Updated_At__c");
        assertThat(failed.path("missing").asInt()).isEqualTo(1);
        assertThat(health().at("/components/reconcile/status").asText()).isEqualTo("DEGRADED");
        SALESFORCE.org().schema("Lead").show("Ory_Updated_At__c");
        settle();
        assertThat(SALESFORCE.org().byIdentity(ids.get(0))).as("erased").isEmpty();
        assertThat(SALESFORCE.org().byIdentity(lost)).hasSize(1);
        assertThat(done().path("missing").asInt()).isZero();
    }

    @Test
    void moreThanTheLimitAreNotErased() {
        List<String> ids = synced(10);
        ids.subList(0, 3).forEach(ORY.project()::delete);
        JsonNode done = done();
        assertThat(done.path("missing").asInt()).isEqualTo(3);
        assertThat(done.path("error").asText()).contains("3 of 10", "sync.erase-limit");
        settle();
        assertThat(ids).allSatisfy(id -> assertThat(SALESFORCE.org().byIdentity(id)).hasSize(1));
    }

    @Test
    void anErasedIdentityThatIsStillAtOryStaysErased() {
        List<String> ids = synced(3);
        String erased = ids.get(0);
        assertThat(operator.delete("/api/identities/" + erased).statusCode()).isEqualTo(202);
        settle();
        age();
        done();
        assertThat(reconcile().path("queued").asInt()).isZero();
        assertThat(tombstones.isErased(erased)).as("listed, however long ago it was erased").isTrue();
        assertThat(SALESFORCE.org().byIdentity(erased)).isEmpty();
        assertThat(reconcile().path("inSync").asDouble()).as("of those who are to be there").isEqualTo(1.0);
        assertThat(sql.queryForObject("select count(*) from sightings where identity = ?", Long.class, erased)).isZero();

        ORY.project().delete(erased);
        age();
        done();
        assertThat(tombstones.isErased(erased)).as("of no use any more").isFalse();
    }

    private void age() {
        sql.update("update tombstones set last_listed_at = '2020-01-01T00:00:00.000000000Z'");
    }
}
