package dev.orysalesforce.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.StringUtils;

/**
 * Reads secrets from files, as Docker and Kubernetes mount them: {@code SALESFORCE_CLIENT_SECRET_FILE} names the file that
 * holds {@code SALESFORCE_CLIENT_SECRET}. The file has precedence over the variable itself.
 */
public class SecretFiles implements ApplicationContextInitializer<ConfigurableApplicationContext>, Ordered {

    private static final List<String> SECRETS = List.of("ORY_WEBHOOK_SECRET", "ORY_ADMIN_TOKEN", "SALESFORCE_CLIENT_ID",
            "SALESFORCE_CLIENT_SECRET", "SALESFORCE_JWT_KEY_PASSWORD", "OPERATOR_TOKEN", "TOKEN_CLIENTS", "CONSOLE_OIDC_CLIENT_ID",
            "CONSOLE_OIDC_CLIENT_SECRET", "SYNC_LEDGER_KEY", "SPRING_ARTEMIS_PASSWORD", "SPRING_DATASOURCE_PASSWORD",
            "ALERTS_SLACK_URL", "ALERTS_WEBHOOK_SECRET", "ALERTS_MAIL_PASSWORD");

    /** Runs before the required settings are looked for. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        Map<String, Object> secrets = new HashMap<>();
        for (String secret : SECRETS) {
            String file = environment.getProperty(secret + "_FILE");
            if (StringUtils.hasText(file)) {
                secrets.put(secret, read(secret + "_FILE", file));
            }
        }
        environment.getPropertySources().addFirst(new SystemEnvironmentPropertySource(
                "secretFiles-" + StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, secrets)); // named like variables
    }

    private static String read(String variable, String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw new CannotStartException(variable + " names " + file + ", which can't be read: "
                    + e.getClass().getSimpleName() + ".", "Mount the secret there, readable for the user that the app runs as.");
        }
    }
}
