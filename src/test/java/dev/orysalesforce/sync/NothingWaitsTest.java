package dev.orysalesforce.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.journal.Journal;
import dev.orysalesforce.ledger.StuckDatabase;
import dev.orysalesforce.mapping.MappingTimeLimiter;
import dev.orysalesforce.reconcile.Reconcile;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Whatever else is blocked, the sender of a webhook has an answer long before Ory gives up after 30 s. */
@Tag("any-ledger")
class NothingWaitsTest extends AppTest {

    private static final Duration SOON = Duration.ofSeconds(3);

    @Autowired
    private DataSource database;

    @Autowired
    private Reconcile reconcile;

    @Autowired
    private Journal journal;

    @Autowired
    private MappingTimeLimiter mappings;

    @Autowired
    private CamelContext camel;

    @Test
    void aConnectionIsWaitedForNoLongerThanTheSettingsSay() {
        assertThat(((HikariDataSource) database).getConnectionTimeout()).isEqualTo(3_000);
        assertThat(((HikariDataSource) database).getDataSourceProperties()).containsKeys("connectTimeout", "socketTimeout");
    }

    @Test
    void anInvalidBodyIsRejectedAndKeptWhileTheDatabaseIsStuck() throws Exception {
        String id = UUID.randomUUID().toString();
        try (StuckDatabase stuck = new StuckDatabase(database)) {
            HttpResponse<String> answer = soon(() -> ory.sends("settings", Ory.identity("00000000-0000-0000-0000-000000000000",
                    Instant.now(), "Person")));
            assertThat(answer.statusCode()).isEqualTo(422);
            answer = soon(() -> ory.gives("PATCH", "/services/data/v62.0/sobjects/Lead/Other__c/" + id, "{}"));
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("NOT_FOUND");
        }
        assertThat(deadLetters()).hasSize(2).anySatisfy(letter -> assertThat(letter.path("identity").asText()).isEqualTo(id));
    }

    @Test
    void aRecordIsAcceptedWhileTheDatabaseIsStuck() throws Exception {
        String id = UUID.randomUUID().toString();
        try (StuckDatabase stuck = new StuckDatabase(database)) {
            HttpResponse<String> answer = soon(() -> ory.gives("PATCH",
                    "/services/data/v62.0/sobjects/Lead/Ory_Identity_Id__c/" + id, "{\"LastName\":\"Person\",\"Company\":\"C\"}"));
            assertThat(answer.statusCode()).isEqualTo(201);
            assertThat(read(answer.body()).path("id").isNull()).isTrue();
        }
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Person");
    }

    @Test
    void anEmptyBodyIsAnsweredWhileAComparisonIsInTheMiddleOfAPage() throws Exception {
        synchronized (reconcile) {
            assertThat(soon(() -> ory.sends("settings", "")).statusCode()).isEqualTo(400);
            assertThat(soon(() -> ory.gives("POST", "/services/data/v62.0/sobjects/Lead", "")).statusCode()).isEqualTo(400);
        }
    }

    @Test
    void aBatchReleasesItsLeaseEvenIfItsCallsCanNotBeCounted() {
        String id = UUID.randomUUID().toString();
        sql.execute("alter table api_calls rename to api_calls_elsewhere");
        try {
            ory.sends("registration", Ory.identity(id, Instant.now(), "Person"));
            settle();
            assertThat(record(id).text("LastName")).isEqualTo("Person");
            await().untilAsserted(() -> assertThat(journal.isInFlight(id)).as("pending").isFalse());
        } finally {
            sql.execute("alter table api_calls_elsewhere rename to api_calls");
        }
    }

    @Test
    void aWebhookIsAnswered503WhileAllMappingThreadsAreBusy() throws Exception {
        CountDownLatch begun = new CountDownLatch(64);
        CountDownLatch end = new CountDownLatch(1);
        camel.getRegistry().bind("busy", new Busy(begun, end));
        ExecutorService threads = Executors.newFixedThreadPool(64);
        try {
            for (int i = 0; i < 64; i++) {
                threads.submit(() -> mappings.invoke(new DefaultExchange(camel), "bean:busy?method=map"));
            }
            begun.await();
            HttpResponse<String> answer = soon(() -> ory.sends("settings", Ory.webhook("registration-ctx")));
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).contains("5");
            assertThat(read(answer.body()).path("code").asText()).isEqualTo("MAPPINGS_BUSY");
            assertThat(deadLetters()).isEmpty();
        } finally {
            end.countDown();
            threads.shutdown();
        }
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(ory.sends("settings", Ory.webhook("registration-ctx")).statusCode()).isEqualTo(204);
    }

    /** A mapping that blocks. */
    public record Busy(CountDownLatch begun, CountDownLatch end) {

        public void map() throws InterruptedException {
            begun.countDown();
            end.await();
        }
    }

    private static <T> T soon(Supplier<T> call) throws Exception {
        return CompletableFuture.supplyAsync(call).get(SOON.toMillis(), TimeUnit.MILLISECONDS);
    }
}
