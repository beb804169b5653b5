package dev.orysalesforce.property;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The allowed values in the record of one person at the end. Mostly one value for each field; several if they depend on
 * which events met in a batch.
 */
final class Expectation {

    static final String STOP_GAP = "[Not Provided]";

    private final List<Told> told = new ArrayList<>();
    private final Map<String, Correction> corrections = new HashMap<>();
    private boolean ledgerLost;
    private boolean converted;
    private String note;

    /** @param whole whether a field that it lacks does not exist any more; a login, say, may leave fields out */
    private record Told(State state, boolean verified, boolean whole, int order) {

        private static final Comparator<Told> VERSION = Comparator
                .comparing((Told told) -> told.state.timed() ? told.state.updatedAt() : Instant.MAX)
                .thenComparing(told -> told.state.timed() && told.verified)
                .thenComparingInt(Told::order);

        boolean isNewerThan(Told other) {
            return VERSION.compare(this, other) > 0;
        }

        String value(String field) {
            return state.fields().get(field);
        }

        boolean leavesOpen(String field) {
            return !whole && value(field) == null;
        }
    }

    /** @param on the newest state when it was made */
    private record Correction(String value, Told on) {}

    void accepted(State state, boolean verified, String event) {
        told.add(new Told(state, verified, !List.of("login", "verification", "recovery").contains(event), told.size()));
    }

    void corrected(String field, String value) {
        corrections.put(field, new Correction(value, newest()));
    }

    void noted(String text) {
        note = text;
    }

    /** A Contact now: fields of the Lead that the newest state lacks stay, because the app did not write them there. */
    void converted() {
        converted = true;
    }

    /** @param startsAnew whether the app can't find the record any more, so that another one replaces it */
    void lostLedger(boolean startsAnew) {
        ledgerLost = true;
        if (startsAnew) {
            corrections.clear();
            note = null;
            converted = false;
        }
    }

    boolean isKnown() {
        return !told.isEmpty();
    }

    State newestState() {
        return newest().state;
    }

    boolean newestIsVerified() {
        return newest().verified;
    }

    String note() {
        return note;
    }

    /** @return the values that are right; null stands for an empty field */
    Set<String> of(String field) {
        Correction correction = corrections.get(field);
        Set<String> right = new HashSet<>();
        if (correction == null) {
            right.add(newest().value(field));
            if (newest().value(field) == null && (ledgerLost || field.equals("Company"))) {
                // It is not known any more that the value came from Ory; or the org requires a value, and any is allowed.
                told.forEach(event -> right.add(event.value(field)));
            }
        } else {
            List<Told> later = told.stream().filter(event -> event.isNewerThan(correction.on())).toList();
            String before = correction.on().value(field);
            boolean changed = later.stream().anyMatch(event -> !Objects.equals(event.value(field), before));
            boolean changedInTheEnd = !Objects.equals(newest().value(field), before);
            if (changed || ledgerLost) {
                right.add(newest().value(field));
            }
            if (!changedInTheEnd || ledgerLost || field.equals("Company") && isNothingNew(correction)) {
                right.add(correction.value());
            }
            if (newest().value(field) == null && (ledgerLost || field.equals("Company"))) {
                later.forEach(event -> right.add(event.value(field)));
            }
        }
        if (converted && newest().value(field) == null || newest().leavesOpen(field)) {
            told.forEach(event -> right.add(event.value(field)));
            right.add(correction == null ? null : correction.value());
        }
        if (correction != null && correction.on().leavesOpen(field)) { // it may have held what came later anyway
            right.add(newest().value(field));
            right.add(correction.value());
        }
        if (field.equals("Company") && right.remove(null) && correction == null) {
            right.add(STOP_GAP);
        }
        return right;
    }

    /** Whether the company was removed, which clears nothing, or may have been sent last before it was removed. */
    private boolean isNothingNew(Correction correction) {
        String company = newest().value("Company");
        return company == null || correction.on().value("Company") == null
                && told.stream().anyMatch(event -> !event.isNewerThan(correction.on()) && company.equals(event.value("Company")));
    }

    /** The values that a write of this version may carry for a field. */
    Set<String> at(Instant version, String field) {
        List<Told> events = told.stream()
                .filter(event -> event.state.timed() ? event.state.updatedAt().equals(version) : isReceipt(version)).toList();
        boolean open = events.stream().anyMatch(event -> event.leavesOpen(field)); // an earlier event of its batch completes it
        return (open ? told : events).stream().map(event -> event.value(field)).collect(Collectors.toCollection(HashSet::new));
    }

    private static boolean isReceipt(Instant version) {
        return version.isAfter(State.START.plusSeconds(1_000_000));
    }

    private Told newest() {
        return told.stream().max(Told.VERSION).orElseThrow();
    }

    @Override
    public String toString() {
        return told + ", by hand: " + corrections;
    }
}
