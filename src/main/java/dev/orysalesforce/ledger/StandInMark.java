package dev.orysalesforce.ledger;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the ledger keeps of a field that got a stand-in for a missing value, in place of a value's hash.
 *
 * @param hashes of the stand-ins that the record may hold; several if the answer to a call was lost
 */
public record StandInMark(Set<String> hashes) {

    /** Precedes each hash. It is in no hash, and begins nothing else that the ledger keeps of a field. */
    private static final String SIGN = "^";

    public StandInMark(String hash) {
        this(Set.of(hash));
    }

    /** @param stored what the ledger keeps of a field; null if it keeps nothing */
    public static boolean isMark(String stored) {
        return stored != null && stored.startsWith(SIGN);
    }

    /** @param stored what the ledger keeps of a field; a text that is no mark has no hashes */
    public static StandInMark of(String stored) {
        return new StandInMark(isMark(stored) ? new LinkedHashSet<>(List.of(stored.substring(1).split("\\" + SIGN))) : Set.of());
    }

    /** Whether the record may hold this stand-in and no other. */
    public boolean isOnly(String hash) {
        return hashes.equals(Set.of(hash));
    }

    /** The mark of a record that may hold the stand-ins of both. */
    public StandInMark or(StandInMark other) {
        Set<String> all = new LinkedHashSet<>(hashes);
        all.addAll(other.hashes);
        return new StandInMark(all);
    }

    /** The text for the ledger. */
    @Override
    public String toString() {
        return SIGN + String.join(SIGN, hashes);
    }
}
