package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.ledger.Tombstones;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.SandboxRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

/** The shipped policy, and the steps before a policy applies. */
class EraseTest extends ErasingTest {

    @Autowired
    private Tombstones tombstones;

    @Autowired
    private ProducerTemplate camel;

    @Value("${sync.data-dir}")
    private Path data;

    @Override
    void assertErased(SandboxRecord record) {
        assertThat(record.isDeleted()).isFalse();
        assertThat(record.identity()).isNull();
        assertThat(record.text("Ory_Updated_At__c")).isNull();
        assertThat(record.text("LastName")).isEqualTo("Kowalczykowa");
    }

    @Override
    CallKind call() {
        return CallKind.UPDATE;
    }

    @Test
    void anUnknownIdentityCanNotBeErased() {
        assertProblem(operator.delete("/api/identities/" + id), 404, "UNKNOWN_IDENTITY");
        assertThat(tombstones.isErased(id)).isFalse();
        assertThat(pending()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"somebody", "x'%20OR%20'1'='1", "00000000-0000-0000-0000-00000000000"})
    void anIdThatIsNoUuidIsRejected(String id) {
        assertProblem(operator.delete("/api/identities/" + id), 400, "BAD_REQUEST");
    }

    @Test
    void withoutTheTokenNoIdentityIsErased() {
        send(id, "customer", 0, "Kowalczykowa");
        settle();
        assertProblem(new Operator(port, null).delete("/api/identities/" + id), 401, "UNAUTHORIZED");
        assertThat(tombstones.isErased(id)).isFalse();
    }

    @Test
    void anIdInCapitalsIsTheSame() {
        send(id, "customer", 0, "Kowalczykowa");
        settle();
        String record = record(id).id();
        erase(id.toUpperCase());
        settle();
        assertErased(SALESFORCE.org().record(record));
    }

    @Test
    void eachIdentityOfABatchIsErasedHoweverSmallThePages() {
        List<String> ids = List.of(id, UUID.randomUUID().toString(), UUID.randomUUID().toString());
        ids.forEach(person -> send(person, "customer", 0, "Kowalczykowa"));
        settle();
        List<String> records = ids.stream().map(person -> record(person).id()).toList();
        SALESFORCE.org().queryPage(1);
        SALESFORCE.faults().start(Fault.unavailable()); // so that all are in one batch
        ids.forEach(this::erase);
        SALESFORCE.faults().clear();
        settle();
        records.forEach(record -> assertErased(SALESFORCE.org().record(record)));
    }

    @Test
    void itIsNotLostWhileSalesforceIsDown() {
        send(id, "customer", 0, "Kowalczykowa");
        settle();
        String record = record(id).id();
        sql.update("delete from identities");
        SALESFORCE.unplug();
        erase(id);
        await().until(() -> health().toString().contains("UNREACHABLE"));
        erase(id);
        SALESFORCE.plugIn();
        settle();
        assertErased(SALESFORCE.org().record(record));
    }

    @Test
    void itIsNotLostWhileALoginIsRefused() {
        send(id, "customer", 0, "Kowalczykowa");
        settle();
        String record = record(id).id();
        sql.update("delete from identities");
        SALESFORCE.org().expireTokens();
        SALESFORCE.faults().start(Fault.loginRefused());
        erase(id);
        SALESFORCE.faults().clear();
        settle();
        assertErased(SALESFORCE.org().record(record));
    }

    @Test
    void eventsThatWaitAndEventsThatComeLaterWriteNothing() {
        SALESFORCE.faults().start(Fault.unavailable());
        send(id, "customer", 0, "Kowalczykowa");
        erase(id);
        send(id, "customer", 60, "Kowalczykowa");
        SALESFORCE.faults().clear();
        settle();
        send(id, "customer", 120, "Kowalczykowa");
        settle();
        assertThat(SALESFORCE.writes().ofIdentity(id)).isEmpty();
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        await().until(() -> !known(id));
        assertNothingIsLeft();
    }

    @Test
    void anEventInAnEarlierBatchDoesNotReachSalesforceEither() {
        SALESFORCE.faults().start(Fault.unavailable());
        send(id, "customer", 0, "Kowalczykowa");
        await().until(this::isPaused);
        tombstones.put(id);
        settle();
        SALESFORCE.faults().clear();
        settle();
        assertThat(SALESFORCE.writes().ofIdentity(id)).isEmpty();
    }

    @Test
    void aScheduledRetryIsDroppedAtDelivery() {
        SALESFORCE.faults().lockRow(id, 1);
        send(id, "customer", 0, "Kowalczykowa");
        await().until(() -> "retry".equals(get("/api/identities/" + id).path("outcome").asText()));
        erase(id);
        settle();
        assertThat(SALESFORCE.writes().ofIdentity(id)).isEmpty();
        await().until(() -> !known(id));
    }

    @Test
    void deadLettersAreDeletedAtOnce() {
        String refused = refused("Kowalczykowa");
        String other = refused("Other");
        settle();
        ory.sends("settings", "{\"identity\":{\"id\":\"" + refused + "\"}}");
        settle();
        await().until(() -> deadLetters().size() == 3);
        SALESFORCE.faults().start(Fault.unavailable());
        erase(refused);
        assertThat(deadLetters()).allSatisfy(letter -> assertThat(letter.path("identity").asText()).isEqualTo(other))
                .hasSize(1);
        ory.sends("login", "{\"identity\":{\"id\":\"" + refused + "\"}}");
        assertThat(deadLetters()).as("nor is what is refused later kept").hasSize(1);
    }

    /** A body whose identity the event mapping could not tell. */
    @Test
    void aBodyThatHoldsTheIdIsDeletedToo() {
        ory.sends("registration", "{\"subject_ref\":{\"ory\":\"" + id.toUpperCase() + "\"},\"mail\":\"kowalczykowa@example.org\"}");
        ory.sends("registration", "{\"subject_ref\":{\"ory\":\"" + UUID.randomUUID() + "\"},\"mail\":\"other@example.org\"}");
        assertThat(deadLetters()).hasSize(2);
        erase(id);
        assertThat(deadLetters()).singleElement().asString().contains("other@example.org");
    }

    @Test
    void aBatchInFlightLeavesNoDeadLetterOfAnErasedIdentity() {
        SALESFORCE.faults().start(Fault.latency(Duration.ofSeconds(1)));
        ory.sends("registration", withBadAddress(Ory.identity(id, START, "Kowalczykowa")));
        await().until(() -> SALESFORCE.calls().inFlight() > 0);
        erase(id);
        settle();
        assertThat(deadLetters()).isEmpty();
        await().until(() -> !known(id));
    }

    /** As if a replay in progress had brought it back. */
    @Test
    void aReplayedDeadLetterOfAnErasedIdentityWritesNothing() {
        String refused = refused("Kowalczykowa");
        settle();
        String letter = deadLetters().get(0).toString();
        erase(refused);
        settle();
        jms.convertAndSend("dead-letters", letter, message -> {
            message.setStringProperty("identity", refused);
            message.setStringProperty("code", "INVALID_EMAIL_ADDRESS");
            return message;
        });
        SALESFORCE.org().schema("Lead").alter("Email", rule -> rule.withLength(1000));
        assertThat(replay("{\"all\":true}").path("replayed").asInt()).isEqualTo(1);
        settle();
        assertThat(SALESFORCE.org().byIdentity(refused)).isEmpty();
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void twiceIsOnce() {
        send(id, "customer", 0, "Kowalczykowa");
        settle();
        String record = record(id).id();
        inOneBatch(() -> erase(id), () -> erase(id));
        erase(id);
        settle();
        assertErased(SALESFORCE.org().record(record));
        assertThat(SALESFORCE.writes().ofRecord(record)).hasSize(2);
    }

    @Test
    void anErasureCountsLikeAnyEvent() {
        JsonNode before = get("/api/status").path("balance");
        send(id, "customer", 0, "Kowalczykowa");
        settle();
        inOneBatch(() -> send(id, "customer", 1, "Newer"), () -> erase(id), () -> send(id, "customer", 2, "Newest"));
        erase(id); // there is no record any more
        settle();
        await().untilAsserted(() -> {
            JsonNode after = get("/api/status").path("balance");
            assertThat(moved(before, after, "accepted")).isEqualTo(5);
            assertThat(moved(before, after, "synced")).isEqualTo(2);
            assertThat(moved(before, after, "superseded")).isEqualTo(2);
            assertThat(moved(before, after, "unchanged")).isEqualTo(1);
        });
        assertThat(SALESFORCE.writes().ofIdentity(id)).hasSize(2);
    }

    private static long moved(JsonNode before, JsonNode after, String name) {
        return after.path(name).asLong() - before.path(name).asLong();
    }

    /** The step of reconcile for an identity that is missing at Ory. */
    @Test
    void anyRouteCanErase() {
        send(id, "customer", 0, "Kowalczykowa");
        settle();
        String record = record(id).id();
        camel.sendBody("direct:erase.identity", id);
        settle();
        assertErased(SALESFORCE.org().record(record));
    }

    @Test
    void aTombstoneLastsForThirtyDaysAndAsLongAsOryListsTheIdentity() {
        List<String> ids = Stream.generate(() -> UUID.randomUUID().toString()).limit(1_200).toList();
        tombstones.putAll(ids.subList(0, 600));
        assertThat(tombstones.erased(ids)).containsExactlyInAnyOrderElementsOf(ids.subList(0, 600));
        age(31);
        tombstones.touch(ids.subList(0, 550));
        tombstones.putAll(ids.subList(599, 600));
        tombstones.purge();
        assertThat(tombstones.erased(ids)).hasSize(551).containsAll(ids.subList(0, 550)).contains(ids.get(599));
        age(29);
        tombstones.purge();
        assertThat(tombstones.erased(ids)).hasSize(551);
        age(2);
        tombstones.purge();
        assertThat(tombstones.erased(ids)).isEmpty();
    }

    private void age(int days) {
        sql.queryForList("select identity, last_listed_at from tombstones").forEach(row -> sql.update(
                "update tombstones set last_listed_at = ? where identity = ?",
                java.time.Instant.parse((String) row.get("last_listed_at")).minus(Duration.ofDays(days)).toString(),
                row.get("identity")));
    }

    /** The journal's files keep delivered events until the broker overwrites them, as the README tells. */
    private void assertNothingIsLeft() {
        assertThat(deadLetters().toString()).doesNotContain("Kowalczykowa").doesNotContain("p-" + id);
        assertThat(pending()).isZero();
        try (Stream<Path> files = Files.list(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).as(file.toString())
                        .doesNotContain("Kowalczykowa").doesNotContain("p-" + id);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
