package dev.orysalesforce.receive;

/** An invalid parameter or body of the operator API; the message says what is valid, and quotes nothing. */
public class BadRequestException extends RuntimeException {

    public BadRequestException(String message) {
        super(message, null, false, false);
    }
}
