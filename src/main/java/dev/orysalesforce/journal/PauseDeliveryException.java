package dev.orysalesforce.journal;

/**
 * Salesforce can't take any record now, for a reason that is not the records': the batch rolls back, the order is kept, and
 * the next try comes after a pause.
 */
public class PauseDeliveryException extends RuntimeException {

    private final String code;

    /**
     * @param code the reason, for programs, e.g. REQUEST_LIMIT_EXCEEDED
     * @param message what happened and what the operator can do, for health and log; holds no value of an identity
     */
    public PauseDeliveryException(String code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    public String code() {
        return code;
    }
}
