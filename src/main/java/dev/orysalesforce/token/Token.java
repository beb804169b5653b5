package dev.orysalesforce.token;

import java.time.Duration;
import java.time.Instant;

/**
 * A Salesforce access token.
 *
 * @param expiresAt not later than its end at Salesforce
 * @param lifetime its lifetime when it was issued
 * @param scope its permissions; null if Salesforce does not say
 */
record Token(String value, String instanceUrl, String scope, Instant expiresAt, Duration lifetime) {

    private static final Duration MOST_AHEAD = Duration.ofMinutes(15);
    private static final Duration MOST_LEFT = Duration.ofMinutes(5);

    /** Whether it is time to get the next one. */
    boolean isNearExpiry(Instant now) {
        return left(now).compareTo(least(lifetime.dividedBy(4), MOST_AHEAD)) < 0;
    }

    /** Whether a client that gets it now has time to use it. */
    boolean isValid(Instant now) {
        return left(now).compareTo(least(lifetime.dividedBy(10), MOST_LEFT)) >= 0 && left(now).toSeconds() >= 1;
    }

    Duration left(Instant now) {
        return Duration.between(now, expiresAt);
    }

    Token expiringAt(Instant earlier) {
        return earlier.isBefore(expiresAt) ? new Token(value, instanceUrl, scope, earlier, lifetime) : this;
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** It is a secret. */
    @Override
    public String toString() {
        return "a token until " + expiresAt;
    }
}
