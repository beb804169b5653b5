package dev.orysalesforce.reconcile;

import java.time.Duration;

/** Ory can't answer at the moment. The message is for the operator. */
class RetryLaterException extends RuntimeException {

    private final Duration pause;

    /** @param pause how long Ory asks the app to wait; null if it does not say */
    RetryLaterException(String message, Duration pause) {
        super(message);
        this.pause = pause;
    }

    Duration pause() {
        return pause;
    }
}
