package dev.orysalesforce.journal;

/**
 * Nothing is wrong with the records, but Salesforce can't take them now: the batch rolls back, the order is kept, and
 * the next try comes after a pause.
 */
public class PauseDeliveryException extends RuntimeException {

    private final String code;

    /**
     * @param code what a program can go by, e.g. REQUEST_LIMIT_EXCEEDED
     * @param message what happened and what to do, for health and log; holds no value of an identity
     */
    public PauseDeliveryException(String code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    public String code() {
        return code;
    }
}
