package dev.orysalesforce.sandbox;

/** Ends the work on one row. */
final class RowRefused extends RuntimeException {
    private final transient RowError error;

    RowRefused(RowError error) {
        super(error.message(), null, false, false);
        this.error = error;
    }

    RowRefused(String code, String message, String... fields) {
        this(new RowError(code, message, fields));
    }

    RowError error() {
        return error;
    }
}
