package dev.orysalesforce.receive;

/** A parameter or body of the operator API that makes no sense; the message says what would, and quotes nothing. */
public class BadRequestException extends RuntimeException {

    public BadRequestException(String message) {
        super(message, null, false, false);
    }
}
