package dev.orysalesforce.sync;

import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.Action;
import dev.orysalesforce.settings.SyncSettings.Rule;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.stereotype.Component;

/** The table of {@code sync.errors}: what is done about a code of Salesforce. */
@Component
class ErrorPolicy {

    private final Rule byDefault;
    private final Map<String, Rule> rules = new HashMap<>();

    ErrorPolicy(SyncSettings settings) {
        byDefault = settings.errors().byDefault();
        settings.errors().codes().forEach((code, rule) -> rules.put(key(code), rule));
    }

    Action action(String code) {
        return rule(code).action();
    }

    /** The refusal with what the operator can do about it. */
    Refusal advise(Refusal refusal) {
        String remedy = rule(refusal.code()).remedy();
        return remedy == null ? refusal
                : new Refusal(refusal.code(), refusal.message() + " — " + remedy, refusal.fields());
    }

    private Rule rule(String code) {
        return rules.getOrDefault(key(code), byDefault);
    }

    /** Spring drops underscores from keys of a map, so they count for nothing here. */
    private static String key(String code) {
        return code == null ? "" : code.replaceAll("[^A-Za-z0-9]", "").toUpperCase(Locale.ROOT);
    }
}
