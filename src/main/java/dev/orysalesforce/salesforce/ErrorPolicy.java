package dev.orysalesforce.salesforce;

import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.Action;
import dev.orysalesforce.settings.SyncSettings.Case;
import dev.orysalesforce.settings.SyncSettings.Level;
import dev.orysalesforce.settings.SyncSettings.Rule;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.stereotype.Component;

/** The table {@code sync.errors}: what the app does about an error code of Salesforce. */
@Component
public class ErrorPolicy {

    private static final Pattern CODE = Pattern.compile("sync\\.errors\\.codes\\.\\[?([A-Z][A-Z0-9_]+)]?\\.action");

    private final Rule byDefault;
    private final Set<String> codes = new TreeSet<>();
    private final Map<String, Rule> rules = new HashMap<>();

    public ErrorPolicy(SyncSettings settings, ConfigurableEnvironment environment) {
        byDefault = settings.errors().byDefault();
        settings.errors().codes().forEach((code, rule) -> rules.put(key(code), rule));
        environment.getPropertySources().stream().filter(EnumerablePropertySource.class::isInstance)
                .flatMap(source -> Stream.of(((EnumerablePropertySource<?>) source).getPropertyNames()))
                .map(CODE::matcher).filter(Matcher::matches).forEach(name -> codes.add(name.group(1)));
    }

    /** The codes that the table lists, as Salesforce spells them. */
    public Set<String> codes() {
        return codes;
    }

    /** What the app does about a code, whatever the message is. */
    public Action action(String code) {
        return entry(code).action();
    }

    /** What the app does about an error, as decided when Salesforce answered it; or by its code. */
    public Action action(RecordError error) {
        return error.action() != null ? error.action() : action(error.code());
    }

    /**
     * The rule that fits an error.
     *
     * @param error as Salesforce answered it: the message still has all that a condition may ask for
     */
    public Rule rule(RecordError error, Level level) {
        Rule entry = entry(error.code());
        for (Case exception : entry.when()) {
            if (isIn(exception.in(), level) && isFound(exception.message(), error.message())) {
                return new Rule(exception.action(), exception.remedy() != null ? exception.remedy() : entry.remedy(), List.of());
            }
        }
        return entry;
    }

    private static boolean isIn(Level condition, Level level) {
        return condition == null || condition == level || condition == Level.ROW && level == Level.DELETION;
    }

    private static boolean isFound(String condition, String message) {
        return condition == null || message != null
                && Pattern.compile(condition, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE).matcher(message).find();
    }

    /** The error together with what the operator can do about it. */
    public RecordError advise(RecordError error) {
        return error.decided(rule(error, Level.CALL));
    }

    /**
     * The same for an error of a query. A message that is not about the set-up of the org may quote what the query asks for,
     * which is not known any more.
     */
    public RecordError adviseOnQuery(RecordError error) {
        Action action = rule(error, Level.CALL).action();
        return advise(action == Action.PAUSE || action == Action.PAUSE_UNTIL_FIXED ? error.withoutQuery()
                : new RecordError(error.code(), "Salesforce rejected a query.", error.fields()));
    }

    private Rule entry(String code) {
        return rules.getOrDefault(key(code), byDefault);
    }

    /** Spring drops underscores from the keys of a map, so they are ignored here. */
    private static String key(String code) {
        return code == null ? "" : code.replaceAll("[^A-Za-z0-9]", "").toUpperCase(Locale.ROOT);
    }
}
