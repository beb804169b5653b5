package dev.orysalesforce.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.sandbox.ory.OryFault;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.NotifyBuilder;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** Who vanished from Ory, and whose record is gone in Salesforce. */
@TestPropertySource(properties = {"test.context=vanished", "sync.on-missing=erase", "sync.erase-limit=0.2"})
class VanishedTest extends ReconcileTest {

    @Autowired
    private CamelContext camel;

    private List<String> synced(int many) {
        List<String> ids = ORY.project().addMany(many, i -> person("Known " + i));
        ids.forEach(id -> ory.sends("registration", hook(id)));
        settle();
        return ids;
    }

    @Test
    void whoVanishedFromOryIsErased() {
        List<String> ids = synced(10);
        NotifyBuilder erased = new NotifyBuilder(camel).wereSentTo("direct:erase.identity").whenCompleted(2).create();
        ORY.project().delete(ids.get(3));
        ORY.project().delete(ids.get(7));
        JsonNode done = done();
        assertThat(done.path("missing").asLong()).isEqualTo(2);
        assertThat(done.path("error").isNull()).as(done.toString()).isTrue();
        assertThat(erased.matches()).isTrue();
    }

    @Test
    void nobodyIsErasedWhereTooManyVanished() {
        List<String> ids = synced(10);
        NotifyBuilder erased = new NotifyBuilder(camel).wereSentTo("direct:erase.identity").whenDone(1).create();
        ids.subList(0, 3).forEach(ORY.project()::delete);
        JsonNode done = done();
        assertThat(done.path("missing").asLong()).isEqualTo(3);
        assertThat(done.path("error").asText()).contains("3 of 10", "sync.erase-limit");
        assertThat(erased.matches()).isFalse();
        assertThat(SALESFORCE.org().records("Lead")).hasSize(10);
    }

    @Test
    void aGapInTheListIsNoVanishing() {
        ORY.project().addMany(600, i -> person("Listed " + i));
        done();
        settle();
        ORY.fail(OryFault.emptyList().after(2).times(1)); // the second page, and the last
        JsonNode done = done();
        assertThat(done.path("seen").asLong()).isEqualTo(500);
        assertThat(done.path("missing").asLong()).isZero();
        assertThat(done.path("inSync").asDouble()).isEqualTo(1);
    }

    @Test
    void aRecordThatIsGoneIsCountedUntilTheAppKnows() {
        List<String> ids = synced(4);
        assertThat(done().path("inSync").asDouble()).isEqualTo(1);
        SALESFORCE.org().delete(record(ids.get(0)).id());
        JsonNode done = done();
        assertThat(done.path("goneInSalesforce").asLong()).isEqualTo(1);
        assertThat(done.path("inSync").asDouble()).isEqualTo(0.75);
        assertThat(metrics()).contains("ory_sync_in_sync_ratio 0.75", "ory_sync_gone_in_salesforce 1.0", "ory_sync_missing 0.0");

        ORY.project().change(ids.get(0), person("Changed"));
        done();
        settle();
        assertThat(explain(ids.get(0)).path("code").asText()).isEqualTo("DELETED_IN_SALESFORCE");
        assertThat(done().path("goneInSalesforce").asLong()).isZero();
    }

    @Test
    void aConvertedLeadIsNotGone() {
        List<String> ids = synced(2);
        SALESFORCE.org().convertLead(record(ids.get(0)).id(), false);
        JsonNode done = done();
        assertThat(done.path("goneInSalesforce").asLong()).isZero();
        assertThat(done.path("inSync").asDouble()).isEqualTo(1);
    }

    private String metrics() {
        return new Operator(managementPort, null).get("/observe/metrics").body();
    }
}
