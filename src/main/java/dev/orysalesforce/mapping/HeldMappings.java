package dev.orysalesforce.mapping;

import java.util.Map;
import org.apache.camel.CamelContext;

/** Mapping texts that can be invoked until this is closed, whatever is reloaded in the meantime. */
public final class HeldMappings implements AutoCloseable {

    private final Map<String, String> files;
    private final MappingResourceResolver texts;
    private final CamelContext camel;

    /** @param files name to text */
    public HeldMappings(Map<String, String> files, MappingResourceResolver texts, CamelContext camel) {
        this.files = files;
        this.texts = texts;
        this.camel = camel;
        files.forEach(texts::lend);
    }

    /** Camel keeps an endpoint and its compiled mapping until the endpoint is removed. */
    @Override
    public void close() {
        files.forEach((name, text) -> {
            if (texts.withdraw(name, text)) {
                removeEndpoint(Mapping.of(name, text).endpoint());
            }
        });
    }

    private void removeEndpoint(String endpoint) {
        try {
            camel.removeEndpoints(endpoint);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
