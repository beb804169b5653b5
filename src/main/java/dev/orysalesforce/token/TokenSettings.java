package dev.orysalesforce.token;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings below {@code token} in application.yaml.
 *
 * @param sessionLifetime the org's session timeout, for the token broker; Salesforce tells it only if introspection is enabled.
 *     A second or more
 * @param introspectionInterval if introspection is enabled: how old Salesforce's answer that a token is valid may be when it is
 *     handed out
 * @param timeout the longest call to Salesforce, and the longest wait of a request for the login of another; in ms, without a unit
 */
@ConfigurationProperties("token")
record TokenSettings(
        @DefaultValue("2h") Duration sessionLifetime,
        @DefaultValue("30s") Duration introspectionInterval,
        @DefaultValue("10000") Duration timeout) {

    TokenSettings {
        if (sessionLifetime.toSeconds() < 1) {
            throw new IllegalArgumentException("SALESFORCE_SESSION_LIFETIME has to be a second or more");
        }
        if (introspectionInterval.isNegative()) {
            throw new IllegalArgumentException("token.introspection-interval is negative");
        }
    }
}
