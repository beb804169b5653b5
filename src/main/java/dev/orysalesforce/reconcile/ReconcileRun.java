package dev.orysalesforce.reconcile;

import java.time.Instant;

/** A run, as it is remembered between its steps. */
final class ReconcileRun {

    /** What a run does, in this order. */
    enum Phase {
        /** Is it the right project? Asks for identities that have a record. */
        PROJECT,
        /** Lists all identities; position: the page token. */
        LIST,
        /** Reads the Ory IDs in Salesforce; position: where the next page is. */
        CONTACTS, LEADS,
        /** Asks for those of the ledger that were not listed; position: the last one that was asked for. */
        MISSING,
        /** Erases those that Ory has no more, if it is told to; position: the last one. */
        ERASE
    }

    final Instant startedAt;
    String state = "running";
    Phase phase = Phase.PROJECT;
    String position;
    Instant finishedAt;
    int pages;
    long seen;
    long queued;
    long missing;
    long gone;
    String error;
    String note;
    Instant readingSince;
    Instant listedSince;
    Instant readSince;

    ReconcileRun(Instant startedAt) {
        this.startedAt = startedAt;
    }

    boolean isRunning() {
        return state.equals("running");
    }

    void go(Phase next) {
        phase = next;
        position = null;
    }

    void end(String state, Instant now, String error) {
        this.state = state;
        this.finishedAt = now;
        this.error = error;
    }

    /** What a person should know of it; null if all is well. */
    String error() {
        return error != null ? error : note;
    }
}
