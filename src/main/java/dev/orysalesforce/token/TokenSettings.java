package dev.orysalesforce.token;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings below {@code token} in application.yaml.
 *
 * @param sessionLifetime the longest lifetime of a token of the org, unless Salesforce says less; default 2 h
 * @param introspectionInterval how old Salesforce's answer that a token is valid may be when it is handed out; default 30 s
 * @param timeout how long a call to Salesforce may take, and how long a request waits for that of another; in ms, default 10
 *     s
 */
@ConfigurationProperties("token")
record TokenSettings(
        @DefaultValue("2h") Duration sessionLifetime,
        @DefaultValue("30s") Duration introspectionInterval,
        @DefaultValue("10s") Duration timeout) {

    TokenSettings {
        if (sessionLifetime.toSeconds() < 1) {
            throw new IllegalArgumentException("SALESFORCE_SESSION_LIFETIME has to be a second or more");
        }
        if (introspectionInterval.isNegative()) {
            throw new IllegalArgumentException("token.introspection-interval is negative");
        }
    }
}
