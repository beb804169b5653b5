package dev.orysalesforce.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.sandbox.ory.OryCall;
import dev.orysalesforce.sandbox.ory.OryFault;
import dev.orysalesforce.sandbox.ory.OryProject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;

/** Whatever an Admin API answers, no identity is erased, no other host gets the key, and the mistake is reported. */
@TestPropertySource(properties = {"test.context=hostile-ory", "sync.on-missing=erase", "sync.erase-limit=1"})
@Tag("any-ledger")
@Tag("nightly")
class HostileOryTest extends ReconcileTest {

    @AfterEach
    void noIdentityWasErasedAndTheKeyWasNotSentElsewhere() {
        assertThat(ORY.foreignCalls()).isEmpty();
        assertThat(ORY.calls()).allSatisfy(call -> assertThat(call.target()).doesNotContain(KEY));
        assertThat(sql.queryForObject("select count(*) from sightings where missing_at is not null", Long.class)).isZero();
        assertThat(SALESFORCE.writes().all()).allSatisfy(write -> assertThat(write.operation().name()).isNotEqualTo("DELETE"));
        assertThat(operator.get("/api/status").body()).doesNotContain(KEY);
    }

    /** Identities that are in Salesforce already. */
    private List<String> synced(int many) {
        List<String> ids = ORY.project().addMany(many, i -> person("Known " + i));
        ids.forEach(id -> ory.sends("registration", hook(id)));
        settle();
        return ids;
    }

    @Test
    void anEmptyList() {
        synced(3);
        ORY.fail(OryFault.emptyList());
        assertThat(failed().path("error").asText()).contains("Ory knows 0", "another project", "Nothing was queued or erased");
        JsonNode health = health().path("components").path("reconcile");
        assertThat(health.path("status").asText()).isEqualTo("DEGRADED");

        ORY.recover();
        assertThat(done().path("error").isNull()).isTrue();
        assertThat(health().path("components").path("reconcile").path("status").asText()).isEqualTo("UP");
    }

    @Test
    void anEmptyListWhileNoIdentityHasARecord() {
        String id = ORY.project().add(person("Skipped"));
        ORY.project().patch(id, identity -> identity.put("schema_id", "skipped"));
        ory.sends("registration", hook(id));
        settle();
        ORY.fail(OryFault.emptyList());
        assertThat(failed().path("error").asText()).contains("lists no identity", "the ledger knows 1");
    }

    @Test
    void anotherProject() {
        synced(3);
        OryProject other = new OryProject();
        other.addMany(5, i -> person("Somebody else"));
        ORY.become(other);
        long before = reconciled();
        assertThat(failed().path("error").asText()).contains("Of the 3 identities", "another project");
        assertThat(reconciled()).isEqualTo(before);
        assertThat(SALESFORCE.org().records("Lead")).hasSize(3);
    }

    @Test
    void aWrongKey() {
        ORY.project().add(person("Pat"));
        ORY.requireKey("another key");
        assertThat(failed().path("error").asText()).contains("401", "ORY_ADMIN_TOKEN");
        assertThat(ORY.calls()).extracting(call -> call.header("Authorization")).containsOnly("Bearer " + KEY);
    }

    @Test
    void aPageThatIsNotAList() {
        ORY.project().addMany(3, i -> person("Pat"));
        ORY.fail(OryFault.html().times(1));
        assertThat(failed().path("error").asText()).contains("not JSON", "login page");
        ORY.fail(OryFault.truncated().times(1));
        assertThat(failed().path("error").asText()).contains("only a part of it");
        assertThat(SALESFORCE.org().records("Lead")).isEmpty();
    }

    @Test
    void aRedirect() {
        ORY.project().add(person("Pat"));
        ORY.fail(OryFault.redirect());
        assertThat(failed().path("error").asText()).contains("307", "redirects are not followed");
    }

    @Test
    void aLinkToAnotherHost() {
        ORY.project().addMany(1_001, i -> person("Pat " + i));
        ORY.fail(OryFault.foreignLink().times(1));
        JsonNode done = done();
        assertThat(done.path("error").asText()).contains("localhost", "not followed");
        assertThat(ORY.calls()).allSatisfy(call -> assertThat(call.path()).isEqualTo("/admin/identities"));
        settle();
    }

    @Test
    void absoluteLinksAndTokensThatHaveToBeEncoded() {
        ORY.project().addMany(1_001, i -> person("Pat " + i));
        ORY.absoluteLinks();
        ORY.obscureTokens();
        JsonNode done = done();
        assertThat(done.path("error").isNull()).isTrue();
        assertThat(done.path("seen").asLong()).isEqualTo(1_001);
        assertThat(ORY.calls()).hasSize(3);
        settle();
        assertThat(SALESFORCE.org().records("Lead")).hasSize(1_001);
    }

    @Test
    void aLinkThatLeadsInACircle() {
        ORY.project().addMany(600, i -> person("Pat " + i));
        ORY.fail(OryFault.loopingLink().after(1)); // the second page links to itself
        assertThat(failed().path("error").asText()).contains("has no last page");
        settle();
        assertThat(SALESFORCE.org().records("Lead").size()).isLessThanOrEqualTo(600);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRateLimitIsWaitedOut(boolean lowerCaseNames) {
        if (lowerCaseNames) {
            ORY.lowerCaseHeaderNames();
        }
        ORY.project().addMany(600, i -> person("Pat " + i));
        ORY.fail(OryFault.rateLimited(2).after(1).times(1));
        ORY.fail(OryFault.retryAfter(1).after(1).times(1));
        begin();
        await().until(() -> reconcile().path("error").asText().contains("429"));
        assertThat(state()).isEqualTo("running");
        JsonNode done = end();
        assertThat(done.path("state").asText()).as(done.toString()).isEqualTo("done");
        assertThat(done.path("error").isNull()).isTrue();
        assertThat(done.path("seen").asLong()).isEqualTo(600);
        List<OryCall> calls = ORY.calls();
        assertThat(pause(calls, 1)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(pause(calls, 2)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(calls).hasSize(4);
        settle();
    }

    @Test
    void outagesAreWaitedOut() {
        List<String> ids = synced(3);
        ORY.unplug();
        begin();
        await().until(() -> reconcile().path("error").asText().contains("can't be reached"));
        assertThat(state()).isEqualTo("running");
        assertThat(operator.post("/api/reconcile", "").statusCode()).isEqualTo(409);
        ORY.fail(OryFault.serverError());
        ORY.plugIn();
        await().until(() -> reconcile().path("error").asText().contains("500"));
        ORY.recover();
        ORY.fail(OryFault.reset().times(3));
        JsonNode done = end();
        assertThat(done.path("state").asText()).isEqualTo("done");
        assertThat(done.path("error").isNull()).isTrue();
        assertThat(done.path("seen").asLong()).isEqualTo(ids.size());
    }

    @Test
    void theDryRunWaitsForSalesforce() {
        synced(3);
        SALESFORCE.unplug();
        begin();
        await().until(() -> reconcile().path("error").asText().contains("Salesforce"));
        assertThat(state()).isEqualTo("running");
        SALESFORCE.plugIn();
        assertThat(end().path("state").asText()).isEqualTo("done");
        awaitInSync();
    }

    private long reconciled() {
        return status().path("balance").path("reconciled").asLong();
    }

    private static Duration pause(List<OryCall> calls, int after) {
        Instant refused = calls.get(after).at();
        return Duration.between(refused, calls.get(after + 1).at());
    }
}
