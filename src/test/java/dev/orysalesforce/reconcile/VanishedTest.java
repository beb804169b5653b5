package dev.orysalesforce.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.sandbox.ory.OryFault;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** Identities whose record was deleted in Salesforce, and those that only seem to be missing at Ory. */
@TestPropertySource(properties = {"test.context=missing", "sync.on-missing=erase", "sync.erase-limit=0.2"})
@Tag("nightly")
class VanishedTest extends ReconcileTest {

    private List<String> synced(int many) {
        List<String> ids = ORY.project().addMany(many, i -> person("Known " + i));
        ids.forEach(id -> ory.sends("registration", hook(id)));
        settle();
        return ids;
    }

    @Test
    void aGapInTheListDoesNotCountAsMissing() {
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
        JsonNode done = doneWhileNothingIsDelivered();
        assertThat(done.path("goneInSalesforce").asLong()).isZero();
        assertThat(done.path("inSync").asDouble()).isEqualTo(1);
    }

    /** An org with millions of Leads: a query without an index times out, and so may a large page. */
    @Test
    void aLargeOrgIsReadByKeyInPagesThatItManages() {
        ORY.project().addMany(600, i -> person("Known " + i));
        done();
        settle();
        SALESFORCE.org().delete(SALESFORCE.org().records("Lead").get(300).id());
        SALESFORCE.org().timeOutQueriesAbove(500);
        SALESFORCE.org().queryPage(90); // wide records
        JsonNode done = done();
        assertThat(done.path("goneInSalesforce").asLong()).isEqualTo(1);
        assertThat(done.path("seen").asLong()).isEqualTo(600);
    }

    private String metrics() {
        return new Operator(managementPort, null).get("/observe/metrics").body();
    }
}
