package dev.orysalesforce.token;

/**
 * The answer to a client.
 *
 * @param status HTTP status
 * @param body the object that becomes JSON
 * @param retryAfter seconds; null if waiting does not help
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
