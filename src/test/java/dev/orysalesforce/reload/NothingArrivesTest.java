package dev.orysalesforce.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.receive.RequestGate;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.Org.Permission;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.activemq.artemis.core.server.Queue;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.server.impl.ActiveMQServerImpl;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.RouteController;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/** Causes each failure in docs/nothing-arrives.md, and compares health and log with the table. */
@Import(NothingArrivesTest.ClockToMove.class)
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(properties = "test.context=nothing-arrives")
@DirtiesContext // otherwise it would reload the changes of other tests
@Tag("nightly")
@Tag("any-ledger")
class NothingArrivesTest extends ReloadAppTest {

    private static final Map<String, Row> TABLE = table();
    private static final Pattern QUOTE = Pattern.compile("`([^`]+)`");
    private static final String WEBHOOKS = "receive.webhook";
    private static final String SYNC = "sync.next";

    @Autowired
    private CamelContext camel;

    @Autowired
    private EmbeddedActiveMQ broker;

    @Autowired
    private LateClock clock;

    @Autowired
    private RequestGate gate;

    private static final String RETRIED = "A permission on an object is missing";

    private record Row(String cause, String health, String log) {}

    private interface Play {
        void act() throws Exception;
    }

    /** @param fixed the operator's remedy, so that delivery continues */
    private record Cause(Play played, Play fixed) {}

    /** The real time, and as much later as the test wants it. */
    static final class LateClock extends Clock {

        private volatile Duration late = Duration.ZERO;

        void move(Duration by) {
            late = late.plus(by);
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(late);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @TestConfiguration
    static class ClockToMove {

        @Bean
        @Primary
        LateClock lateClock() {
            return new LateClock();
        }
    }

    /** The one with a retry comes before the clock is moved, because the broker that delivers it has the real time. */
    static List<String> causes() {
        List<String> causes = new ArrayList<>(TABLE.keySet());
        causes.remove(RETRIED);
        causes.add(1, RETRIED); // while nothing has arrived is the first
        return causes;
    }

    @ParameterizedTest
    @MethodSource("causes")
    void healthAndLogReportIt(String cause, CapturedOutput log) throws Exception {
        Cause one = plays().get(cause);
        assertThat(one).as("a cause without a test: " + cause).isNotNull();
        one.played().act();
        try {
            await().untilAsserted(() -> {
                quoted(TABLE.get(cause).health()).forEach(said -> assertThat(health().toString()).containsPattern(pattern(said)));
                quoted(TABLE.get(cause).log()).forEach(said -> {
                    if (TABLE.get(cause).log().startsWith("no ")) {
                        assertThat(log.getOut()).doesNotContain(said);
                    } else {
                        assertThat(log.getOut()).containsPattern(pattern(said));
                    }
                });
            });
            boolean accepting = !TABLE.get(cause).health().contains("Webhooks are answered 503");
            assertThat(probe("/observe/health/liveness")).isEqualTo(200);
            assertThat(probe("/observe/health/readiness")).isEqualTo(accepting ? 200 : 503);
            assertThat(probe("/observe/health")).as(health().toString()).isEqualTo(accepting ? 200 : 503);
            assertThat(signUp()).isEqualTo(accepting ? 204 : 503);
        } finally {
            SALESFORCE.faults().clear();
            one.fixed().act();
            if (cause.equals(RETRIED)) {
                await().until(this::isNothingUnderWay); // or the time of its retry is that of the moved clock
            }
            if (!cause.equals(causes().get(0))) {
                clock.move(Duration.ofMinutes(10));
            }
        }
        await().untilAsserted(() -> assertThat(health().path("status").asText()).as(health().toString()).isEqualTo("UP"));
        String later = UUID.randomUUID().toString();
        assertThat(signUp(later, "customer")).isEqualTo(204);
        settle();
        assertThat(record(later).text("LastName")).isEqualTo("Person");
    }

    /** What is in the journal waits for a retry. */
    private boolean isNothingUnderWay() {
        Queue journal = broker.getActiveMQServer().locateQueue("identity-changes");
        return journal.getMessageCount() == journal.getScheduledCount();
    }

    @Test
    void allTestedCausesAreInTheTable() {
        assertThat(plays().keySet()).isEqualTo(TABLE.keySet());
    }

    /** Whatever keeps it waiting; nothing else says that the files and what runs are different. */
    @Test
    void aChangeThatWaitsIsToldAfterTheSecondTry(CapturedOutput log) {
        assertThat(gate.close(Duration.ofSeconds(10))).isTrue();
        try {
            ConfigWorkspace.write(RECEIVE,
                    ConfigWorkspace.read(RECEIVE).replace("description: Takes an Ory webhook", "description: Takes"));
            await().until(() -> log.getOut().contains("next try in 30 s"));
            assertThat(edits().path("status").asText()).isEqualTo("UP");
            clock.move(Duration.ofSeconds(31));
            assertThat(awaitRefused(RECEIVE).path("reason").asText()).contains("waits for a batch or a request");
        } finally {
            gate.open();
        }
        clock.move(Duration.ofSeconds(31));
        awaitTaken(RECEIVE);
        asShipped();
        awaitTaken(RECEIVE); // or the next test's route is replaced while it is stopped
    }

    private Map<String, Cause> plays() {
        Map<String, Cause> plays = new LinkedHashMap<>();
        plays.put("Ory calls no URL, or another one", cause(() -> {}));
        plays.put("The webhook secret is wrong", cause(() -> assertThat(new Ory("http://127.0.0.1:" + port, "a guess")
                .sends("registration", "{}").statusCode()).isEqualTo(401)));
        plays.put("Ory's hook sends another body", cause(() -> ory.sends("registration", "{\"traits\":{}}")));
        plays.put("An operator stopped the webhooks' route", new Cause(
                () -> routes().stopRoute(WEBHOOKS), () -> routes().startRoute(WEBHOOKS)));
        plays.put("An operator stopped the sync", new Cause(
                () -> routes().stopRoute(SYNC), () -> routes().startRoute(SYNC)));
        plays.put("The disk is full", new Cause(() -> freeDiskHasToBe(Long.MAX_VALUE), () -> freeDiskHasToBe(1)));
        plays.put("Salesforce is down", fault(Fault.unavailable()));
        plays.put("Salesforce can't be reached", fault(Fault.reset()));
        plays.put("The consumer key or secret is wrong", new Cause(() -> {
            SALESFORCE.org().sessions().clientSecret("rotated");
            SALESFORCE.org().expireTokens();
            signUp();
        }, () -> SALESFORCE.org().sessions().clientSecret("sandbox-secret")));
        plays.put(RETRIED, new Cause(() -> {
            SALESFORCE.org().forbid("Lead", Permission.CREATE);
            signUp();
        }, () -> SALESFORCE.org().permit("Lead", Permission.CREATE)));
        plays.put("A field is missing, or hidden from the user", new Cause(() -> {
            SALESFORCE.org().schema("Lead").hide("LeadSource");
            signUp();
        }, () -> SALESFORCE.org().schema("Lead").show("LeadSource")));
        plays.put("The app's share of API calls is used up", budget(() -> SALESFORCE.org().usage().limit(4)));
        plays.put("The org's API calls are nearly used up", budget(() -> SALESFORCE.org().usage().used(99_000)));
        plays.put("The org's API calls are used up", fault(Fault.dailyLimitExceeded()));
        plays.put("A mapping fails for all identities", new Cause(() -> {
            ConfigWorkspace.write(LEAD, "{\"LastName\": error(\"no\")}");
            awaitTaken(LEAD);
            routes().stopRoute(SYNC); // one batch
            Stream.of(1, 2, 3).forEach(i -> signUp());
            routes().startRoute(SYNC);
        }, this::asShipped));
        plays.put("A mapping fails for some identities, or Salesforce rejects their records",
                cause(() -> signUp(UUID.randomUUID().toString(), "broken")));
        plays.put("A changed file has no effect", new Cause(() -> ConfigWorkspace.write(LEAD, "{ broken"), this::asShipped));
        plays.put("A record with the e-mail address exists, and the address is not verified", cause(() -> {
            String id = UUID.randomUUID().toString();
            SALESFORCE.org().insert("Lead", Map.of("LastName", "Person", "Email", "p-" + id + "@example.org"));
            signUp(id, "customer");
        }));
        return plays;
    }

    private static Cause cause(Play played) {
        return new Cause(played, () -> {});
    }

    private Cause fault(Fault fault) {
        return cause(() -> {
            SALESFORCE.faults().start(fault);
            signUp();
        });
    }

    /** The app learns of it by the answer to a call. */
    private Cause budget(Runnable tight) {
        return new Cause(() -> {
            tight.run();
            signUp();
        }, () -> {
            SALESFORCE.org().usage().limit(1_000_000);
            SALESFORCE.org().usage().used(0);
            clock.move(Duration.ofMinutes(10));
            signUp();
        });
    }

    private void freeDiskHasToBe(long bytes) {
        ((ActiveMQServerImpl) broker.getActiveMQServer()).getMonitor().setMinDiskFree(bytes);
    }

    private int signUp() {
        return signUp(UUID.randomUUID().toString(), "customer");
    }

    private int signUp(String id, String schema) {
        ObjectNode person = Ory.identity(id, Instant.now(), "Person");
        ((ObjectNode) person.path("identity")).put("schema_id", schema);
        return ory.sends("registration", person).statusCode();
    }

    private int probe(String path) {
        return ory.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + path)).build())
                .statusCode();
    }

    private RouteController routes() {
        return camel.getRouteController();
    }

    private static Stream<String> quoted(String cell) {
        return QUOTE.matcher(cell).results().map(quote -> quote.group(1));
    }

    private static Pattern pattern(String quote) {
        return Pattern.compile(Stream.of(quote.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }

    private static Map<String, Row> table() {
        try {
            return Files.readAllLines(Path.of("docs/nothing-arrives.md")).stream().filter(line -> line.startsWith("| "))
                    .skip(1).map(line -> line.split(" \\| "))
                    .map(cells -> new Row(cells[0].substring(2), cells[1], cells[2]))
                    .collect(Collectors.toMap(Row::cause, item -> item, (one, other) -> one, LinkedHashMap::new));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
