package dev.orysalesforce.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.sandbox.Call;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Write;
import dev.orysalesforce.sandbox.ory.OryCall;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** Who was at Ory before the app, or whose event was lost, is found; who is in Salesforce already costs nothing. */
@TestPropertySource(properties = "test.context=reconcile")
class BackfillTest extends ReconcileTest {

    @Test
    void tenThousandAreBackfilledWhileLiveEventsGoOn() {
        ORY.project().addMany(10_000, i -> person("Before " + i));
        begin();
        assertThat(operator.post("/api/reconcile", "").statusCode()).isEqualTo(409);

        Map<String, Long> live = new LinkedHashMap<>(); // identity to rows written when it came in
        while (!"done".equals(state()) || pending() > 0) {
            String id = ORY.project().add(person("Live"));
            long written = SALESFORCE.writes().count();
            assertThat(ory.sends("registration", hook(id)).statusCode()).isEqualTo(204);
            live.put(id, written);
            await().pollInterval(java.time.Duration.ofMillis(50)).until(() -> !SALESFORCE.org().byIdentity(id).isEmpty());
        }
        settle();
        List<Call> calls = SALESFORCE.calls().all();
        JsonNode done = reconcile();
        calls.forEach(call -> System.out.println("XX " + call.at() + " " + call.kind() + " " + call.rows()));
        System.out.println(calls.size() + " calls, " + live.size() + " live events, " + done);

        assertThat(live.size()).isGreaterThan(5);
        assertThat(SALESFORCE.org().records("Lead")).hasSize(10_000 + live.size());
        assertThat(SALESFORCE.writes().createdTwice()).isEmpty();
        assertThat(calls.stream().filter(call -> call.kind().isData())).hasSizeLessThanOrEqualTo(90 + live.size());
        live.forEach((id, before) -> {
            Write write = SALESFORCE.writes().ofIdentity(id).get(0);
            // The batch on its way goes first, then the one that it is in: 800 rows each.
            assertThat(write.sequence() - before).as("rows before it").isLessThanOrEqualTo(1600);
        });
        assertThat(done.path("queued").asLong() + live.size()).isGreaterThanOrEqualTo(10_000);
        awaitInSync();
        assertBalance();

        long ids = ORY.calls().size();
        long before = SALESFORCE.calls().count();
        long reconciled = status().path("balance").path("reconciled").asLong();
        JsonNode again = done();
        assertThat(again.path("queued").asLong()).isZero();
        assertThat(again.path("seen").asLong()).isEqualTo(10_000 + live.size());
        assertThat(again.path("inSync").asDouble()).isEqualTo(1);
        assertThat(SALESFORCE.calls().after(before)).extracting(Call::kind).containsOnly(CallKind.QUERY);
        assertThat(SALESFORCE.calls().after(before)).hasSizeLessThanOrEqualTo(7);
        assertThat(status().path("balance").path("reconciled").asLong()).isEqualTo(reconciled);
        assertThat(ORY.calls().size() - ids).isEqualTo(1 + 21);
    }

    @Test
    void whatHooksDidNotTellIsFound() {
        String changed = ORY.project().add(person("Old"));
        String verified = ORY.project().add(person("Unverified"));
        String inactive = ORY.project().add(person("Locked"));
        for (String id : List.of(changed, verified, inactive)) {
            ory.sends("registration", hook(id));
        }
        settle();
        ORY.project().change(changed, person("New"));
        ORY.project().verify(verified);
        String imported = ORY.project().add(person("Imported"));
        ORY.project().patch(imported, identity -> identity.putObject("metadata_admin").put("note", "Geheimnis"));

        JsonNode done = done();
        assertThat(done.path("seen").asLong()).isEqualTo(4);
        assertThat(done.path("queued").asLong()).isEqualTo(3);
        settle();
        assertThat(record(changed).text("LastName")).isEqualTo("New");
        assertThat(record(imported).text("LastName")).isEqualTo("Imported");
        awaitInSync();
        JsonNode explained = explain(imported);
        assertThat(explained.path("lastEvent").path("event").asText()).isEqualTo("reconcile");
        assertThat(explained.path("ory").path("version").asText())
                .isEqualTo(ORY.project().updatedAt(imported).toString());
        assertThat(done().path("queued").asLong()).isZero();
        assertThat(explain(imported).path("salesforce").path("version").asText()).isNotEmpty();
        assertThat(explain(imported).path("salesforce").path("readAt").asText()).isNotEmpty();
        assertThat(ORY.calls()).extracting(OryCall::method).containsOnly("GET");
    }

    private void assertBalance() {
        JsonNode balance = status().path("balance");
        long in = List.of("pendingAtStart", "accepted", "reconciled", "replayed").stream()
                .mapToLong(name -> balance.path(name).asLong()).sum();
        long out = List.of("synced", "unchanged", "superseded", "skipped", "deadLettered", "pending").stream()
                .mapToLong(name -> balance.path(name).asLong()).sum();
        assertThat(in).as(balance.toString()).isEqualTo(out);
    }
}
