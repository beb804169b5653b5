package dev.orysalesforce.token;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * An error as in RFC 6749, 5.2. It never holds a value that the caller sent.
 *
 * @param error the reason, for programs
 * @param description what happened and what the caller can do; printable ASCII without quotes and backslashes
 */
record OAuthError(String error, @JsonProperty("error_description") String description) {

    OAuthError {
        description = description.replaceAll("[\"\\\\]", "'").replaceAll("[^\\x20-\\x7E]+", " ");
    }
}
