package dev.orysalesforce.token;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Everything below {@code token} in application.yaml.
 *
 * @param sessionLifetime how long a token of the org lives at the most, as far as Salesforce does not say less; default 2 h
 * @param checkEvery how old Salesforce's word that a token is alive may be when it is handed out; default 30 s
 */
@ConfigurationProperties("token")
record TokenSettings(
        @DefaultValue("2h") Duration sessionLifetime,
        @DefaultValue("30s") Duration checkEvery) {

    TokenSettings {
        if (sessionLifetime.toSeconds() < 1) {
            throw new IllegalArgumentException("SALESFORCE_SESSION_LIFETIME has to be a second or more");
        }
        if (checkEvery.isNegative()) {
            throw new IllegalArgumentException("token.check-every is negative");
        }
    }
}
