package dev.orysalesforce.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.salesforce.CallBudget;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
import org.springframework.test.context.TestPropertySource;

/**
 * Outages with the shipped pauses and a clock that the test moves; {@code -Doutage.minutes=60} for ten minutes of each
 * cause.
 */
@Import(DeliveryPauseTest.ClockToMove.class)
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(properties = {"test.context=outage", "test.first-pause=2s", "test.longest-pause=60s"})
@Tag("any-ledger")
@Tag("nightly")
class DeliveryPauseTest extends AppTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);
    private static final int STATES = Integer.getInteger("outage.minutes", 12);

    @TestConfiguration
    static class ClockToMove {

        @Bean
        @Primary
        MovedClock movedClock() {
            return new MovedClock();
        }
    }

    @Autowired
    private MovedClock clock;

    @Autowired
    private CallBudget budget;

    private final List<String> ids = Stream.generate(() -> UUID.randomUUID().toString()).limit(40).toList();

    /** Each cause lasts for some minutes, and each identity changes every four of them. */
    @Test
    void everyCauseOfAPauseEndsWithDelivery(CapturedOutput log) {
        ids.forEach(id -> send(id, 0));
        settle();
        List<Fault> causes = List.of(
                Fault.hang(Duration.ofMillis(200)).withLostAnswer().on(CallKind.UPDATE), // written, but the answer is lost
                Fault.unavailable(), Fault.reset(), Fault.dailyLimitExceeded(), Fault.garbage(), Fault.apiDisabled());
        int each = STATES / causes.size();
        for (int minute = 1; minute < STATES; minute++) {
            if ((minute - 1) % each == 0) {
                SALESFORCE.faults().clear();
                SALESFORCE.faults().start(causes.get((minute - 1) / each));
            }
            int state = minute;
            long before = SALESFORCE.calls().count(); // the first events may be on their way before the last is sent
            IntStream.range(0, ids.size()).filter(i -> (i + state) % 4 == 0).forEach(i -> send(ids.get(i), state));
            clock.move(LONGEST_PAUSE.plusSeconds(1));
            await().until(() -> SALESFORCE.calls().count() > before);
            await().until(this::isPausing);
            assertThat(SALESFORCE.calls().count() - before).as("calls in minute " + minute).isBetween(1L, 20L);
        }
        ids.forEach(id -> send(id, STATES));
        SALESFORCE.faults().clear();
        clock.move(LONGEST_PAUSE.plusSeconds(1));
        settle();

        ids.forEach(id -> assertThat(record(id).text("LastName")).isEqualTo("Version " + STATES));
        assertThat(deadLetters()).isEmpty();
        await().untilAsserted(() -> assertThat(health().path("status").asText()).isEqualTo("UP")); // after the commit
        assertThat(log.getOut().lines().filter(line -> line.contains("Delivery paused")))
                .as("a line for each cause, not for each try").hasSizeBetween(causes.size() - 1, causes.size());
    }

    @Test
    void retryAfterOfSalesforceIsHonoured() {
        SALESFORCE.faults().start(Fault.unavailable(45));
        send(ids.get(0), 0);
        await().until(this::isPausing);
        SALESFORCE.faults().clear();
        clock.move(Duration.ofSeconds(44));
        await().during(Duration.ofMillis(500)).until(this::isPausing);
        clock.move(Duration.ofSeconds(2));
        settle();
        assertThat(record(ids.get(0)).text("LastName")).isEqualTo("Version 0");
    }

    @Test
    void noPauseIsLongerThanTheLongestThatIsConfigured() {
        SALESFORCE.faults().start(Fault.unavailable(86_400));
        send(ids.get(0), 0);
        await().until(this::isPausing);
        SALESFORCE.faults().clear();
        clock.move(LONGEST_PAUSE.plusSeconds(1));
        settle();
        assertThat(record(ids.get(0)).text("LastName")).isEqualTo("Version 0");
    }

    @Test
    void theOperatorEndsAPause() {
        assertThat(resume().statusCode()).as("nothing is paused").isEqualTo(409);
        SALESFORCE.faults().start(Fault.unavailable());
        send(ids.get(0), 0);
        await().until(this::isPausing);
        SALESFORCE.faults().clear();
        HttpResponse<String> answer = resume();
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(read(answer.body()).path("reason").asText()).isNotEmpty();
        settle();
        assertThat(record(ids.get(0)).text("LastName")).isEqualTo("Version 0");
        await().untilAsserted(() -> assertThat(resume().statusCode()).isEqualTo(409)); // after the commit
    }

    @Test
    void aTryOfTheOperatorThatFailsLeavesThePausesAsTheyWere() {
        clock.move(Duration.ofSeconds(11)); // other tests resume, too
        SALESFORCE.faults().start(Fault.unavailable());
        send(ids.get(0), 0);
        await().until(this::isPausing); // for 1.6 to 2.4 s
        long before = SALESFORCE.calls().count();
        assertThat(resume().statusCode()).isEqualTo(202);
        await().until(() -> SALESFORCE.calls().count() > before && isPausing());
        assertThat(SALESFORCE.calls().count()).as("one call").isEqualTo(before + 1);
        HttpResponse<String> soon = resume();
        assertThat(soon.statusCode()).isEqualTo(429);
        assertThat(soon.headers().firstValue("Retry-After")).isPresent();

        clock.move(Duration.ofMillis(2_500));
        await().until(() -> SALESFORCE.calls().count() > before + 1 && isPausing()); // for 4 to 6 s
        clock.move(Duration.ofMillis(3_900));
        await().during(Duration.ofMillis(500)).until(this::isPausing);
        clock.move(Duration.ofMillis(2_200));
        SALESFORCE.faults().clear();
        settle();
        assertThat(record(ids.get(0)).text("LastName")).isEqualTo("Version 0");
    }

    @Test
    void aTryOfTheOperatorDoesNotLiftTheShareOfCalls() {
        clock.move(Duration.ofSeconds(11)); // other tests resume, too
        SALESFORCE.faults().start(Fault.unavailable());
        send(ids.get(0), 0);
        await().until(this::isPausing);
        SALESFORCE.faults().clear();
        budget.recordCall();
        budget.recordUsage(97_000, 100_000); // other programs have nearly used up the org's
        budget.throttle();
        assertThat(budget.isThrottled()).isTrue();
        long before = SALESFORCE.calls().count();
        assertThat(resume().statusCode()).isEqualTo(202);
        await().during(Duration.ofSeconds(1)).until(() -> SALESFORCE.calls().count() == before);
        await().until(() -> {
            clock.move(Duration.ofSeconds(10));
            return !budget.isThrottled();
        });
        settle();
        assertThat(record(ids.get(0)).text("LastName")).isEqualTo("Version 0");
    }

    private HttpResponse<String> resume() {
        return new Operator(port, OPERATOR_TOKEN).post("/api/resume", "");
    }

    private boolean isPausing() {
        return health().path("components").path("deliveryPause").path("details").path("breaker").asText().equals("OPEN");
    }

    private void send(String id, int version) {
        ObjectNode body = Ory.identity(id, START.plusSeconds(version), "Version " + version);
        assertThat(ory.sends("settings", body).statusCode()).isEqualTo(204);
    }
}
