package dev.orysalesforce.settings;

import dev.orysalesforce.settings.SyncSettings.Action;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.core.convert.converter.Converter;
import org.springframework.stereotype.Component;

/** Error actions that were renamed. The old name works for one more version, and a warning names the new one. */
@Component
@ConfigurationPropertiesBinding
class RenamedActions implements Converter<String, Action> {

    private static final Logger LOG = LoggerFactory.getLogger(RenamedActions.class);

    private static final Map<String, Action> NAMES = Map.of("HOLD", Action.PAUSE, "SET_UP", Action.PAUSE_UNTIL_FIXED,
            "SHORTEN", Action.TRUNCATE, "ASK_DUPLICATES", Action.RESOLVE_DUPLICATE);

    private final Set<String> warned = ConcurrentHashMap.newKeySet();

    @Override
    public Action convert(String text) {
        String name = text.strip().toUpperCase(Locale.ROOT).replace('-', '_');
        Action action = NAMES.get(name);
        if (action == null) {
            return Action.valueOf(name);
        }
        if (warned.add(name)) {
            LOG.warn("The action {} in sync.errors is called {} now. The old name works in this version only.", text.strip(),
                    action.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }
        return action;
    }
}
