package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.Ory;
import dev.orysalesforce.Tool;
import dev.orysalesforce.ledger.PostgreSqlServer;
import dev.orysalesforce.sandbox.ActiveFault;
import dev.orysalesforce.sandbox.Call;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sandbox.SandboxRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Two instances share a broker and a database: one sends, the other one stands by and continues after a failover. */
@Tag("nightly")
@EnabledIf(value = "hasPostgreSql", disabledReason = "apt-get install postgresql")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class) // an instance that is killed in the last test need not be started again
class FailoverIT {

    /** More than one call can hold, so that several are in flight. */
    private static final int PEOPLE = 250;
    private static final Duration SLOW = Duration.ofSeconds(3);
    private static final Duration TAKEOVER_AFTER = Duration.ofSeconds(7);

    /** For a machine with ten times the work that it can do. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern EITHER_NUMBER = Pattern.compile("(?m)^ory_sync_dead_letters(_expired_total)? 1\\.0$");
    private static final CallKind[] WRITES = {CallKind.UPSERT, CallKind.UPDATE};

    @TempDir
    private static Path folder;
    private static PostgreSqlServer database;
    private static ArtemisProcess broker;
    private static SalesforceSandbox salesforce;

    /** By their version of the API, which distinguishes their calls. */
    private static Map<String, AppProcess> instances;

    static boolean hasPostgreSql() {
        return Tool.POSTGRESQL.isAvailable();
    }

    @BeforeAll
    static void shareABrokerAndADatabase() throws Exception {
        salesforce = SalesforceSandbox.start();
        database = PostgreSqlServer.start();
        broker = new ArtemisProcess(folder.resolve("broker")).start();
        instances = Map.of("v61.0", instance("61.0"), "v62.0", instance("62.0"));
    }

    @AfterAll
    static void end() {
        instances.values().forEach(AppProcess::close);
        broker.close();
        database.close();
        salesforce.close();
    }

    private static AppProcess instance(String version) throws Exception {
        return new AppProcess(Files.createDirectory(folder.resolve(version)), salesforce)
                .with("SALESFORCE_API_VERSION", version)
                .with("SPRING_ARTEMIS_MODE", "native").with("SPRING_ARTEMIS_BROKER_URL", broker.url())
                .with("SPRING_DATASOURCE_URL", database.url()).with("SYNC_LEDGER_KEY", "one key for both")
                .with("SYNC_BACKOFF_INITIAL", "100ms").with("SYNC_BACKOFF_MAX", "100ms").with("SYNC_LINGER", "500ms")
                .with("SYNC_RETRY_INITIAL", "1s").with("SYNC_WRITER_LEASE_TIMEOUT", TAKEOVER_AFTER.toSeconds() + "s")
                .with("SYNC_DEAD_LETTERS_RETENTION", "5s");
    }

    @BeforeEach
    void bothRun() {
        salesforce.reset();
        instances.values().stream().filter(instance -> !instance.isAlive()).forEach(AppProcess::begin);
        instances.values().forEach(AppProcess::untilReady);
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
        Call before = null;
        for (Call call : salesforce.calls().of(WRITES)) {
            assertThat(before == null || version(before).equals(version(call)) || !call.at().isBefore(end(before)))
                    .as("two instances write at once: %s and %s", before, call).isTrue();
            before = before == null || end(call).isAfter(end(before)) ? call : before;
        }
    }

    @Test
    @Order(1)
    void anOutageMakesNoDeadLetter() {
        String person = UUID.randomUUID().toString();
        ActiveFault outage = salesforce.faults().start(Fault.unavailable().on(CallKind.COMPOSITE));
        instances.get("v61.0").ory().sends("settings", Ory.identity(person, Traffic.START, Traffic.lastName(0)));
        await("more tries than Artemis would allow by itself").atMost(PATIENCE).until(() -> outage.hits() > 11);
        assertThat(broker.moved()).as("events moved to the broker's DLQ").isZero();
        outage.stop();
        await().atMost(PATIENCE).until(() -> salesforce.org().byIdentity(person).size() == 1);
    }

    /** By the broker, and into no queue of its own. */
    @Test
    @Order(1)
    void deadLettersAreDeletedAfterTheirRetention() {
        AppProcess instance = instances.get("v61.0");
        assertThat(instance.ory().sends("settings", "{}").statusCode()).isEqualTo(400);
        // On a busy machine the broker may tell no number for a while.
        await().atMost(PATIENCE).until(() -> EITHER_NUMBER.matcher(instance.get("/observe/metrics")).find());
        await().atMost(PATIENCE).until(() -> instance.get("/observe/metrics").contains("\nory_sync_dead_letters_expired_total 1.0"));
        await().atMost(PATIENCE).until(() -> instance.get("/observe/metrics").contains("\nory_sync_dead_letters 0.0"));
        assertThat(broker.moved()).as("messages in the broker's own queues").isZero();
    }

    @Test
    @Order(2)
    void theStandbySendsAfterTheSenderIsStopped() throws Exception {
        try (Traffic traffic = Traffic.begin(instances.values(), PEOPLE)) {
            traffic.people().stream().limit(10).forEach(person -> salesforce.faults().lockRow(person, 1));
            awaitSlowCalls();
            takesOver("SIGTERM", AppProcess::beginToStop);
            arrivesWhole(traffic);
        }
    }

    /** The standby may reconnect first, while the sender does not know yet that it has lost the broker. */
    @Test
    @Order(3)
    void aKilledAndRestartedBrokerLosesNothing() throws Exception {
        try (Traffic traffic = Traffic.begin(instances.values(), PEOPLE)) {
            awaitSlowCalls();
            broker.kill();
            await().atMost(PATIENCE).until(() -> traffic.unavailable() > 10);
            Instant start = Instant.now();
            broker.start();
            int before = traffic.accepted();
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> traffic.accepted() > before);
            System.out.printf("The broker takes events again %d ms after its start began%n",
                    Duration.between(start, Instant.now()).toMillis());
            arrivesWhole(traffic);
        }
    }

    /** Salesforce executes requests that it has read, whether the sender still exists or not. */
    @Test
    @Order(4)
    void theStandbySendsAfterTheSenderIsKilledDuringCalls() throws Exception {
        try (Traffic traffic = Traffic.begin(instances.values(), PEOPLE)) {
            awaitSlowCalls();
            takesOver("SIGKILL", AppProcess::kill);
            arrivesWhole(traffic);
        }
    }

    /** All identities have a record: the calls carry newer states, and still newer ones follow. */
    private void awaitSlowCalls() {
        await().atMost(PATIENCE).until(() -> salesforce.org().records("Lead").size() == PEOPLE);
        ActiveFault slow = salesforce.faults().start(Fault.latency(SLOW).on(WRITES).times(2));
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> slow.hits() == 2);
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> salesforce.calls().inFlight() > 1);
    }

    /** How long it takes until the standby has sent a batch to Salesforce. */
    private void takesOver(String signal, Consumer<AppProcess> send) {
        String sending = version(last(salesforce.calls().where(call -> call.kind().isData())));
        AppProcess sender = instances.get(sending);
        assertThat(salesforce.calls().where(call -> call.kind().isData() && !version(call).equals(sending))).as("only one sends").isEmpty();
        Instant start = Instant.now();
        send.accept(sender);
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> salesforce.calls()
                .of(WRITES).stream().anyMatch(call -> !version(call).equals(sending)));
        System.out.printf("%s: the standby's first call was through after %d ms%n", signal,
                Duration.between(start, Instant.now()).toMillis());
        await().atMost(PATIENCE).until(() -> !sender.isAlive());
    }

    private void arrivesWhole(Traffic traffic) throws Exception {
        traffic.finish();
        System.out.println(traffic);
        await().atMost(PATIENCE).until(() -> traffic.people().stream().allMatch(person -> {
            List<SandboxRecord> records = salesforce.org().byIdentity(person);
            return records.size() == 1 && records.get(0).text("LastName").equals(traffic.newest(person));
        }));
        await().atMost(PATIENCE).until(() -> salesforce.calls().inFlight() == 0);
        assertThat(salesforce.org().records("Lead")).hasSameSizeAs(traffic.people());
    }

    private static Call last(List<Call> calls) {
        return calls.get(calls.size() - 1);
    }

    /** {@code v62.0}, for instance. */
    private static String version(Call call) {
        return call.path().split("/")[3];
    }

    private static Instant end(Call call) {
        return call.at().plus(call.took());
    }
}
