package dev.orysalesforce.receive;

import java.util.List;

/**
 * An error in Salesforce's format, a list. It never holds a value that the caller sent.
 *
 * @param errorCode the reason, for programs
 * @param message what happened and what the caller can do
 * @param fields the fields concerned; may be empty
 */
public record SalesforceError(String errorCode, String message, List<String> fields) {

    public static SalesforceError of(String errorCode, String message, String... fields) {
        return new SalesforceError(errorCode, message, List.of(fields));
    }
}
