package dev.orysalesforce.receive;

import org.springframework.http.HttpStatus;

/**
 * An RFC 9457 problem body. It never holds a value that the caller sent.
 *
 * @param title the status in words
 * @param status HTTP status
 * @param code the reason, for programs
 * @param detail what happened and what the caller can do
 */
public record Problem(String title, int status, String code, String detail) {

    public static Problem of(HttpStatus status, String code, String detail) {
        return new Problem(status.getReasonPhrase(), status.value(), code, detail);
    }
}
