package dev.orysalesforce.reload;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * The route files, entry by entry.
 *
 * @param files name to text
 * @param entries kind and ID to the entry
 */
public record RouteSet(Map<String, String> files, Map<String, Entry> entries) {

    static final String ROUTE = "route";
    public static final String CONFIGURATION = "routeConfiguration";
    static final String REST = "rest";
    private static final Set<String> LIVE = Set.of(ROUTE, CONFIGURATION, REST);

    /**
     * @param kind as the YAML DSL calls it
     * @param id of a route or route configuration; the path of a rest; of others, a hash of their content
     * @param live whether it can be replaced without a restart
     * @param line where it begins, counted from 1
     * @param body its content without spelling, order and comments
     */
    public record Entry(String kind, String id, boolean live, String file, int line, Object body) {

        /** Semantic equality: ignores the line. */
        boolean isEquivalentTo(Entry other) {
            return other != null && (file.equals(other.file) || !live) && body.equals(other.body);
        }
    }

    public static RouteSet of(Map<String, String> asWritten) {
        Map<String, String> files = new LinkedHashMap<>();
        asWritten.forEach((file, text) -> files.put(file, RenamedInRoutes.translate(text)));
        Map<String, Entry> entries = new LinkedHashMap<>();
        files.forEach((file, text) -> {
            for (Entry entry : read(file, text)) {
                Entry other = entries.put(entry.kind() + " " + entry.id(), entry);
                if (other != null) {
                    throw new ReloadRejectedException(file, entry.line(), "There is another " + entry.kind() + " " + entry.id()
                            + " at " + other.file() + ":" + other.line() + ".");
                }
            }
        });
        return new RouteSet(files, entries);
    }

    /** Semantic equality: ignores formatting, key order and comments. */
    boolean isEquivalentTo(RouteSet other) {
        return differenceFrom(other).isEmpty() && other.differenceFrom(this).isEmpty();
    }

    /** Entries that differ in the other set, or are absent there. */
    Map<String, Entry> differenceFrom(RouteSet other) {
        Map<String, Entry> changed = new HashMap<>(entries);
        changed.entrySet().removeIf(entry -> entry.getValue().isEquivalentTo(other.entries.get(entry.getKey())));
        return changed;
    }

    /** The line where a route begins; 0 if it comes from another source. */
    int lineOfRoute(String id) {
        Entry entry = entries.get(ROUTE + " " + id);
        return entry == null ? 0 : entry.line();
    }

    /** The first line of a file, from a given one on, that contains a text; 0 if none does. */
    int line(String file, String text, int from) {
        List<String> lines = files.getOrDefault(file, "").lines().toList();
        for (int i = Math.max(0, from - 1); i < lines.size(); i++) {
            if (lines.get(i).contains(text)) {
                return i + 1;
            }
        }
        return 0;
    }

    /** Lets Camel read a file. Its route configurations are in the context after this; its routes are not. */
    RouteBuilder configure(CamelContext camel, String file) throws Exception {
        RouteConfigurationBuilder builder = (RouteConfigurationBuilder) PluginHelper.getRoutesLoader(camel).findRoutesBuilders(
                ResourceHelper.fromBytes("file:" + file, files.get(file).getBytes(StandardCharsets.UTF_8))).iterator().next();
        builder.updateRouteConfigurationsToCamelContext(camel);
        return builder;
    }

    private static List<Entry> read(String file, String text) {
        Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
        try {
            if (yaml.load(text) instanceof List<?> list && !list.isEmpty()) {
                List<Node> nodes = ((SequenceNode) yaml.compose(new StringReader(text))).getValue();
                List<Entry> entries = new ArrayList<>();
                for (int i = 0; i < list.size(); i++) {
                    entries.add(entry(file, nodes.get(i).getStartMark().getLine() + 1, list.get(i)));
                }
                return entries;
            }
        } catch (MarkedYAMLException e) {
            throw new ReloadRejectedException(file, e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1, e.getProblem());
        }
        throw new ReloadRejectedException(file, 1, "It holds no list of routes.");
    }

    private static Entry entry(String file, int line, Object item) {
        if (item instanceof Map<?, ?> map && map.size() == 1 && map.values().iterator().next() != null) {
            String kind = String.valueOf(map.keySet().iterator().next());
            Object body = map.values().iterator().next();
            Object id = body instanceof Map<?, ?> says ? says.get(kind.equals(REST) ? "path" : "id") : null;
            return new Entry(kind, id != null ? id.toString() : "that says " + Integer.toHexString(body.hashCode()),
                    id != null && LIVE.contains(kind), file, line, body);
        }
        throw new ReloadRejectedException(file, line, "This is not a route, a routeConfiguration or a rest.");
    }
}
