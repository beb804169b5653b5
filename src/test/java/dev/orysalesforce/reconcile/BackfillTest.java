package dev.orysalesforce.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.command.BackfillCommand;
import dev.orysalesforce.ledger.Activity;
import dev.orysalesforce.ledger.StuckDatabase;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.sandbox.Call;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.ory.OryCall;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** Identities that existed before the app, or whose event was lost, are found; those in Salesforce already cost nothing. */
@TestPropertySource(properties = "test.context=reconcile")
class BackfillTest extends ReconcileTest {

    private static final List<String> TOLD =
            List.of("ory_sync_in_sync_ratio 1.0", "ory_sync_gone_in_salesforce 0.0", "ory_sync_missing 0.0");

    @Autowired
    private BackfillCommand backfill;

    @Autowired
    private Activity activity;

    @Test
    void theActivityTellsOfTheComparison() {
        activity.save(); // that of the test before may not be written yet
        sql.update("delete from activity");
        ORY.project().addMany(3, i -> person("Told " + i));
        JsonNode done = done();
        await().untilAsserted(() -> assertThat(read(operator.get("/api/activity?kind=comparison").body()).path("items"))
                .singleElement().satisfies(told -> {
                    assertThat(told.path("at")).isEqualTo(done.path("startedAt"));
                    assertThat(told.path("endedAt").asText()).isGreaterThan(told.path("at").asText());
                    assertThat(told.path("outcome").asText()).isEqualTo("done");
                    assertThat(told.path("counts").toString())
                            .isEqualTo("{\"seen\":3,\"queued\":3,\"missing\":0,\"goneInSalesforce\":0}");
                }));
    }

    @Test
    void anInterruptedBackfillEndsWithACodeAndContinuesLater() throws Exception {
        ORY.project().addMany(10, i -> person("Waits " + i));
        SALESFORCE.faults().start(Fault.unavailable());
        CompletableFuture<Integer> code = new CompletableFuture<>();
        AtomicBoolean isToldOn = new AtomicBoolean();
        Thread command = new Thread(() -> {
            try {
                code.complete(backfill.run(false));
            } catch (RuntimeException e) {
                code.completeExceptionally(e);
            }
            isToldOn.set(Thread.currentThread().isInterrupted());
        });
        command.start();
        await().until(() -> pending() > 0);
        command.interrupt();
        assertThat(code.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        command.join();
        assertThat(isToldOn).isTrue();
        SALESFORCE.faults().clear();
        await().until(() -> SALESFORCE.org().records("Lead").size() == 10);
    }

    @Tag("nightly")
    @Test
    void tenThousandAreBackfilledBesideLiveEvents() {
        ORY.project().addMany(10_000, i -> person("Before " + i));
        begin();
        assertThat(operator.post("/api/reconcile", "").statusCode()).isEqualTo(409);

        await().until(() -> reconcile().path("queued").asLong() > 0);

        Map<String, Long> live = new LinkedHashMap<>(); // identity to rows written when it came in
        while (SALESFORCE.writes().count() < 9_000) {
            String id = ORY.project().add(person("Live"));
            assertThat(ory.sends("registration", hook(id)).statusCode()).isEqualTo(204);
            live.put(id, SALESFORCE.writes().count());
            long next = SALESFORCE.writes().count() + 1;
            await().until(() -> SALESFORCE.writes().count() >= next);
        }
        JsonNode done = end();
        settle();
        List<Call> calls = SALESFORCE.calls().where(call -> call.kind().isData());

        assertThat(live.size()).isGreaterThan(5);
        assertThat(SALESFORCE.org().records("Lead")).hasSize(10_000 + live.size());
        assertThat(SALESFORCE.writes().createdTwice()).isEmpty();
        assertThat(calls.size()).as(
                "some 85 where pages come in sooner than they are written; at worst two for each 100 that are queued at once, and for a live event")
                .isLessThanOrEqualTo(2 * (100 + live.size()));
        List<Long> waited = live.entrySet().stream()
                .map(one -> SALESFORCE.writes().ofIdentity(one.getKey()).get(0).sequence() - one.getValue()).toList();
        assertThat(waited).as("rows before a live event: what a backfill keeps in the journal, a page of it, and other live ones")
                .allMatch(rows -> rows <= 2_000 + 500 + live.size());
        assertThat(waited.stream().mapToLong(rows -> rows).average().orElseThrow())
                .as("on average, little more than those on their way; 1,500 were queued before it").isLessThan(1_100);
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
        assertThat(SALESFORCE.calls().after(before)).as("2,000 IDs a page, Contacts and Leads").hasSize(7);
        assertThat(status().path("balance").path("reconciled").asLong()).isEqualTo(reconciled);
        assertThat(ORY.calls().size() - ids).isEqualTo(1 + 21);
    }

    /** A leaked secret writes a state that Ory does not have; Ory's list is what counts. */
    @ParameterizedTest
    @ValueSource(strings = {"9999-12-31T23:59:59Z", ""})
    void aForgedStateIsUndoneByTheNextComparison(String updatedAt) {
        String id = ORY.project().add(person("Real"));
        done();
        settle();
        ObjectNode forged = hook(id);
        ((ObjectNode) forged.path("identity")).put("updated_at", updatedAt);
        ((ObjectNode) forged.path("identity").path("traits").path("name")).put("last", "Forged");
        assertThat(ory.sends("settings", forged).statusCode()).isEqualTo(204);
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Forged");

        done();
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Real");
        awaitInSync();
        assertThat(done().path("queued").asLong()).as("it is Ory's now").isZero();
        SALESFORCE.reset(); // an older version was written after a newer one, for once
    }

    /** The ledger was lost, and the record says that it comes from the future. */
    @Test
    void aRecordFromTheFutureIsWrittenAgain() {
        String id = ORY.project().add(person("Real"));
        SALESFORCE.org().insert("Lead", Map.of("LastName", "Forged", "Company", "C", "Ory_Identity_Id__c", id,
                "Ory_Updated_At__c", "2999-12-31T23:59:59.000+0000"));
        done();
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Real");
        SALESFORCE.reset();
    }

    /** Of 1,000 identities 500 are in Salesforce: 400 once, 50 twice, 50 with an address that Ory has not verified. */
    @Test
    @Tag("nightly")
    void existingRecordsAreAdopted() {
        List<String> ids = ORY.project().addMany(1_000,
                i -> Map.of("email", "p" + i + "@example.org", "name", Map.of("first", "Pat", "last", "Ory " + i)));
        ids.subList(0, 450).forEach(ORY.project()::verify);
        for (int i = 0; i < 500; i++) {
            for (int copies = i >= 400 && i < 450 ? 2 : 1; copies > 0; copies--) {
                SALESFORCE.org().insert("Lead", Map.of("LastName", "Sales " + i, "Company", "Theirs",
                        "Email", "P" + i + "@Example.org"));
            }
        }
        done();
        settle();
        assertThat(SALESFORCE.org().records("Lead")).hasSize(550 + 50 + 500);
        ids.subList(0, 400).forEach(id -> {
            assertThat(record(id).text("LastName")).startsWith("Sales ");
            assertThat(record(id).text("FirstName")).as("was empty").isEqualTo("Pat");
        });
        ids.subList(400, 450).forEach(id -> {
            assertThat(record(id).text("LastName")).as("a new one beside the two").startsWith("Ory ");
            assertThat(explain(id).path("code").asText()).isEqualTo("SEVERAL_MATCHES");
        });
        ids.subList(450, 500).forEach(id -> {
            assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
            assertThat(explain(id).path("code").asText()).isEqualTo("WAITS_FOR_VERIFICATION");
        });
        assertThat(SALESFORCE.calls().where(call -> call.kind().isData())).as("at worst four for each 100 that are queued at once")
                .hasSizeLessThanOrEqualTo(4 * 10);
        assertThat(reconcile().path("inSync").asDouble()).isEqualTo(0.95);

        ids.subList(450, 500).forEach(ORY.project()::verify);
        assertThat(done().path("queued").asLong()).isEqualTo(50);
        settle();
        ids.subList(450, 500).forEach(id -> assertThat(record(id).text("LastName")).startsWith("Sales "));
        assertThat(SALESFORCE.org().records("Lead")).hasSize(550 + 50 + 500);
        awaitInSync();
        assertBalance();
    }

    @Test
    void eventsThatHooksLostAreFound() {
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

    @Test
    void identitiesThatWaitForVerificationAreQueuedOnceVerified() {
        String id = ORY.project().add(Map.of("email", "sales.knows@example.org", "name", "Pat Known"));
        SALESFORCE.org().insert("Lead", Map.of("LastName", "Known", "Company", "Known Ltd", "Email", "sales.knows@example.org"));
        done();
        settle();
        assertThat(explain(id).path("code").asText()).isEqualTo("WAITS_FOR_VERIFICATION");
        JsonNode waiting = done();
        assertThat(waiting.path("queued").asLong()).as("nothing has changed").isZero();
        assertThat(waiting.path("inSync").asDouble()).isZero();

        ORY.project().verify(id);
        assertThat(done().path("queued").asLong()).isEqualTo(1);
        awaitInSync();
        assertThat(explain(id).path("foundBy").asText()).isEqualTo("email");
        assertThat(done().path("queued").asLong()).isZero();
    }

    @Test
    void aRejectedStateIsNotQueuedAgain() {
        String refused = ORY.project().add(Map.of("email", "no address"));
        String skipped = ORY.project().add(person("Skipped"));
        ORY.project().patch(skipped, identity -> identity.put("schema_id", "skipped"));
        assertThat(done().path("queued").asLong()).isEqualTo(2);
        settle();
        assertThat(deadLetters()).hasSize(1);
        JsonNode again = done();
        assertThat(again.path("queued").asLong()).isZero();
        assertThat(again.path("inSync").asDouble()).isZero();
        ORY.project().change(refused, person("Fixed"));
        ORY.project().patch(skipped, identity -> identity.put("schema_id", "customer"));
        assertThat(done().path("queued").asLong()).isEqualTo(2);
        awaitInSync();
    }

    @Test
    void aLostLedgerIsRestoredWithoutAWrite() {
        ORY.project().addMany(30, i -> person("Kept " + i));
        done();
        awaitInSync();
        long written = SALESFORCE.writes().count();
        sql.update("delete from identities");
        sql.update("delete from sightings");
        assertThat(done().path("queued").asLong()).isEqualTo(30);
        awaitInSync();
        assertThat(SALESFORCE.writes().count()).isEqualTo(written);
    }

    @Test
    void metricsAndHealthAnswerWhileTheDatabaseIsStuck() throws Exception {
        ORY.project().add(person("Known"));
        done();
        settle();
        awaitInSync();
        done();
        await().untilAsserted(() -> assertThat(metrics()).contains(TOLD)); // the end of a run is counted after it
        String metrics;
        try (StuckDatabase stuck = new StuckDatabase(sql.getDataSource())) {
            metrics = CompletableFuture.supplyAsync(this::metrics).get(2, TimeUnit.SECONDS);
            CompletableFuture.supplyAsync(this::health).get(2, TimeUnit.SECONDS);
        }
        assertThat(metrics).contains(TOLD);
    }

    /** What the operator needs most is then still told: backlog, breaker, routes. */
    @Test
    void statusAnswersWhileTheDatabaseIsStuck() throws Exception {
        try (StuckDatabase stuck = new StuckDatabase(sql.getDataSource())) {
            JsonNode status = status();
            assertThat(status.path("reconcile").path("state").asText()).isEqualTo("unknown");
            assertThat(status.path("reconcile").path("error").asText()).contains("ledger");
            assertThat(status.path("balance").path("pending").isNumber()).isTrue();
            assertThat(status.path("routes")).isNotEmpty();
        }
        assertThat(state()).isNotEqualTo("unknown");
    }

    private String metrics() {
        return new Operator(managementPort, null).get("/observe/metrics").body();
    }

    @Test
    void emptyBodiesStartOneComparison() {
        ORY.unplug();
        begin();
        String first = reconcile().path("startedAt").asText();
        for (int i = 0; i < 3; i++) {
            assertThat(ory.sends("registration", "").statusCode()).isEqualTo(400);
        }
        ORY.plugIn();
        await().until(() -> "done".equals(state()) && !first.equals(reconcile().path("startedAt").asText()));
        String second = reconcile().path("startedAt").asText();
        await().during(Duration.ofSeconds(1)).until(() -> second.equals(reconcile().path("startedAt").asText()));
        assertThat(ORY.calls()).as("one that was on its way, and one for the three").hasSize(2);
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
