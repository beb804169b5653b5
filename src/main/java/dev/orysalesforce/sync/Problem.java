package dev.orysalesforce.sync;

/**
 * Something that a person should know before a record is sent.
 *
 * @param severity {@code error}: it would be refused; {@code warning}: it would not be what one may expect; {@code info}
 * @param field the field in Salesforce; null if it is not about one
 * @param message what, and what to do; quotes no value
 */
public record Problem(String severity, String field, String message) {

    static Problem error(String field, String message) {
        return new Problem("error", field, message);
    }

    static Problem warning(String message) {
        return new Problem("warning", null, message);
    }

    static Problem info(String message) {
        return new Problem("info", null, message);
    }
}
