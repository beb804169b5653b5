package dev.orysalesforce.check;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * A conflict among routes, mappings, configuration and org.
 *
 * @param severity {@code error}: it would not work; {@code warning}: it works, but perhaps not as intended
 * @param place a file, with a line if that is known, or an object and field in Salesforce
 * @param message what is wrong; quotes no value
 * @param why the consequence; null where the message says it
 * @param remedy what the operator can do
 */
public record Finding(String severity, String place, String message,
        @JsonInclude(JsonInclude.Include.NON_NULL) String why, String remedy) {

    public static Finding error(String place, String message, String remedy) {
        return new Finding("error", place, message, null, remedy);
    }
}
