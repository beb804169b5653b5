package dev.orysalesforce.mapping;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
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
        byLocation = held;
    }

    /** Further texts, to be tried before they are published. */
    public synchronized void publishBeside(Map<String, String> files) {
        Map<String, String> both = new HashMap<>(byLocation);
        files.forEach((name, text) -> both.put(location(name, Mapping.of(name, text).version()), text));
        byLocation = both;
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
