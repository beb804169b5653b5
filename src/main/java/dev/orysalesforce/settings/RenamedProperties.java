package dev.orysalesforce.settings;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Properties that were renamed. The old name works for one more version, and a warning names the new one. */
public class RenamedProperties implements ApplicationContextInitializer<ConfigurableApplicationContext>, Ordered {

    private static final Logger LOG = LoggerFactory.getLogger(RenamedProperties.class);

    private static final Map<String, String> NAMES = Map.of(
            "sync.dead-letters.bearable", "sync.dead-letters.health-threshold",
            "sync.dead-letters.keep-for", "sync.dead-letters.retention",
            "sync.takeover-after", "sync.writer-lease-timeout",
            "sync.edits.every", "sync.reload.poll-interval",
            "token.check-every", "token.introspection-interval",
            "traces.spans[sync.settle]", "traces.spans[sync.complete]");

    /** Runs before the required settings are looked for. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE + 1;
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        ConfigurableEnvironment environment = context.getEnvironment();
        Map<String, Object> values = new LinkedHashMap<>();
        NAMES.forEach((before, now) -> {
            ConfigurationProperty old = old(environment, before, now);
            if (old != null) {
                values.put(now, old.getValue());
                LOG.warn("The property {} is called {} now. The old name works in this version only.", before, now);
            }
        });
        if (!values.isEmpty()) {
            environment.getPropertySources().addFirst(new MapPropertySource("renamedProperties", values));
        }
    }

    /**
     * The property by its old name; null unless it is the value that counts, i.e. its source has precedence over that of the
     * new name.
     */
    private static ConfigurationProperty old(ConfigurableEnvironment environment, String before, String now) {
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source.getConfigurationProperty(ConfigurationPropertyName.of(now)) != null) {
                return null;
            }
            ConfigurationProperty old = source.getConfigurationProperty(ConfigurationPropertyName.of(before));
            if (old != null) {
                return old;
            }
        }
        return null;
    }
}
