package dev.orysalesforce.sync;

/**
 * Something that keeps routes, mappings, configuration and org from fitting together.
 *
 * @param severity {@code error}: it would not work
 * @param place a file, with a line if that is known, or an object and field in Salesforce
 * @param message what is wrong; quotes no value
 * @param remedy what to do
 */
public record Finding(String severity, String place, String message, String remedy) {

    public static Finding error(String place, String message, String remedy) {
        return new Finding("error", place, message, remedy);
    }
}
