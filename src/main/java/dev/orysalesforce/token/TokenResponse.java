package dev.orysalesforce.token;

/**
 * What a client is answered.
 *
 * @param status HTTP status
 * @param body what becomes JSON
 * @param retryAfter seconds; null if there is nothing to wait for
 */
public record TokenResponse(int status, Object body, Long retryAfter) {

    public boolean isGranted() {
        return status == 200;
    }

    /** It holds a secret. */
    @Override
    public String toString() {
        return "token answer " + status;
    }
}
