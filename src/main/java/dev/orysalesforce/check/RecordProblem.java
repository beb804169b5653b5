package dev.orysalesforce.check;

/**
 * A problem of a record that is not sent yet.
 *
 * @param severity {@code error}: Salesforce would reject it; {@code warning}: the result may be unexpected; {@code info}
 * @param field the field in Salesforce; null if it is not about one
 * @param message the problem and what the operator can do; quotes no value
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
