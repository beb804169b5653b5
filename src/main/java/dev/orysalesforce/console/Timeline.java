package dev.orysalesforce.console;

import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.ledger.History;
import dev.orysalesforce.operator.DeadLetterItem;
import dev.orysalesforce.operator.IdentityStatus;
import dev.orysalesforce.operator.IdentityStatus.LastEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What happened to an identity, oldest first, and what will. */
final class Timeline {

    private static final String REFUSED = "dead-letter";

    /** @param what a sentence without values of the identity */
    record Step(Instant at, String what) {}

    private Timeline() {}

    /** @param identity null if nothing is known of it */
    static List<Step> of(IdentityStatus identity) {
        List<Step> steps = new ArrayList<>();
        if (identity != null) {
            add(steps, identity.version(), "This state at Ory is the newest that Salesforce has.");
            Set<Instant> received = new HashSet<>();
            Set<Instant> refused = new HashSet<>();
            identity.history().forEach(step -> {
                if (received.add(step.receivedAt())) {
                    add(steps, step.receivedAt(), received(step.event(), step.mapping()));
                }
                if (refused.contains(step.receivedAt())) {
                    add(steps, step.at(), "The event was replayed from its dead letter.");
                }
                if (step.outcome().equals(REFUSED)) {
                    refused.add(step.receivedAt());
                }
                add(steps, step.at(), found(step.foundBy()));
                add(steps, step.at(), became(step));
            });
            LastEvent last = identity.lastEvent();
            if (last != null && received.add(last.receivedAt())) {
                add(steps, last.receivedAt(), received(last.event(), identity.mapping()));
            }
            sent(identity).forEach((at, fields) -> add(steps, at, "The app last sent " + String.join(", ", fields) + "."));
            if (identity.ory() != null) {
                add(steps, identity.ory().listedAt(), "A comparison found it at Ory.");
            }
            if (identity.salesforce() != null) {
                add(steps, identity.salesforce().readAt(), "A comparison found its record in Salesforce.");
            }
            identity.deadLetters().stream().filter(letter -> identity.history().stream().noneMatch(step -> isOf(step, letter)))
                    .forEach(letter -> add(steps, letter.failedAt(), "An event became a dead letter (" + letter.code() + ")."));
            add(steps, identity.nextRetryAt(), "The app tries its last event again.");
        }
        return steps.stream().sorted(Comparator.comparing(Step::at)).toList();
    }

    /** The ledger keeps these times to the second; that of the event that was sent then is exact. */
    private static Map<Instant, List<String>> sent(IdentityStatus identity) {
        Map<Instant, List<String>> sent = new TreeMap<>();
        identity.fieldsSentAt().forEach((field, at) -> sent.computeIfAbsent(identity.history().stream().map(History.Step::at)
                .filter(exact -> exact.truncatedTo(ChronoUnit.SECONDS).equals(at)).findFirst().orElse(at), time -> new ArrayList<>())
                .add(field));
        return sent;
    }

    private static String received(String event, String mapping) {
        return switch (event) {
            case IdentityChange.GATEWAY -> "The gateway received a record of this identity.";
            case IdentityChange.GONE -> "The app read at Ory that this identity is gone.";
            case IdentityChange.RECONCILE -> "The app read the state of this identity at Ory" + mapped(mapping);
            default -> "The app received an event of this identity (" + event + ")" + mapped(mapping);
        };
    }

    private static String mapped(String mapping) {
        return mapping == null ? "." : ", which " + mapping + " mapped.";
    }

    private static String found(String by) {
        return by == null ? null : switch (by) {
            case "created" -> "The app created the record.";
            case "ory-id" -> "The app found the record by the Ory ID.";
            case "email" -> "The app adopted a record that has the same e-mail address.";
            case "duplicate-rule" -> "The app adopted the record that a duplicate rule of the org named.";
            case "conversion" -> "The app found the Contact of a Lead that sales has converted.";
            case "merge" -> "The app found the record with which sales has merged the other one.";
            default -> null;
        };
    }

    private static String became(History.Step step) {
        String why = step.code() == null ? "." : " (" + step.code() + ").";
        return switch (step.outcome()) {
            case "synced" -> "Salesforce has what the app sent" + why;
            case "unchanged" -> "The event changed nothing in Salesforce" + why;
            case "retry" -> "The app could not write the record, and tries again later" + why;
            case "discarded" -> "An operator discarded the event" + why;
            case REFUSED -> "The event became a dead letter" + why;
            default -> "The app wrote nothing for the event" + why;
        };
    }

    private static boolean isOf(History.Step step, DeadLetterItem letter) {
        return step.outcome().equals(REFUSED) && step.receivedAt().equals(letter.receivedAt());
    }

    private static void add(List<Step> steps, Instant at, String what) {
        if (at != null && what != null) {
            steps.add(new Step(at, what));
        }
    }
}
