package dev.orysalesforce.sync;

/**
 * What became of a parent that a mapping answers for a record.
 *
 * @param salesforceId of the parent; null unless it is linked
 */
public record ParentLink(Parent parent, State state, String salesforceId) {

    public enum State {
        /** It still has to be found or created. */
        WANTED,
        /** It is known, and the record is to refer to it. */
        LINKED,
        /** It is not known, so the record keeps the link that it has. */
        LEFT_OUT,
        /** The record has a link that the app did not write, which stays. */
        OF_SALES
    }

    static ParentLink wish(Parent parent) {
        return new ParentLink(parent, State.WANTED, null);
    }

    public boolean isWanted() {
        return state == State.WANTED;
    }

    public boolean isLinked() {
        return state == State.LINKED;
    }
}
