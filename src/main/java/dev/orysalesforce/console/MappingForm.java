package dev.orysalesforce.console;

import org.springframework.util.StringUtils;

/**
 * What a person tries; each may be null.
 *
 * @param mapping the mapping in use that is tried, or that the candidate replaces
 * @param text of the candidate
 * @param language of the candidate: the ending of its file
 * @param sample {@code example} or {@code body}: which of the two is the sample
 * @param example the name of an example
 * @param body what Ory would send
 * @param identity the Ory ID of a real identity
 */
record MappingForm(String mapping, String text, String language, String sample, String example, String body, String identity) {

    /** The text without the line ends of forms; null if there is no candidate. */
    String candidate() {
        return StringUtils.hasText(text) ? text.replace("\r\n", "\n") : null;
    }
}
