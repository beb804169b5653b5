package dev.orysalesforce.property;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What happened to some people and their app.
 *
 * @param people the states of each person, oldest first
 * @param steps in their order
 */
record History(List<List<State>> people, List<Step> steps) {

    State state(Step.Tell told) {
        return people.get(told.person()).get(told.state());
    }

    boolean losesTheLedger() {
        return steps.stream().anyMatch(step -> step instanceof Step.Kill kill && kill.losingTheLedger());
    }

    /** A line for each person and step: what a failure shows. */
    @Override
    public String toString() {
        return "\n" + IntStream.range(0, people.size()).mapToObj(i -> "  person " + i + ": " + people.get(i) + "\n")
                .collect(Collectors.joining())
                + steps.stream().map(step -> "  " + step + "\n").collect(Collectors.joining());
    }
}
