package dev.orysalesforce.reload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.dsl.yaml.YamlRoutesBuilderLoader;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routes, beans and their methods that were renamed ({@code renamed-in-routes.properties}). A route file with the old names
 * works for one more version, and a warning names the new ones. Camel finds this class by a file in {@code
 * META-INF/services}, so that each of its contexts reads route files in the same way.
 */
public class RenamedInRoutes extends YamlRoutesBuilderLoader {

    private static final Logger LOG = LoggerFactory.getLogger(RenamedInRoutes.class);

    /** A step or expression that calls a bean: what leads to its name, the name, the text in between, the method. */
    private static final Pattern CALL = Pattern.compile("\\b(ref: |onPrepare: )([\\w-]+)(?:(\\s+(?:#.*\\s+)?method: [\"']?)(\\w+))?"
            + "|\\b(bean:)(\\w+)(?:(\\?method=|\\.)(\\w+))?");

    /** Exchange properties that steps of several files share. */
    private static final Pattern PROPERTY = Pattern.compile("(?m)^( *name: )row(s?)$");

    /** What may be the ID of a route or step: words with dots in between. */
    private static final Pattern NAME = Pattern.compile("(?<![\\w.-])[\\w-]+(?:\\.[\\w-]+)+");

    private static final Map<String, String> NAMES = names();

    private static Map<String, String> names() {
        Properties properties = new Properties();
        try (var file = RenamedInRoutes.class.getResourceAsStream("/renamed-in-routes.properties")) {
            properties.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> names = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> names.put(name, properties.getProperty(name)));
        return names;
    }

    @Override
    public RoutesBuilder loadRoutesBuilder(Resource resource) throws Exception {
        String text;
        try (var file = resource.getInputStream()) {
            text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
        Set<String> found = new TreeSet<>();
        String current = translate(text, found);
        if (found.isEmpty()) {
            return super.loadRoutesBuilder(resource);
        }
        LOG.warn("{} has old names, which work in this version only: {}", resource.getLocation(), String.join(", ", found));
        return super.loadRoutesBuilder(ResourceHelper.fromBytes(resource.getLocation(), current.getBytes(StandardCharsets.UTF_8)));
    }

    /** The same text, line by line, with the current names. */
    static String translate(String text) {
        return translate(text, new TreeSet<>());
    }

    private static String translate(String text, Set<String> found) {
        String calls = CALL.matcher(text).replaceAll(call -> Matcher.quoteReplacement(call(call, call.group(1) != null ? 1 : 5, found)));
        String properties = PROPERTY.matcher(calls).replaceAll("$1item$2");
        return NAME.matcher(properties).replaceAll(id -> {
            String now = NAMES.getOrDefault(id.group(), id.group());
            note(id.group(), now, found);
            return Matcher.quoteReplacement(now);
        });
    }

    private static String call(MatchResult call, int group, Set<String> found) {
        String bean = call.group(group + 1);
        String method = call.group(group + 3);
        String nowBean = NAMES.getOrDefault("bean:" + bean, bean);
        if (method == null) {
            note(bean, nowBean, found);
            return call.group(group) + nowBean;
        }
        String nowMethod = NAMES.getOrDefault("bean:" + bean + "." + method, method);
        note(bean + "." + method, nowBean + "." + nowMethod, found);
        return call.group(group) + nowBean + call.group(group + 2) + nowMethod;
    }

    private static void note(String before, String now, Set<String> found) {
        if (!before.equals(now)) {
            found.add(before + " is " + now);
        }
    }
}
