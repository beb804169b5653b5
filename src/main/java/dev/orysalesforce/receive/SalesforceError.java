package dev.orysalesforce.receive;

import java.util.List;

/**
 * An error as Salesforce tells it, in a list. It never holds a value that the caller sent.
 *
 * @param errorCode what a program can go by
 * @param message what happened and what to do about it
 * @param fields the fields that are meant; may be empty
 */
public record SalesforceError(String errorCode, String message, List<String> fields) {

    public static SalesforceError of(String errorCode, String message, String... fields) {
        return new SalesforceError(errorCode, message, List.of(fields));
    }
}
