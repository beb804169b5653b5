package dev.orysalesforce.settings;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * The version of Salesforce's REST API, {@code 62.0}, may be written {@code v62.0} or {@code 62}, too, as it is in addresses and
 * release notes.
 *
 * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/dome_versions.htm">Versions</a>
 */
public class ApiVersion implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final String NAME = "salesforce.api-version";
    private static final Pattern VERSION = Pattern.compile("[vV]?(\\d{2,3})(\\.0)?");

    /** @throws CannotStartException if it is no version */
    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        String set = environment.getProperty(NAME);
        if (set == null) {
            return;
        }
        Matcher version = VERSION.matcher(set.strip());
        if (!version.matches()) {
            throw new CannotStartException("SALESFORCE_API_VERSION is not a version of Salesforce's REST API.",
                    "Write it like 62.0, or remove it: the default is good.");
        }
        environment.getPropertySources().addFirst(new MapPropertySource("apiVersion", Map.of(NAME, version.group(1) + ".0")));
    }
}
