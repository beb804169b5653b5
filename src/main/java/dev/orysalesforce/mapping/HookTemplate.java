package dev.orysalesforce.mapping;

import com.datasonnet.MapperBuilder;
import com.datasonnet.document.DefaultDocument;
import com.datasonnet.document.MediaTypes;
import java.util.Map;

/**
 * The Jsonnet template of an Ory Action, which Kratos renders with its context. DataSonnet renders it here; Kratos uses
 * go-jsonnet, which knows {@code tailstrict}, writes some numbers in another way, and words its errors differently.
 *
 * @param name a file, or the place in a configuration, for messages
 * @param text the Jsonnet, a function of {@code ctx}
 */
public record HookTemplate(String name, String text) {

    /** What surrounds the template has no line of its own, so that its lines keep their numbers. Kratos renders a value, too. */
    private static final String RENDERED = "local template = (%s\n); if std.isFunction(template) then template(payload) else template";

    /**
     * @param context {@code ctx}, as JSON
     * @return JSON
     * @throws MappingFailedException if it can't be rendered; the message ends before "for …"
     */
    public String render(String context) {
        try {
            return new MapperBuilder(RENDERED.replace("%s", text)).build().transform(
                    new DefaultDocument<>(context, MediaTypes.APPLICATION_JSON), Map.of(), MediaTypes.APPLICATION_JSON)
                    .getContent().toString();
        } catch (RuntimeException e) {
            MappingErrorLocation place = MappingErrorLocation.ofTemplate(name, text, e);
            throw new MappingFailedException(place.missing() == null ? place + " can't be rendered"
                    : place + " reads ." + place.missing() + ", which is not there");
        }
    }
}
