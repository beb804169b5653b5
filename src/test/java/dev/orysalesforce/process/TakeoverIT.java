package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.Ory;
import dev.orysalesforce.ledger.PostgreSqlServer;
import dev.orysalesforce.sandbox.ActiveFault;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sandbox.SandboxRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Two instances share a broker and a database: one sends, the other one stands by and takes over. */
@EnabledIf(value = "hasPostgreSql", disabledReason = "There is no PostgreSQL here: apt-get install postgresql-15")
@EnabledIfSystemProperty(named = "takeover", matches = "true", disabledReason = "takes minutes: -Dtakeover=true")
class TakeoverIT {

    private static final Duration SLOW = Duration.ofSeconds(5);
    private static final Duration TAKEOVER_AFTER = Duration.ofSeconds(7);

    @TempDir
    private static Path folder;
    private static PostgreSqlServer database;
    private static ArtemisProcess broker;
    private static SalesforceSandbox salesforce;
    private static List<AppProcess> instances;

    private AppProcess sender;
    private AppProcess standby;
    private long standbysBatches;
    private long standbysTries;
    @AutoClose
    private Traffic traffic;

    /** CI does not go without. */
    static boolean hasPostgreSql() {
        return PostgreSqlServer.installed().isPresent() || "true".equals(System.getenv("CI"));
    }

    @BeforeAll
    static void shareABrokerAndADatabase() throws Exception {
        salesforce = SalesforceSandbox.start();
        database = PostgreSqlServer.start();
        broker = new ArtemisProcess(folder.resolve("broker")).start();
        instances = List.of(instance("first"), instance("second"));
    }

    @AfterAll
    static void end() {
        instances.forEach(AppProcess::close);
        broker.close();
        database.close();
        salesforce.close();
    }

    private static AppProcess instance(String name) throws Exception {
        return new AppProcess(Files.createDirectory(folder.resolve(name)), salesforce)
                .with("SPRING_ARTEMIS_MODE", "native").with("SPRING_ARTEMIS_BROKER_URL", broker.url())
                .with("SPRING_DATASOURCE_URL", database.url()).with("SYNC_LEDGER_KEY", "one key for both")
                .with("SYNC_BACKOFF_INITIAL", "100ms").with("SYNC_BACKOFF_MAX", "100ms")
                .with("SYNC_RETRY_INITIAL", "1s").with("SYNC_TAKEOVER_AFTER", TAKEOVER_AFTER.toSeconds() + "s");
    }

    @BeforeEach
    void bothRun() {
        salesforce.faults().clear();
        if (!broker.isAlive()) {
            broker.start();
        }
        List<AppProcess> stopped = instances.stream().filter(instance -> !instance.isAlive()).toList();
        stopped.forEach(AppProcess::begin);
        instances.forEach(AppProcess::untilReady);
        List<Long> before = instances.stream().map(TakeoverIT::batches).toList();
        instances.get(0).ory().sends("settings", Ory.identity(UUID.randomUUID().toString(), Traffic.START, "Probe"));
        await().atMost(Duration.ofSeconds(60)).until(() ->
                !instances.stream().map(TakeoverIT::batches).toList().equals(before));
        sender = instances.get(batches(instances.get(0)) > before.get(0) ? 0 : 1);
        standby = other(sender);
        standbysBatches = batches(standby);
        standbysTries = tries(standby);
        salesforce.reset();
        salesforce.faults().start(Fault.latency(Duration.ofMillis(300)));
    }

    @AfterEach
    void orderWasKept() {
        assertThat(salesforce.writes().outOfOrder()).as("older after newer").isEmpty();
        assertThat(salesforce.writes().createdTwice()).as("created twice").isEmpty();
        assertThat(salesforce.org().duplicatedIdentities()).as("more than one record").isEmpty();
        assertThat(salesforce.calls().violations()).as("forbidden calls").isEmpty();
        assertThat(salesforce.writes().all()).allSatisfy(write -> assertThat(write.fields())
                .containsEntry("LastName", "State " + Duration.between(Traffic.START, write.version()).toSeconds()));
    }

    @Test
    void theStandbyTakesOverWhenTheSenderIsStopped() throws InterruptedException {
        ActiveFault outage = salesforce.faults().start(Fault.unavailable().on(CallKind.COMPOSITE));
        traffic = Traffic.begin(instances, 300);
        await("more tries than Artemis would allow by itself").atMost(Duration.ofMinutes(2))
                .until(() -> outage.hits() > 15);
        assertThat(broker.moved()).as("events moved to the broker's DLQ").isZero();
        traffic.people().stream().limit(10).forEach(person -> salesforce.faults().lockRow(person, 1));
        outage.stop();
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(5))
                .until(() -> salesforce.calls().mostAtOnce(CallKind.UPSERT) > 0);
        takesOver("SIGTERM", sender::beginToStop);
        arrivesWhole();
    }

    /** Salesforce carries out what it has read, whether the sender is still there or not. */
    @Test
    void theStandbyTakesOverWhenTheSenderIsKilledDuringCalls() throws InterruptedException {
        traffic = Traffic.begin(instances, 300);
        awaitSlowCall();
        takesOver("SIGKILL", sender::kill);
        arrivesWhole();
    }

    /** The standby may be the first to be back, while the sender does not even know yet that it has lost the broker. */
    @Test
    void aBrokerThatIsKilledAndComesBackCostsNothing() throws InterruptedException {
        traffic = Traffic.begin(instances, 300);
        awaitSlowCall();
        broker.kill();
        await().atMost(Duration.ofSeconds(60)).until(() -> traffic.unavailable() > 10);
        Instant start = Instant.now();
        broker.start();
        int before = traffic.accepted();
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20))
                .until(() -> traffic.accepted() > before);
        System.out.printf("The broker takes events again %d ms after its start began%n",
                Duration.between(start, Instant.now()).toMillis());
        arrivesWhole();
    }

    private void awaitSlowCall() {
        ActiveFault slow = salesforce.faults().start(Fault.latency(SLOW).on(CallKind.UPSERT, CallKind.UPDATE).times(1));
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(5)).until(() -> slow.hits() == 1);
    }

    /** How long it takes until the standby has brought a batch to Salesforce. */
    private void takesOver(String signal, Runnable send) {
        assertThat(tries(standby)).as("only one sends").isEqualTo(standbysTries);
        Instant start = Instant.now();
        send.run();
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20))
                .until(() -> batches(standby) > standbysBatches);
        System.out.printf("%s: the standby's first batch was through after %d ms%n", signal,
                Duration.between(start, Instant.now()).toMillis());
    }

    private void arrivesWhole() throws InterruptedException {
        traffic.finish();
        System.out.println(traffic);
        await().atMost(Duration.ofMinutes(2)).until(() -> traffic.people().stream().allMatch(person -> {
            List<SandboxRecord> records = salesforce.org().byIdentity(person);
            return records.size() == 1 && records.get(0).text("LastName").equals(traffic.newest(person));
        }));
        await().atMost(Duration.ofSeconds(30)).until(() -> salesforce.calls().inFlight() == 0);
        assertThat(salesforce.org().records("Lead")).hasSameSizeAs(traffic.people());
    }

    private static AppProcess other(AppProcess instance) {
        return instances.get(1 - instances.indexOf(instance));
    }

    private static long batches(AppProcess instance) {
        return instance.log().lines().filter(line -> line.contains("Batch done")).count();
    }

    /** Whatever shows that it had events in its hands. */
    private static long tries(AppProcess instance) {
        return instance.log().lines().filter(line -> Stream.of("Batch done", "Holding all events", "Taking over")
                .anyMatch(line::contains)).count();
    }
}
