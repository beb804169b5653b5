package dev.orysalesforce.reconcile;

/** A run can't continue, and waiting does not help. The message is for the operator. */
public class RunFailedException extends RuntimeException {

    public RunFailedException(String message) {
        super(message);
    }
}
