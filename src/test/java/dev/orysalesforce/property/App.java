package dev.orysalesforce.property;

import dev.orysalesforce.Ory;

/** The app, as a history meets it. */
interface App {

    Ory ory();

    /** Events in the journal. */
    long pending();

    /** The counters of received events minus those of outcomes; 0 when no batch is in flight. */
    long imbalance();

    /** How many events were accepted since the app started, by its counter. */
    long accepted();

    /** Puts all dead letters back into the journal. */
    void replay();

    /** How many dead letters there are. */
    long deadLetters();

    /** SIGKILL. */
    void kill();

    void deleteLedger();

    void start();
}
