package dev.orysalesforce.operator;

import dev.orysalesforce.ledger.DeadLetterIndex;
import java.time.Instant;
import java.util.List;

/**
 * The dead letters by code.
 *
 * @param items the largest group first
 * @param total the number of dead letters in all groups
 */
public record DeadLetterGroups(List<Item> items, long total) {

    /**
     * @param meaning the code in plain words
     * @param remedy what a person can do about it
     * @param first when the first of them became a dead letter
     * @param last when the last of them became one
     */
    public record Item(String code, String meaning, String remedy, long count, Instant first, Instant last) {

        /** Whether they are letters of this app, and not messages that another program has written. */
        public boolean ofThisApp() {
            return !JmsSelectors.UNREADABLE_LETTER.equals(code);
        }
    }

    static DeadLetterGroups of(List<DeadLetterIndex.Group> groups, CodeExplanations explanations) {
        return new DeadLetterGroups(groups.stream().map(group -> {
            CodeExplanations.Explanation explanation = explanations.of(group.code());
            return new Item(group.code(), explanation.meaning(), explanation.remedy(), group.count(), group.first(), group.last());
        }).toList(), groups.stream().mapToLong(DeadLetterIndex.Group::count).sum());
    }
}
