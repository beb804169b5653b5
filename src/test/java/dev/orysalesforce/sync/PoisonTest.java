package dev.orysalesforce.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.TestPropertySource;

/** Whatever is wrong with one event, it becomes a dead letter that names its identity, and the others continue. */
@Import(PoisonTest.EndlessMapping.class)
@Tag("any-ledger") // the database's own trigger is in the words of SQLite
@TestPropertySource(properties = {"test.context=poison", "sync.mapping-timeout=300ms",
    "sync.mappings.endless=bean:endless?method=map"})
@Tag("nightly")
class PoisonTest extends AppTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    @Autowired
    private CamelContext camel;

    @Autowired
    private Endless endless;

    /** If that file were damaged, the broker would deliver nothing any more. */
    @Test
    void noEventHasAFileOfItsOwn(@Value("${sync.data-dir}") Path data) throws Exception {
        camel.getRouteController().stopRoute("sync.next");
        try {
            sends("customer", UUID.randomUUID().toString(), "X".repeat(900_000));
            assertThat(largeMessages(data)).isZero();
        } finally {
            camel.getRouteController().startRoute("sync.next");
        }
        settle();
        assertThat(deadLetters()).extracting(letter -> letter.path("code").asText()).containsExactly("TRAITS_TOO_LARGE");
        assertThat(largeMessages(data)).isZero();
    }

    private static long largeMessages(Path data) throws IOException {
        try (Stream<Path> files = Files.list(data.resolve("journal/largemessages"))) {
            return files.count();
        }
    }

    @TestConfiguration
    static class EndlessMapping {

        @Bean("endless")
        Endless endless() {
            return new Endless();
        }
    }

    /** A mapping that comes to no end for some identities, until the test is over. */
    public static final class Endless {

        private volatile CountDownLatch end = new CountDownLatch(1);

        public String map(String input) throws InterruptedException {
            if (input.contains("Forever")) {
                end.await();
            }
            return "{\"attributes\":{\"type\":\"Lead\"},\"LastName\":\"Mapped\",\"Company\":\"C\"}";
        }

        void end() {
            end.countDown();
            end = new CountDownLatch(1);
        }
    }

    @BeforeEach
    void aLedgerThatCanNotStoreSome() {
        sql.execute("create table poisoned (identity varchar(36))");
        sql.execute("create trigger poison before insert on identities when new.identity in (select identity from poisoned)"
                + " begin select raise(abort, 'no'); end");
    }

    @AfterEach
    void noMore() {
        endless.end();
        sql.execute("drop trigger poison");
        sql.execute("drop table poisoned");
    }

    enum Poison {
        ENDLESS("MAPPING_FAILED"), NO_EVENT("FAILED_IN_APP"), NO_RECEIPT("FAILED_IN_APP"), NOT_STORABLE("FAILED_IN_APP"),
        LARGE("TRAITS_TOO_LARGE"), MANY_KEYS("TRAITS_TOO_LARGE"), BYTES("UNREADABLE_BODY");

        private final String code;

        Poison(String code) {
            this.code = code;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void everyOtherEventLands(long seed) throws Exception {
        run(new Random(seed), 30);
    }

    @Tag("longer")
    @ParameterizedTest
    @ValueSource(longs = {3, 4})
    void everyOtherEventLandsFromLargeBatches(long seed) throws Exception {
        run(new Random(seed), 1200);
    }

    private void run(Random random, int events) throws Exception {
        Map<String, String> codes = new TreeMap<>();
        List<String> fine = new ArrayList<>();
        JsonNode before = balance();
        camel.getRouteController().stopRoute("sync.next");
        try {
            for (int i = 0; i < events; i++) {
                String id = UUID.randomUUID().toString();
                if (random.nextInt(events) < 6) {
                    Poison poison = Poison.values()[random.nextInt(Poison.values().length)];
                    send(poison, id);
                    codes.put(poison == Poison.BYTES ? "nobody" + i : id, poison.code);
                } else {
                    sends(random.nextBoolean() ? "customer" : "endless", id, "Fine");
                    fine.add(id);
                }
            }
        } finally {
            camel.getRouteController().startRoute("sync.next");
        }
        settle();
        fine.forEach(id -> record(id));
        await().untilAsserted(() -> assertThat(deadLetters()).extracting(letter -> letter.path("code").asText())
                .containsExactlyInAnyOrderElementsOf(codes.values()));
        assertThat(deadLetters()).filteredOn(letter -> letter.hasNonNull("identity"))
                .allSatisfy(letter -> assertThat(letter.path("code").asText()).isEqualTo(codes.get(letter.path("identity").asText())));
        await().untilAsserted(() -> assertThat(sum(balance())).isEqualTo(sum(before)));
        await().untilAsserted(() -> assertThat(health().path("components").path("deliveryPause").path("status").asText())
                .isEqualTo("UP"));
    }

    /** The ledger's trigger, a message that no webhook brings, bytes where a text should be: each in a batch with others. */
    private void send(Poison poison, String id) {
        switch (poison) {
            case ENDLESS -> sends("endless", id, "Forever");
            case NO_EVENT -> message(id, "{\"receivedAt\":\"" + START + "\",\"identity\":" + identity(id, "X") + "}");
            case NO_RECEIPT -> message(id, "{\"event\":\"settings\",\"identity\":" + identity(id, "X") + "}");
            case NOT_STORABLE -> {
                sql.update("insert into poisoned (identity) values (?)", id);
                sends("customer", id, "X");
            }
            case LARGE -> sends("customer", id, "X".repeat(70_000));
            case MANY_KEYS -> assertThat(ory.sends("settings", withKeys(id, 1001)).statusCode()).isEqualTo(204);
            case BYTES -> sendToJournal(session -> {
                var message = session.createBytesMessage();
                message.writeBytes(new byte[] {1, 2, 3});
                return message;
            });
        }
    }

    /** With one more than may run at the same time, of which none ever ends. */
    @Test
    void deliveryGoesOnWhileMappingsNeverEnd() throws Exception {
        List<String> poisoned = IntStream.range(0, 6).mapToObj(i -> UUID.randomUUID().toString()).toList();
        List<String> fine = IntStream.range(0, 4).mapToObj(i -> UUID.randomUUID().toString()).toList();
        poisoned.forEach(id -> sends("endless", id, "Forever"));
        fine.forEach(id -> sends("endless", id, "Fine"));
        settle();
        fine.forEach(id -> assertThat(record(id).text("LastName")).isEqualTo("Mapped"));
        assertThat(deadLetters()).extracting(letter -> letter.path("identity").asText())
                .containsExactlyInAnyOrderElementsOf(poisoned);
    }

    @Test
    void whatOryCanSendIsMapped() {
        String large = UUID.randomUUID().toString();
        String manyKeys = UUID.randomUUID().toString();
        ObjectNode body = Ory.identity(large, START, "Large");
        ((ObjectNode) body.path("identity").path("traits")).put("bio", "b".repeat(64_000 - body.toString().length()));
        assertThat(ory.sends("settings", body).statusCode()).isEqualTo(204);
        assertThat(ory.sends("settings", withKeys(manyKeys, 900)).statusCode()).isEqualTo(204);
        settle();
        assertThat(record(large).text("LastName")).isEqualTo("Large");
        assertThat(record(manyKeys).text("LastName")).isEqualTo("Keys");
    }

    @Test
    void aPayloadOfAFormAndARecordOfTheGatewayHaveTheSameLimits() {
        String payload = UUID.randomUUID().toString();
        String gateway = UUID.randomUUID().toString();
        ObjectNode body = Ory.identity(payload, START, "Payload");
        keys(body.putObject("transient_payload"), 1001);
        assertThat(ory.sends("settings", body).statusCode()).isEqualTo(204);
        ObjectNode record = json.createObjectNode().put("LastName", "L").put("Company", "C").put("Description", "x".repeat(70_000));
        assertThat(ory.gives("PATCH", "/services/data/v62.0/sobjects/Lead/Ory_Identity_Id__c/" + gateway, record.toString())
                .statusCode()).isEqualTo(201);
        settle();
        assertThat(deadLetters().stream().collect(Collectors.toMap(letter -> letter.path("identity").asText(),
                letter -> letter.path("code").asText()))).isEqualTo(Map.of(payload, "TRAITS_TOO_LARGE", gateway, "TRAITS_TOO_LARGE"));
    }

    private void sends(String schema, String id, String name) {
        ObjectNode body = Ory.identity(id, START, name);
        ((ObjectNode) body.path("identity")).put("schema_id", schema);
        assertThat(ory.sends("settings", body).statusCode()).isEqualTo(204);
    }

    private static JsonNode identity(String id, String name) {
        return Ory.identity(id, START, name).path("identity");
    }

    private static ObjectNode withKeys(String id, int many) {
        ObjectNode body = Ory.identity(id, START, "Keys");
        keys((ObjectNode) body.path("identity").path("traits"), many);
        return body;
    }

    private static void keys(ObjectNode object, int many) {
        Stream.iterate(0, i -> i + 1).limit(many).forEach(i -> object.put("k" + i, i));
    }

    private void message(String id, String text) {
        sendToJournal(session -> session.createTextMessage(text));
    }

    private JsonNode balance() {
        return read(ory.send(ory.request("/api/status").header("Authorization", "Bearer " + OPERATOR_TOKEN).build()).body())
                .path("balance");
    }

    /** What came in less what became of it. */
    private static long sum(JsonNode balance) {
        return Stream.of("pendingAtStart", "accepted", "reconciled", "replayed").mapToLong(name -> balance.path(name).asLong()).sum()
                - Stream.of("synced", "unchanged", "superseded", "skipped", "deadLettered", "pending")
                        .mapToLong(name -> balance.path(name).asLong()).sum();
    }
}
