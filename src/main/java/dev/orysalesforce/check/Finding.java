package dev.orysalesforce.check;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * Something that keeps routes, mappings, configuration and org from fitting together.
 *
 * @param severity {@code error}: it would not work; {@code warning}: it works, but perhaps not as it is meant
 * @param place a file, with a line if that is known, or an object and field in Salesforce
 * @param message what is wrong; quotes no value
 * @param why what comes of it; null where the message says it
 * @param remedy what to do
 */
public record Finding(String severity, String place, String message,
        @JsonInclude(JsonInclude.Include.NON_NULL) String why, String remedy) {

    public static Finding error(String place, String message, String remedy) {
        return new Finding("error", place, message, null, remedy);
    }
}
