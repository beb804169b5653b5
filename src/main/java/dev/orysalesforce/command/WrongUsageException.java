package dev.orysalesforce.command;

/** A command lacks something that the operator has to give; the message says what. */
class WrongUsageException extends RuntimeException {

    WrongUsageException(String message) {
        super(message);
    }
}
