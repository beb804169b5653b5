package dev.orysalesforce.property;

import dev.orysalesforce.Ory;

/** The app, as a history meets it. */
interface App {

    Ory ory();

    /** Events in the journal. */
    long pending();

    /** What the books say came in, minus what they say became of it; 0 at a quiet moment. */
    long imbalance();

    /** How many events the books say were accepted since the app started. */
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
