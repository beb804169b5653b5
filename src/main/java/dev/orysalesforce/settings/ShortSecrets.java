package dev.orysalesforce.settings;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Finds secrets that are short enough to be guessed. The app does not start with them unless {@code
 * SYNC_ALLOW_SHORT_SECRETS} is true.
 */
@Component("secrets")
class ShortSecrets implements HealthIndicator {

    /** Characters; {@code openssl rand -hex 32} makes 64. */
    static final int LEAST = 16;

    private final List<String> variables;

    ShortSecrets(Environment environment) {
        this.variables = variables(environment);
    }

    /** The variables that hold a short secret. */
    static List<String> variables(Environment environment) {
        return Stream.of("ORY_WEBHOOK_SECRET", "OPERATOR_TOKEN", "TOKEN_CLIENTS", "ALERTS_WEBHOOK_SECRET")
                .filter(variable -> secrets(variable, environment).anyMatch(secret -> secret.length() < LEAST)).toList();
    }

    static boolean areAllowed(Environment environment) {
        return environment.getProperty("sync.allow-short-secrets", Boolean.class, false);
    }

    private static Stream<String> secrets(String variable, Environment environment) {
        Stream<String> all = Stream.of(environment.getProperty(variable, ""));
        return (switch (variable) {
            case "OPERATOR_TOKEN", "ALERTS_WEBHOOK_SECRET" -> all;
            case "TOKEN_CLIENTS" -> all.flatMap(ShortSecrets::entries).map(client -> client.substring(client.indexOf(':') + 1));
            default -> all.flatMap(ShortSecrets::entries);
        }).map(String::strip).filter(secret -> !secret.isEmpty());
    }

    /** The entries of a comma-separated list. */
    static Stream<String> entries(String list) {
        return Arrays.stream(list.split(",")).map(String::strip).filter(entry -> !entry.isEmpty());
    }

    @Override
    public Health health() {
        return variables.isEmpty() ? Health.up().build() : Health.status(Degraded.STATUS)
                .withDetail("tooShort", variables)
                .withDetail("remedy", "Set secrets of at least " + LEAST + " characters, then remove SYNC_ALLOW_SHORT_SECRETS.")
                .build();
    }
}
