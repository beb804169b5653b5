package dev.orysalesforce.console;

import dev.orysalesforce.operator.DeadLetterItem;
import dev.orysalesforce.operator.IdentityStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What happened to an identity, oldest first, and what will. */
final class Timeline {

    /** @param what a sentence without values of the identity */
    record Step(Instant at, String what) {}

    private Timeline() {}

    /** @param identity null if nothing is known of it */
    static List<Step> of(IdentityStatus identity) {
        List<Step> steps = new ArrayList<>();
        if (identity != null) {
            add(steps, identity.version(), "This state at Ory is the newest that Salesforce has.");
            if (identity.lastEvent() != null) {
                add(steps, identity.lastEvent().receivedAt(), "The app received its last event (" + identity.lastEvent().event() + ")"
                        + (identity.mapping() == null ? "." : ", which " + identity.mapping() + " mapped."));
            }
            Map<Instant, List<String>> sent = new TreeMap<>();
            identity.fieldsSentAt().forEach((field, at) -> sent.computeIfAbsent(at, time -> new ArrayList<>()).add(field));
            sent.forEach((at, fields) -> add(steps, at, begin(identity, at.equals(sent.keySet().iterator().next()))
                    + String.join(", ", fields) + " to Salesforce."));
            if (identity.ory() != null) {
                add(steps, identity.ory().listedAt(), "A comparison found it at Ory.");
            }
            if (identity.salesforce() != null) {
                add(steps, identity.salesforce().readAt(), "A comparison found its record in Salesforce.");
            }
            for (DeadLetterItem letter : identity.deadLetters()) {
                add(steps, letter.failedAt(), "An event of it became a dead letter (" + letter.code() + ").");
            }
            add(steps, identity.nextRetryAt(), "The app tries its last event again.");
        }
        return steps.stream().sorted(Comparator.comparing(Step::at)).toList();
    }

    private static String begin(IdentityStatus identity, boolean isFirst) {
        String began = !isFirst || identity.foundBy() == null ? null : switch (identity.foundBy()) {
            case "created" -> "created the record, and";
            case "email", "duplicate-rule" -> "adopted a record, and";
            default -> null;
        };
        return "The app " + (began == null ? "" : began + " ") + "sent ";
    }

    private static void add(List<Step> steps, Instant at, String what) {
        if (at != null) {
            steps.add(new Step(at, what));
        }
    }
}
