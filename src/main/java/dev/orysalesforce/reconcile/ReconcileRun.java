package dev.orysalesforce.reconcile;

import java.time.Instant;

/** The state of a run between its steps. */
final class ReconcileRun {

    /** The phases of a run, in this order. */
    enum Phase {
        /** Checks that it is the right project, by identities that have a record. */
        PROJECT,
        /** Lists all identities; position: the page token. */
        LIST,
        /** Reads the Ory IDs in Salesforce; position: the last ID that was read. */
        CONTACTS, LEADS, ACCOUNTS,
        /** Queries Ory for identities whose Lead was converted, to continue with the Contacts; position: the last one queried. */
        CONVERTED,
        /** Queries Ory for identities of the ledger that were not listed; position: the last one queried. */
        MISSING,
        /** Erases identities that Ory no longer has, if configured; position: the last one. */
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

    /** Whether the run has not read all of Salesforce, so that this half of its result is that of an earlier run. */
    boolean isSalesforceStale() {
        return readingSince != null && (readSince == null || readSince.isBefore(readingSince));
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

    /** What the operator should know; null if all is well. */
    String error() {
        return error != null ? error : note;
    }
}
