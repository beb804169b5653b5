package dev.orysalesforce.settings;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.StringUtils;

/**
 * A blank variable counts as not set, e.g. {@code OPERATOR_TOKEN=${OPERATOR_TOKEN:-}} in a Compose file or an empty value in
 * a Helm chart. Otherwise it would replace the default of application.yaml by an empty value.
 */
public class BlankVariables implements EnvironmentPostProcessor, Ordered {

    private static final Pattern OURS =
            Pattern.compile("(ORY|SALESFORCE|SYNC|ALERTS|CONSOLE)_.*|(OPERATOR_TOKEN|TOKEN_CLIENTS)(_FILE)?|SECRETS_DIR");

    /** Runs before application.yaml is read, which names the folder of the secrets. */
    @Override
    public int getOrder() {
        return ConfigDataEnvironmentPostProcessor.ORDER - 1;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        if (environment.getPropertySources().get(name) instanceof SystemEnvironmentPropertySource variables) {
            Map<String, Object> set = new LinkedHashMap<>(variables.getSource());
            set.entrySet().removeIf(variable -> OURS.matcher(variable.getKey()).matches()
                    && !StringUtils.hasText(String.valueOf(variable.getValue())));
            environment.getPropertySources().replace(name, new SystemEnvironmentPropertySource(name, set));
        }
    }
}
