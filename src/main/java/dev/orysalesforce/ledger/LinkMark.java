package dev.orysalesforce.ledger;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the ledger keeps of a field that links a record to a parent, in place of a value's hash.
 *
 * @param hashes of the links that the app has written; several if the answer to a call was lost
 */
public record LinkMark(Set<String> hashes) {

    /** Precedes each hash. It is in no hash, and begins nothing else that the ledger keeps of a field. */
    private static final String SIGN = "@";

    public LinkMark(String hash) {
        this(Set.of(hash));
    }

    /** @param stored what the ledger keeps of a field; null if it keeps nothing */
    public static boolean isMark(String stored) {
        return stored != null && stored.startsWith(SIGN);
    }

    /** @param stored what the ledger keeps of a field; a text that is no mark has no hashes */
    public static LinkMark of(String stored) {
        return new LinkMark(isMark(stored) ? new LinkedHashSet<>(List.of(stored.substring(1).split(SIGN))) : Set.of());
    }

    /** Whether the record holds this link, unless sales has typed another one. */
    public boolean isOnly(String hash) {
        return hashes.equals(Set.of(hash));
    }

    /** The mark of a record that may hold the links of both. */
    public LinkMark or(LinkMark other) {
        Set<String> all = new LinkedHashSet<>(hashes);
        all.addAll(other.hashes);
        return new LinkMark(all);
    }

    /** The text for the ledger. */
    @Override
    public String toString() {
        return SIGN + String.join(SIGN, hashes);
    }
}
