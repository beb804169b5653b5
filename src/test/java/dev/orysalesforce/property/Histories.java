package dev.orysalesforce.property;

import dev.orysalesforce.property.Step.Trouble;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Makes histories. Values come from small pools, so that they often change back to what they were. */
final class Histories {

    private static final int STATES = 12;
    private static final int NEXT = STATES;
    private static final int NEXT_BUT_ONE = STATES + 1;
    private static final Map<String, List<String>> POOLS = new TreeMap<>(Map.of(
            "Email", List.of("ada@example.org", "Ada.King@example.org"), "LastName", List.of("Lovelace", "King"),
            "FirstName", List.of("Ada", "Augusta"), "Phone", List.of("+44 1", "+44 2"),
            "Company", List.of("Engines Ltd", "Looms & Sons"), "City", List.of("London", "Turin")));

    private Histories() {}

    /** For an app that can't be killed: it shares its process with the test. */
    static Arbitrary<History> withoutKills(int people, int steps) {
        return histories(people, steps, scene(people));
    }

    static Arbitrary<History> withKills(int people, int steps) {
        Arbitrary<Step> kill = Combinators.combine(Arbitraries.of(true, false), Arbitraries.frequency(
                Tuple.of(3, false), Tuple.of(1, true))).as(Step.Kill::new);
        return histories(people, steps, Arbitraries.frequencyOf(
                Tuple.of(40, scene(people)), Tuple.of(1, kill.map(List::of))));
    }

    private static Arbitrary<History> histories(int people, int steps, Arbitrary<List<Step>> scene) {
        Arbitrary<List<List<State>>> told = state().list().ofSize(STATES).map(Histories::inOrder).list().ofSize(people)
                .map(Histories::withAddressesOfTheirOwn);
        return Combinators.combine(told, scene.list().ofMinSize(steps / 2).ofMaxSize(steps))
                .as((states, drawn) -> new History(states, inTurn(drawn, people)));
    }

    /** People mostly advance to their next state; now and then one is skipped, to come late, or repeated. */
    private static List<Step> inTurn(List<List<Step>> drawn, int people) {
        int[] reached = new int[people];
        Arrays.fill(reached, -1);
        return drawn.stream().flatMap(List::stream).map(step -> {
            if (!(step instanceof Step.Tell tell)) {
                return step;
            }
            int at = reached[tell.person()];
            int state = tell.state() < NEXT ? tell.state() % (at + 2)
                    : at + (tell.state() == NEXT_BUT_ONE ? 2 : 1);
            state = Math.min(state, STATES - 1);
            reached[tell.person()] = Math.max(at, state);
            return new Step.Tell(tell.person(), state, tell.event(), tell.verified(), tell.campaign());
        }).toList();
    }

    private static Arbitrary<State> state() {
        Arbitrary<Map<String, String>> fields = Combinators
                .combine(POOLS.entrySet().stream()
                        .map(pool -> Arbitraries.of(pool.getValue()).injectNull(isRequired(pool.getKey()) ? 0 : 0.3)).toList())
                .as(values -> {
                    Map<String, String> told = new TreeMap<>();
                    int i = 0;
                    for (String field : POOLS.keySet()) {
                        if (values.get(i) != null) {
                            told.put(field, values.get(i));
                        }
                        i++;
                    }
                    return told;
                });
        return Combinators.combine(fields, Arbitraries.frequency(Tuple.of(40, true), Tuple.of(1, false)))
                .as((told, timed) -> new State(0, timed, timed ? told : complete(told)));
    }

    private static boolean isRequired(String field) {
        return field.equals("Email") || field.equals("LastName");
    }

    /** An event without a time can't clear a field, so that missing fields could have any value. */
    private static Map<String, String> complete(Map<String, String> told) {
        Map<String, String> all = new TreeMap<>(told);
        POOLS.forEach((field, pool) -> all.putIfAbsent(field, pool.get(0)));
        return all;
    }

    private static List<State> inOrder(List<State> states) {
        List<State> ordered = new ArrayList<>();
        for (State state : states) {
            ordered.add(new State(ordered.size() + 1, state.timed(), state.fields()));
        }
        return ordered;
    }

    /** An address belongs to one identity; Ory ensures that, and the app adopts records by it. */
    private static List<List<State>> withAddressesOfTheirOwn(List<List<State>> people) {
        return IntStream.range(0, people.size()).mapToObj(person -> people.get(person).stream().map(state -> {
            Map<String, String> fields = new TreeMap<>(state.fields());
            fields.computeIfPresent("Email", (field, address) -> person + "." + address);
            return new State(state.second(), state.timed(), fields);
        }).toList()).toList();
    }

    /** Steps that happen together: mostly a single one. */
    private static Arbitrary<List<Step>> scene(int people) {
        Arbitrary<Integer> person = Arbitraries.integers().between(0, people - 1);
        Arbitrary<Integer> rows = Arbitraries.integers().between(1, 3);
        Arbitrary<Step> disturb = Combinators.combine(Arbitraries.of(Trouble.class),
                Arbitraries.integers().between(1, 5)).as(Step.Disturb::new);
        Arbitrary<Step> refuse = Combinators.combine(person, Arbitraries.of("UNABLE_TO_LOCK_ROW",
                "FIELD_CUSTOM_VALIDATION_EXCEPTION", "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"), rows).as(Step.Refuse::new);
        Arbitrary<Step> correct = Combinators.combine(person,
                Arbitraries.of("LastName", "FirstName", "Phone", "Company", "City")).as(Step.Correct::new);
        Arbitrary<Step> convert = Combinators.combine(person, Arbitraries.of(true, false)).as(Step.Convert::new);
        Arbitrary<Step> merge = Combinators.combine(person, Arbitraries.of(true, false)).as(Step.Merge::new);
        Arbitrary<List<Step>> overtake = person.flatMap(one -> Combinators.combine(rows, tell(one), tell(one)).as(
                (times, older, newer) -> List.of(new Step.Refuse(one, "UNABLE_TO_LOCK_ROW", times), older,
                        new Step.Feel(), newer)));
        Arbitrary<Step> single = Arbitraries.frequencyOf(Tuple.of(80, person.flatMap(Histories::tell)),
                Tuple.of(8, disturb), Tuple.of(3, refuse),
                Tuple.of(4, Arbitraries.create(Step.Heal::new)), Tuple.of(2, Arbitraries.create(Step.ExpireTokens::new)),
                Tuple.of(5, correct), Tuple.of(2, person.map(Step.Note::new)), Tuple.of(4, convert), Tuple.of(2, merge),
                Tuple.of(1, person.map(Step.Delete::new)), Tuple.of(1, Arbitraries.create(Step.Replay::new)));
        return Arbitraries.frequencyOf(Tuple.of(30, single.map(List::of)), Tuple.of(1, overtake));
    }

    private static Arbitrary<Step> tell(int person) {
        return Combinators.combine(Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.integers().between(0, STATES - 1)), Tuple.of(5, Arbitraries.of(NEXT)),
                Tuple.of(1, Arbitraries.of(NEXT_BUT_ONE))),
                Arbitraries.of("registration", "settings", "login", "verification", "recovery"),
                Arbitraries.of(true, false), Arbitraries.of("spring", "autumn").injectNull(0.5))
                .as((state, event, verified, campaign) -> new Step.Tell(person, state, event, verified, campaign));
    }
}
