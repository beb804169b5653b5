package dev.orysalesforce.mapping;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.ResourceResolverSupport;
import org.springframework.stereotype.Component;

/** Resolves {@code mapping:<version>/<file>} to the texts that are in use, even if the files have changed since. */
@Component("resource-loader-mapping")
public class MappingResourceResolver extends ResourceResolverSupport {

    private volatile Map<String, String> byLocation = Map.of();
    private Map<String, String> latest = Map.of();

    /** Texts that are tried or compared, at their locations, each as often as that happens at the moment. */
    private final Map<String, List<String>> candidates = new HashMap<>();

    public MappingResourceResolver() {
        super("mapping");
    }

    static String location(String name, String version) {
        return "mapping:" + version + "/" + name;
    }

    /** Earlier texts are kept for items in flight. */
    public synchronized void publish(Map<String, String> files) {
        Map<String, String> held = new HashMap<>(latest);
        latest = new HashMap<>();
        files.forEach((name, text) -> latest.put(location(name, Mapping.of(name, text).version()), text));
        held.putAll(latest);
        candidates.forEach((location, texts) -> held.put(location, texts.get(0)));
        byLocation = held;
    }

    /** Further texts, to be tried before they are published. */
    public synchronized void publishBeside(Map<String, String> files) {
        Map<String, String> both = new HashMap<>(byLocation);
        files.forEach((name, text) -> both.put(location(name, Mapping.of(name, text).version()), text));
        byLocation = both;
    }

    /** Holds a text that an operator tries or compares, in use or not, until it is {@link #withdraw withdrawn}. */
    public synchronized void lend(String name, String text) {
        candidates.computeIfAbsent(location(name, Mapping.of(name, text).version()), location -> new ArrayList<>()).add(text);
        publishBeside(Map.of(name, text));
    }

    /** @return whether nothing uses this text any more */
    public synchronized boolean withdraw(String name, String text) {
        String location = location(name, Mapping.of(name, text).version());
        List<String> texts = candidates.get(location);
        texts.remove(text);
        if (!texts.isEmpty()) {
            return false;
        }
        candidates.remove(location);
        if (latest.containsKey(location)) {
            return false;
        }
        Map<String, String> others = new HashMap<>(byLocation);
        others.remove(location);
        byLocation = others;
        return true;
    }

    /** The text of a mapping that is in use; null if it is no file. */
    public String text(Mapping mapping) {
        return mapping.version() == null ? null : text(location(mapping.name(), mapping.version()));
    }

    /** The text for this location; null if it is not held here. */
    String text(String location) {
        return byLocation.get(location);
    }

    @Override
    protected Resource createResource(String location, String remaining) {
        String text = byLocation.get(location);
        if (text == null) {
            throw new IllegalArgumentException(location + " is not in use any more");
        }
        return ResourceHelper.fromBytes(location, Mapping.script(location, text).getBytes(StandardCharsets.UTF_8));
    }
}
