package dev.orysalesforce.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.reconcile.ReconcileTest;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.Org;
import dev.orysalesforce.sandbox.ory.OryFault;
import dev.orysalesforce.sync.MovedClock;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** Each kind of alert begins and ends once, at each of three targets; the clock is one that the test moves. */
@Import(SentAlertsTest.ClockToMove.class)
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(properties = {"test.context=alerts", "sync.dead-letters.health-threshold=2", "sync.reconcile.every=0",
    "alerts.in-sync-threshold=0.9"})
@Tag("nightly")
@Tag("any-ledger")
class SentAlertsTest extends ReconcileTest {

    private static final AlertReceivers RECEIVERS = AlertReceivers.start();
    private static final Duration HOUR = Duration.ofMinutes(61);
    private static final List<String> ALL = List.of("paused", "dead-letters", "new-code", "comparison", "in-sync", "reload", "api-share",
            "set-up", "digest", "test");

    @TestConfiguration
    static class ClockToMove {

        @Bean
        @Primary
        MovedClock movedClock() {
            return new MovedClock();
        }
    }

    @DynamicPropertySource
    static void targets(DynamicPropertyRegistry registry) {
        RECEIVERS.configure(registry);
    }

    @Autowired
    private MovedClock clock;

    @BeforeEach
    void nothingToldYet() {
        clock.move(HOUR);
        looks(); // what has ended with the last test
        sql.update("delete from alerts");
        sql.update("delete from alert_codes");
        RECEIVERS.recover();
    }

    @AfterEach
    void everyTargetTakesAlertsAgain() {
        SALESFORCE.faults().clear();
        clock.move(Duration.ofMinutes(2)); // the end of a pause
        RECEIVERS.recover();
    }

    @Test
    void aLongPauseIsToldOnceAtEachTargetAndSoIsItsEnd() throws Exception {
        pause();
        clock.move(Duration.ofMinutes(4));
        looks();
        assertThat(RECEIVERS.told("paused")).as("shorter pauses are normal").isEmpty();
        clock.move(Duration.ofMinutes(2));
        await().untilAsserted(() -> assertThat(RECEIVERS.told("paused")).containsExactly("paused begun"));
        looks();
        JsonNode alert = RECEIVERS.last("paused");
        assertThat(alert.path("text").asText()).contains("SERVER_UNAVAILABLE");
        assertThat(alert.path("link").asText()).isEqualTo("https://sync.example.com/console");
        assertThat(Instant.parse(alert.path("since").asText())).isBefore(clock.instant().minus(Duration.ofMinutes(5)));
        assertThat(alert.path("counts").path("events waiting").asInt()).isEqualTo(1);
        assertThat(alert.path("times").asInt()).isEqualTo(1);
        assertSigned(RECEIVERS.requests().stream().filter(request -> request.getBodyAsString().equals(alert.toString())).findFirst()
                .orElseThrow());
        await().untilAsserted(() -> {
            assertThat(RECEIVERS.slack()).singleElement().asString().startsWith("Delivery to Salesforce is paused.\n")
                    .contains("SERVER_UNAVAILABLE", "https://sync.example.com/console", "Since 2026-11-");
            assertThat(RECEIVERS.mails()).hasSize(2).allSatisfy(mail -> assertThat(mail)
                    .startsWith("ory-salesforce-sync: Delivery to Salesforce is paused\n").contains("SERVER_UNAVAILABLE"));
        });

        resume();
        await().untilAsserted(() -> assertThat(RECEIVERS.told("paused")).containsExactly("paused begun", "paused ended"));
        looks();
        assertThat(RECEIVERS.told("paused")).hasSize(2);
    }

    @Test
    void aLongPauseOfOneObjectIsToldToo() {
        SALESFORCE.org().forbid("Lead", Org.Permission.CREATE);
        ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), clock.instant(), "Waits"));
        await().until(() -> health().at("/components/objectPauses/details").has("Lead"));
        clock.move(Duration.ofMinutes(6));
        await().untilAsserted(() -> assertThat(RECEIVERS.told("paused")).containsExactly("paused begun"));
        assertThat(RECEIVERS.last("paused").path("text").asText()).startsWith("Lead: ").contains("Create on Lead");
        await("it is written once a second").untilAsserted(
                () -> assertThat(read(operator.get("/api/activity?kind=pause").body()).at("/items/0/message").asText()).isEqualTo("Lead"));
        SALESFORCE.org().permit("Lead", Org.Permission.CREATE);
        await().until(() -> {
            clock.move(Duration.ofSeconds(1)); // a try that began before may still fail
            return health().at("/components/objectPauses/status").asText().equals("UP");
        });
        await().untilAsserted(() -> assertThat(RECEIVERS.told("paused")).containsExactly("paused begun", "paused ended"));
        await().until(() -> !read(operator.get("/api/activity?kind=pause").body()).path("items").get(0).path("endedAt").isNull());
    }

    @Test
    void pausesThatFollowWithinAnHourAreCountedInTheNextAlert() {
        for (int i = 0; i < 4; i++) {
            pause();
            clock.move(Duration.ofMinutes(6));
            looks();
            resume();
            looks();
        }
        assertThat(RECEIVERS.told("paused")).containsExactly("paused begun", "paused ended");
        assertThat(kind("paused").path("suppressed").asInt()).isEqualTo(3);
        clock.move(HOUR);
        looks();
        assertThat(RECEIVERS.told("paused")).as("what is over is not told later").hasSize(2);
        pause();
        clock.move(Duration.ofMinutes(6));
        await().untilAsserted(() -> assertThat(RECEIVERS.told("paused")).hasSize(3));
        assertThat(RECEIVERS.last("paused").path("times").asInt()).isEqualTo(4);
        resume();
    }

    @Test
    void manyDeadLettersAndTheirCodesAreToldWithoutAValue(CapturedOutput log) {
        List.of("Kowalczykowa", "Lovelace", "Hopper").forEach(this::refused);
        await().untilAsserted(() -> assertThat(RECEIVERS.told("dead-letters", "new-code"))
                .containsExactlyInAnyOrder("dead-letters begun", "new-code told"));
        assertThat(RECEIVERS.last("dead-letters").path("counts").path("INVALID_EMAIL_ADDRESS").asInt()).isEqualTo(3);
        assertThat(RECEIVERS.last("dead-letters").path("link").asText()).isEqualTo("https://sync.example.com/console/dead-letters");
        assertThat(RECEIVERS.last("new-code").path("text").asText()).contains("INVALID_EMAIL_ADDRESS");

        ory.sends("registration", "{\"email\": \"broken.json@example.org\"");
        looks();
        assertThat(RECEIVERS.told("new-code")).as("one an hour").hasSize(1);
        clock.move(HOUR);
        await().untilAsserted(() -> assertThat(RECEIVERS.told("new-code")).hasSize(2));
        assertThat(RECEIVERS.last("new-code").path("text").asText()).contains("UNREADABLE_BODY").doesNotContain("INVALID");

        read(operator.get("/api/dead-letters?code=INVALID_EMAIL_ADDRESS").body()).path("items")
                .forEach(letter -> operator.delete("/api/dead-letters/" + letter.path("id").asText()));
        await().untilAsserted(() -> assertThat(RECEIVERS.told("dead-letters")).containsExactly("dead-letters begun", "dead-letters ended"));
        refused("Again");
        looks();
        assertThat(RECEIVERS.told("new-code")).as("a code is new once").hasSize(2);

        SALESFORCE.org().expireTokens();
        SALESFORCE.faults().start(Fault.error(400, "INVALID_FIELD", "No such column for kowalczykowa@example.org"));
        ory.sends("registration", withEmail("kowalczykowa@example.org"));
        awaitPaused();
        clock.move(Duration.ofMinutes(6));
        await().untilAsserted(() -> assertThat(RECEIVERS.told("paused")).hasSize(1));
        await().until(
                () -> RECEIVERS.slack().size() == RECEIVERS.webhook().size() && RECEIVERS.mails().size() == 2 * RECEIVERS.webhook().size());
        for (String personal : List.of("kowalczykowa", "lovelace", "hopper", "@example.org", "broken.json")) {
            assertThat(RECEIVERS.webhook().toString()).doesNotContainIgnoringCase(personal);
            assertThat(RECEIVERS.slack().toString()).doesNotContainIgnoringCase(personal);
            assertThat(RECEIVERS.mails().toString()).doesNotContainIgnoringCase(personal);
        }
        for (String secret : List.of("the-secret-of-slack", AlertReceivers.SECRET)) {
            assertThat(log.getAll() + metrics() + operator.get("/api/alerts").body()).doesNotContain(secret);
        }
        resume();
    }

    @Test
    void aComparisonThatFailsAndTooFewIdentitiesInSyncAreTold() {
        ORY.fail(OryFault.unauthorized());
        operator.post("/api/reconcile", "");
        await().untilAsserted(() -> assertThat(RECEIVERS.told("comparison")).containsExactly("comparison begun"));
        ORY.recover();
        ORY.project().add(Map.of("email", "kowalczykowa has no address", "name", Map.of("first", "Pat", "last", "Kowalczykowa")));
        ORY.project().add(Map.of("email", "pat@example.org", "name", Map.of("first", "Pat", "last", "Fine")));
        done();
        await().untilAsserted(() -> assertThat(RECEIVERS.told("comparison")).containsExactly("comparison begun", "comparison ended"));
        settle();
        looks();
        clock.move(Duration.ofSeconds(61)); // the share is counted once a minute
        await().until(() -> metric("ory_sync_in_sync_ratio") == 0.5);
        looks();
        assertThat(RECEIVERS.told("in-sync")).as("what was just queued is on its way").isEmpty();
        clock.move(Duration.ofSeconds(61));
        await().untilAsserted(() -> assertThat(RECEIVERS.told("in-sync")).containsExactly("in-sync begun"));
        assertThat(RECEIVERS.last("in-sync").path("text").asText()).startsWith("50 % ");
        String rejected = ORY.project().ids().stream().filter(id -> SALESFORCE.org().byIdentity(id).isEmpty()).findFirst().orElseThrow();
        ORY.project().change(rejected, Map.of("email", "kim@example.org", "name", Map.of("first", "Kim", "last", "Fixed")));
        done();
        settle();
        clock.move(Duration.ofSeconds(61));
        await().untilAsserted(() -> assertThat(RECEIVERS.told("in-sync")).containsExactly("in-sync begun", "in-sync ended"));
        assertThat(RECEIVERS.webhook().toString()).doesNotContainIgnoringCase("kowalczykowa");
    }

    @Test
    void aShareOfCallsThatRunsOutIsTold() {
        deliver();
        SALESFORCE.org().usage().limit(2);
        SALESFORCE.org().usage().used(0);
        deliver();
        await().untilAsserted(() -> assertThat(RECEIVERS.told("api-share")).containsExactly("api-share begun"));
        SALESFORCE.org().usage().limit(100_000);
        clock.move(Duration.ofHours(1)); // throttled
        deliver();
        await().untilAsserted(() -> assertThat(RECEIVERS.told("api-share")).containsExactly("api-share begun", "api-share ended"));
    }

    @Test
    void anErrorOfTheSetUpIsToldAndThatItIsGone() {
        SALESFORCE.org().forbid("Lead", Org.Permission.CREATE);
        checkSetUp();
        await().untilAsserted(() -> assertThat(RECEIVERS.told("set-up")).containsExactly("set-up begun"));
        assertThat(RECEIVERS.last("set-up").path("text").asText()).contains("Lead", "Fix: ");
        SALESFORCE.org().permit("Lead", Org.Permission.CREATE);
        checkSetUp();
        await().untilAsserted(() -> assertThat(RECEIVERS.told("set-up")).containsExactly("set-up begun", "set-up ended"));
    }

    private void checkSetUp() {
        clock.move(Duration.ofHours(7));
        SALESFORCE.org().setClockAhead(Duration.between(Instant.now(), clock.instant())); // both have the same time
    }

    @Test
    void theWeekIsToldOnMondayMorning() {
        deliver();
        refused("Kowalczykowa");
        looks();
        clock.move(Duration.ofDays(7));
        await().untilAsserted(() -> assertThat(RECEIVERS.told("digest")).containsExactly("digest told"));
        JsonNode counts = RECEIVERS.last("digest").path("counts");
        assertThat(counts.path("identities synced").asInt()).isEqualTo(1);
        assertThat(counts.path("identities dead-letter").asInt()).isEqualTo(1);
        assertThat(counts.path("open dead letters INVALID_EMAIL_ADDRESS").asInt()).isEqualTo(1);
        looks();
        assertThat(RECEIVERS.told("digest")).hasSize(1);
        assertThat(read(operator.get("/api/alerts").body()).path("digestDueAt").asText()).endsWith("T08:00:00Z");
    }

    @Test
    void aTargetThatDoesNotAnswerDelaysNeitherEventsNorOtherTargets(CapturedOutput log) {
        RECEIVERS.hangSlack(8_000);
        double failedBefore = failedAtSlack();
        for (int i = 1; i <= 30; i++) { // one is sent, 20 wait
            assertThat(test("").statusCode()).isEqualTo(202);
            int mails = 2 * i;
            if (i % 10 == 0) { // no more than the mail server's queue holds
                await().untilAsserted(() -> assertThat(RECEIVERS.mails()).hasSize(mails));
            }
        }
        deliver();
        await().untilAsserted(() -> assertThat(RECEIVERS.told("test")).hasSize(30));
        assertThat(RECEIVERS.slackCalls()).isLessThan(4);
        assertThat(failedAtSlack() - failedBefore).as("dropped at once").isBetween(7.0, 9.0);
        assertThat(log.getOut().lines().filter(line -> line.contains("was dropped, because slack at 127.0.0.1"))).hasSizeBetween(7, 9);
        RECEIVERS.recover();
        await().until(() -> RECEIVERS.slackCalls() >= 18);
    }

    @Test
    void anAlertThatATargetRejectsIsTriedAgainAFewTimes(CapturedOutput log) {
        RECEIVERS.failSlack(500);
        double failedBefore = failedAtSlack();
        test("{\"target\":\"slack\"}");
        await().until(() -> failedAtSlack() > failedBefore);
        assertThat(RECEIVERS.slackCalls()).isEqualTo(4);
        assertThat(RECEIVERS.told()).as("not asked for").isEmpty();
        assertThat(log.getAll()).contains("Alert test told was dropped, because slack at 127.0.0.1 did not take it: it answered 500")
                .doesNotContain(AlertReceivers.SLACK_PATH);
        JsonNode slack = read(operator.get("/api/alerts").body()).path("targets").get(0);
        assertThat(slack.path("host").asText()).isEqualTo("127.0.0.1");
        assertThat(slack.path("lastFailure").asText()).isEqualTo("it answered 500");
        RECEIVERS.recover();
        test("{\"target\":\"slack\"}");
        await().untilAsserted(() -> assertThat(RECEIVERS.slack()).singleElement().asString().startsWith("This is a test alert."));
    }

    @Test
    void onlyAnOperatorSendsATestAndOnlyToATargetThatExists() {
        assertThat(test("{\"target\":\"pager\"}").statusCode()).isEqualTo(400);
        assertThat(test("[]").statusCode()).isEqualTo(400);
        assertThat(new Operator(port, "wrong-operator-token").post("/api/alerts/test", "").statusCode())
                .isEqualTo(401);
        assertThat(test("{\"target\":\"mail\"}").statusCode()).isEqualTo(202);
        await().untilAsserted(() -> assertThat(RECEIVERS.mails()).hasSize(2));
        assertThat(operator.get("/api/audit").body()).contains("test_alert", "the alerts at mail");
    }

    @Test
    void metricsCountFromTheStart() {
        String metrics = metrics();
        for (String kind : ALL) {
            for (String target : List.of("slack", "webhook", "mail")) {
                for (String result : List.of("sent", "failed")) {
                    assertThat(metrics).contains("ory_sync_alerts_total{kind=\"" + kind + "\",result=\"" + result + "\",target=\"" + target
                            + "\"} ");
                }
            }
        }
    }

    private void pause() {
        SALESFORCE.faults().start(Fault.unavailable());
        ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), clock.instant(), "Waits"));
        awaitPaused();
    }

    private void awaitPaused() {
        await().until(this::isPaused);
    }

    private void resume() {
        SALESFORCE.faults().clear();
        await().until(() -> {
            clock.move(Duration.ofSeconds(1)); // a try that began before may still fail
            return health().at("/components/deliveryPause/status").asText().equals("UP");
        });
        settle();
    }

    private void deliver() {
        ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), clock.instant(), "Fine"));
        settle();
    }

    private void refused(String lastName) {
        ObjectNode body = Ory.identity(UUID.randomUUID().toString(), clock.instant(), lastName);
        ((ObjectNode) body.path("identity").path("traits")).put("email", lastName + " has no address");
        ory.sends("registration", body);
        settle();
    }

    private ObjectNode withEmail(String email) {
        ObjectNode body = Ory.identity(UUID.randomUUID().toString(), clock.instant(), "Kowalczykowa");
        ((ObjectNode) body.path("identity").path("traits")).put("email", email);
        return body;
    }

    private HttpResponse<String> test(String body) {
        return operator.post("/api/alerts/test", body);
    }

    private JsonNode kind(String kind) {
        return StreamSupport.stream(read(operator.get("/api/alerts").body()).path("kinds").spliterator(), false)
                .filter(one -> one.path("kind").asText().equals(kind)).findFirst().orElseThrow();
    }

    /** Waits until the app has looked for alerts twice. */
    private void looks() {
        double before = looked();
        await().until(() -> looked() >= before + 2);
    }

    private double looked() {
        return metric("camel_exchanges_total{[^}]*routeId=\"alerts.conditions\"[^}]*}");
    }

    private double failedAtSlack() {
        return metric("ory_sync_alerts_total\\{kind=\"test\",result=\"failed\",target=\"slack\"}");
    }

    private double metric(String series) {
        return Pattern.compile("(?m)^" + series.replace("total{[", "total\\{[") + " (\\S+)$").matcher(metrics()).results()
                .mapToDouble(line -> Double.parseDouble(line.group(1))).sum();
    }

    private String metrics() {
        return ory.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + "/observe/metrics")).build()).body();
    }

    /** As docs/alerts.md tells a receiver to do it. */
    private void assertSigned(LoggedRequest request) throws Exception {
        String[] signature = request.getHeader("X-Alert-Signature").split(",");
        String time = signature[0].substring("t=".length());
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(AlertReceivers.SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        mac.update((time + ".").getBytes(StandardCharsets.UTF_8));
        assertThat(signature[1]).isEqualTo("v1=" + HexFormat.of().formatHex(mac.doFinal(request.getBody())));
        assertThat(Instant.ofEpochSecond(Long.parseLong(time))).isBetween(clock.instant().minusSeconds(10), clock.instant().plusSeconds(1));
        assertThat(request.getHeader("Content-Type")).startsWith("application/json");
    }
}
