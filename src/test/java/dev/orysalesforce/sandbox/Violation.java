package dev.orysalesforce.sandbox;

/**
 * Something a client of Salesforce must never do.
 *
 * @param kind      what it is
 * @param identity  whose record
 * @param call      the call that did it
 * @param otherCall the call it collided with, or the same one
 */
public record Violation(Kind kind, String identity, long call, long otherCall) {

    /** What can go wrong. */
    public enum Kind {
        /** One identity more than once in a call. */
        TWICE_IN_ONE_CALL,
        /** One identity in two writing calls in flight at a time. */
        IN_TWO_CALLS_AT_ONCE
    }
}
