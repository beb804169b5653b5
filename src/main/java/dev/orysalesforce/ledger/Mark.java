package dev.orysalesforce.ledger;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the ledger keeps of a field in place of a value's hash, if the app may replace only what it has written there itself.
 *
 * @param hashes of what the app has written; several if the answer to a call was lost
 */
public record Mark(Kind kind, Set<String> hashes) {

    /** What the field got. Its sign precedes each hash; it is in no hash, and begins nothing else that the ledger keeps of a field. */
    public enum Kind {
        /** A stand-in for a missing value. */
        STAND_IN("^"),
        /** A link to a parent. */
        LINK("@");

        private final String sign;

        Kind(String sign) {
            this.sign = sign;
        }

        /** @param stored what the ledger keeps of a field; null if it keeps nothing */
        public boolean isOn(String stored) {
            return stored != null && stored.startsWith(sign);
        }

        /** @param stored what the ledger keeps of a field; a text that is no such mark has no hashes */
        public Mark read(String stored) {
            return new Mark(this, isOn(stored) ? new LinkedHashSet<>(List.of(stored.substring(1).split(Pattern.quote(sign)))) : Set.of());
        }

        public Mark of(String hash) {
            return new Mark(this, Set.of(hash));
        }
    }

    /** Whether the record holds what has this hash, unless sales has typed something else. */
    public boolean isOnly(String hash) {
        return hashes.equals(Set.of(hash));
    }

    /** The mark of a record that may hold what either tells. */
    public Mark or(Mark other) {
        Set<String> all = new LinkedHashSet<>(hashes);
        all.addAll(other.hashes);
        return new Mark(kind, all);
    }

    /** The text for the ledger. */
    @Override
    public String toString() {
        return kind.sign + String.join(kind.sign, hashes);
    }
}
