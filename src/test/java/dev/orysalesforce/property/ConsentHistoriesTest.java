package dev.orysalesforce.property;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sandbox.SandboxRecord;
import dev.orysalesforce.sandbox.Write;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever happens, the app takes no opt-out back, and loses none. The same histories at each run, as in {@link PromisesTest}. */
@Tag("nightly")
class ConsentHistoriesTest {

    private static final String OPT_OUT = "HasOptedOutOfEmail";
    private static final int STATES = 8;
    private static final int PEOPLE = 3;

    private static SalesforceSandbox salesforce;
    private static RunningApp app;

    private final List<String> ids = new ArrayList<>();
    /** Identities of which an event had an opt-out. */
    private final Set<Integer> refused = new HashSet<>();
    /** Identities whose opt-out may rightly be missing: sales has ended it, or nothing tells of it any more. */
    private final Set<Integer> excused = new HashSet<>();

    /** What the mapping answers for the field. */
    enum Says { NOTHING, NO, YES, EMPTY, YES_AS_TEXT, YES_IN_THE_SHIPPED_MAPPING }

    enum Act { TELL, TELL_TOGETHER, OPT_OUT_BY_SALES, END_BY_SALES, LOSE_THE_LEDGER, CONVERT, DELETE, LOCK, DISTURB }

    /**
     * @param state which state of the person is told, in any order and repeatedly
     * @param next the state that follows it in the same batch, if two are told together
     */
    record Move(Act act, int person, int state, int next, String event) {}

    /** @param states what each person says in each state */
    record Course(List<List<Says>> states, List<Move> moves) {}

    @BeforeContainer
    static void start() throws IOException {
        salesforce = SalesforceSandbox.start();
        app = new RunningApp(Files.createTempDirectory("consent"), salesforce, "--sync.on-deleted-record=recreate",
                "--sync.mappings.consent=src/test/resources/mappings/consent.jslt");
    }

    @AfterContainer
    static void stop() {
        app.close();
        salesforce.close();
    }

    @Property(seed = "20261130", generation = GenerationMode.RANDOMIZED, edgeCases = EdgeCasesMode.NONE)
    void noOptOutIsTakenBackOrLost(@ForAll("courses") Course course) {
        salesforce.reset();
        ids.clear();
        refused.clear();
        excused.clear();
        for (int person = 0; person < PEOPLE; person++) {
            ids.add(UUID.randomUUID().toString());
        }
        for (Move move : course.moves()) {
            perform(course, move);
            awaitQuiescence();
        }
        judgeWrites();
        for (int person = 0; person < PEOPLE; person++) {
            SandboxRecord record = record(person);
            if (record != null && refused.contains(person) && !excused.contains(person)) {
                assertThat(record.is(OPT_OUT)).as("person %d has refused, in %s", person, course).isTrue();
            }
        }
    }

    private void perform(Course course, Move move) {
        SandboxRecord record = record(move.person());
        switch (move.act()) {
            case TELL -> tell(course, move, move.state());
            case TELL_TOGETHER -> app.arriveTogether(() -> {
                tell(course, move, move.state());
                tell(course, move, move.next());
            });
            case LOSE_THE_LEDGER -> {
                app.deleteLedger();
                for (int person = 0; person < PEOPLE; person++) {
                    if (record(person) == null) {
                        excused.add(person);
                    }
                }
            }
            case LOCK -> salesforce.faults().lockRow(ids.get(move.person()), 1);
            case DISTURB -> salesforce.faults().start(Fault.unavailable().times(2));
            default -> {
                if (record != null) {
                    edit(move, record);
                }
            }
        }
    }

    private void edit(Move move, SandboxRecord record) {
        switch (move.act()) {
            case OPT_OUT_BY_SALES -> salesforce.org().edit(record.id(), Map.of(OPT_OUT, true));
            case END_BY_SALES -> {
                salesforce.org().edit(record.id(), Map.of(OPT_OUT, false));
                excused.add(move.person());
            }
            case CONVERT -> {
                if (record.object().equals("Lead")) {
                    salesforce.org().convertLead(record.id(), true);
                }
            }
            default -> salesforce.org().delete(record.id());
        }
    }

    private void tell(Course course, Move move, int state) {
        Says says = course.states().get(move.person()).get(state);
        ObjectNode body = Ory.identity(ids.get(move.person()), State.START.plusSeconds(state), "Person");
        ObjectNode identity = (ObjectNode) body.path("identity");
        ObjectNode traits = (ObjectNode) identity.path("traits");
        traits.put("company", "Company " + state);
        if (says == Says.YES_IN_THE_SHIPPED_MAPPING) {
            traits.put("newsletter", false);
        } else {
            identity.put("schema_id", "consent");
            ObjectNode fields = traits.putObject("fields");
            switch (says) {
                case NO -> fields.put(OPT_OUT, false);
                case EMPTY -> fields.putNull(OPT_OUT);
                case YES -> fields.put(OPT_OUT, true);
                case YES_AS_TEXT -> fields.put(OPT_OUT.toLowerCase(), "true");
                default -> {}
            }
        }
        assertThat(app.ory().sends(move.event(), body).statusCode()).isEqualTo(204);
        if (says.name().startsWith("YES")) {
            refused.add(move.person());
        }
    }

    private SandboxRecord record(int person) {
        return salesforce.org().byIdentity(ids.get(person)).stream().filter(record -> !record.is("IsConverted")).findFirst()
                .orElse(null);
    }

    private static void judgeWrites() {
        assertThat(salesforce.org().duplicatedIdentities()).isEmpty();
        for (Write write : salesforce.writes().all()) {
            if (write.operation() == Write.Operation.UPDATE && write.fields().containsKey(OPT_OUT)) {
                assertThat(write.fields().get(OPT_OUT)).as("%s", write).isEqualTo(true);
            }
        }
    }

    private static void awaitQuiescence() {
        await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(10))
                .until(() -> app.pending() == 0 && app.imbalance() == 0);
        assertThat(app.deadLetters()).isZero();
    }

    @Provide
    Arbitrary<Course> courses() {
        Arbitrary<List<List<Says>>> states = Arbitraries.of(Says.class).list().ofSize(STATES).list().ofSize(PEOPLE);
        Arbitrary<Move> move = Combinators.combine(
                Arbitraries.frequencyOf(Tuple.of(3, Arbitraries.of(Act.TELL, Act.TELL_TOGETHER)),
                        Tuple.of(2, Arbitraries.of(Act.class))),
                Arbitraries.integers().between(0, PEOPLE - 1), Arbitraries.integers().between(0, STATES - 1),
                Arbitraries.integers().between(0, STATES - 1), Arbitraries.of("registration", "settings")).as(Move::new);
        return Combinators.combine(states, move.list().ofMinSize(15).ofMaxSize(30)).as(Course::new);
    }
}
