package dev.orysalesforce.token;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * An error as RFC 6749, 5.2 has it. It never holds a value that the caller sent.
 *
 * @param error what a program can go by
 * @param description what happened and what to do about it; printable ASCII without quotes and backslashes
 */
record OAuthError(String error, @JsonProperty("error_description") String description) {

    OAuthError {
        description = description.replaceAll("[\"\\\\]", "'").replaceAll("[^\\x20-\\x7E]+", " ");
    }
}
