package dev.orysalesforce.reconcile;

/** A run can't go on: something is wrong that waiting does not fix. The message is for the operator. */
public class RunFailedException extends RuntimeException {

    public RunFailedException(String message) {
        super(message);
    }
}
