package dev.orysalesforce.property;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.Tool;
import dev.orysalesforce.ledger.PostgreSqlServer;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sandbox.SandboxRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * However many first colleagues of a company sign up at the same moment, at two instances that share a ledger but no broker, and
 * whatever happens to the calls: the company gets one Account, and each colleague is linked to it.
 */
@Tag("nightly")
class OneAccountTest {

    private static SalesforceSandbox salesforce;
    private static PostgreSqlServer database;
    private static List<RunningApp> apps = List.of();

    enum Trouble { NONE, CREATED_WITHOUT_ANSWER, UPSERTED_WITHOUT_ANSWER, NOT_CREATED, UNAVAILABLE, LOCKED, SLOW }

    /** @param hasOrganization whether Ory knows the person's organization, and not only the domain of the address */
    record SignUp(int company, boolean hasOrganization, int app) {}

    @BeforeContainer
    static void start() throws IOException {
        if (!Tool.POSTGRESQL.isAvailable()) {
            return;
        }
        salesforce = SalesforceSandbox.start();
        database = PostgreSqlServer.start();
        apps = List.of(app("one"), app("other"));
    }

    private static RunningApp app(String name) throws IOException {
        return new RunningApp(Files.createTempDirectory(name), salesforce, "--spring.datasource.url=" + database.url(),
                "--sync.ledger.key=one key for both", "--sync.writer-lease-timeout=2s", "--spring.jmx.enabled=false",
                "--sync.mappings.default=mappings/contact-with-account.jslt");
    }

    @AfterContainer
    static void stop() {
        apps.forEach(RunningApp::close);
        if (!apps.isEmpty()) {
            database.close();
            salesforce.close();
        }
    }

    @Property(tries = 12, seed = "20261130", generation = GenerationMode.RANDOMIZED, edgeCases = EdgeCasesMode.NONE,
            shrinking = ShrinkingMode.OFF)
    void aCompanyHasOneAccount(@ForAll("signUps") List<SignUp> signUps, @ForAll Trouble trouble) {
        if (apps.isEmpty()) {
            return;
        }
        salesforce.reset();
        apps.get(0).deleteLedger();
        List<String> organizations = IntStream.range(0, 3).mapToObj(i -> UUID.randomUUID().toString()).toList();
        List<String> ids = signUps.stream().map(signUp -> UUID.randomUUID().toString()).toList();
        begin(trouble);
        apps.get(0).arriveTogether(() -> apps.get(1).arriveTogether(() -> {
            for (int i = 0; i < ids.size(); i++) {
                tell(ids.get(i), signUps.get(i), organizations.get(signUps.get(i).company()));
            }
        }));
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20)).until(
                () -> apps.stream().allMatch(app -> app.pending() == 0 && app.imbalance() == 0));
        assertThat(apps).allSatisfy(app -> assertThat(app.deadLetters()).isZero());
        assertThat(salesforce.org().records("Account")).hasSize((int) signUps.stream().mapToInt(SignUp::company).distinct().count());
        for (int i = 0; i < ids.size(); i++) {
            List<SandboxRecord> contacts = salesforce.org().byIdentity(ids.get(i));
            assertThat(contacts).hasSize(1);
            String account = contacts.get(0).text("AccountId");
            assertThat(account).as("%s of %s", signUps.get(i), signUps).isNotNull();
            assertThat(salesforce.org().record(account).text("Website")).isEqualTo(domain(signUps.get(i)));
        }
        assertThat(salesforce.calls().violations()).isEmpty();
    }

    private static void begin(Trouble trouble) {
        switch (trouble) {
            case CREATED_WITHOUT_ANSWER -> salesforce.faults().start(Fault.reset().on(CallKind.CREATE).withLostAnswer().times(1));
            case UPSERTED_WITHOUT_ANSWER -> salesforce.faults().start(Fault.reset().on(CallKind.UPSERT).withLostAnswer().times(1));
            case NOT_CREATED -> salesforce.faults().start(Fault.reset().on(CallKind.CREATE, CallKind.UPSERT).times(2));
            case UNAVAILABLE -> salesforce.faults().start(Fault.unavailable().times(3));
            case LOCKED -> salesforce.faults().lockRows(row -> row.object().equals("Account"), 1);
            case SLOW -> salesforce.faults().start(Fault.latency(Duration.ofMillis(300)));
            default -> {}
        }
    }

    private static String domain(SignUp signUp) {
        return "company" + signUp.company() + ".example";
    }

    private static void tell(String id, SignUp signUp, String organization) {
        String address = "p-" + id + "@" + domain(signUp);
        ObjectNode body = Ory.identity(id, State.START, "Person");
        ObjectNode identity = (ObjectNode) body.path("identity");
        if (signUp.hasOrganization()) {
            identity.put("organization_id", organization);
        }
        ((ObjectNode) identity.path("traits")).put("email", address).put("company", "Company");
        identity.putArray("verifiable_addresses").addObject().put("value", address).put("verified", true).put("via", "email");
        assertThat(apps.get(signUp.app()).ory().sends("registration", body).statusCode()).isEqualTo(204);
    }

    @Provide
    Arbitrary<List<SignUp>> signUps() {
        return Combinators.combine(Arbitraries.integers().between(0, 2), Arbitraries.of(true, false), Arbitraries.integers().between(0, 1))
                .as(SignUp::new).list().ofMinSize(2).ofMaxSize(30);
    }
}
