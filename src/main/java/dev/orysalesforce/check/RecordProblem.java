package dev.orysalesforce.check;

/**
 * Something that a person should know before a record is sent.
 *
 * @param severity {@code error}: it would be refused; {@code warning}: it would not be what one may expect; {@code info}
 * @param field the field in Salesforce; null if it is not about one
 * @param message what, and what to do; quotes no value
 */
public record RecordProblem(String severity, String field, String message) {

    static RecordProblem error(String field, String message) {
        return new RecordProblem("error", field, message);
    }

    static RecordProblem warning(String message) {
        return new RecordProblem("warning", null, message);
    }

    static RecordProblem info(String message) {
        return new RecordProblem("info", null, message);
    }
}
