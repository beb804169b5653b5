package dev.orysalesforce.check;

import com.fasterxml.jackson.core.JacksonException;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.mapping.HeldMappings;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.mapping.MappingFailedException;
import dev.orysalesforce.mapping.MappingResourceResolver;
import dev.orysalesforce.mapping.MappingSyntax;
import dev.orysalesforce.receive.BadRequestException;
import dev.orysalesforce.settings.RouteNames;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.Coalescer;
import dev.orysalesforce.sync.MappingSet;
import dev.orysalesforce.sync.Mappings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.util.ObjectHelper;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** Shows the record that a mapping in use, and a candidate for its place, make of a sample. Nothing is sent or saved. */
@Component("mappingTryOut")
public class MappingTryOut {

    private final Mappings mappings;
    private final MappingResourceResolver texts;
    private final Coalescer coalescer;
    private final PreviewService previews;
    private final String erased;
    private final CamelContext context;
    private final ProducerTemplate camel;

    MappingTryOut(Mappings mappings, MappingResourceResolver texts, Coalescer coalescer, PreviewService previews, SyncSettings settings,
            CamelContext context, @Lazy ProducerTemplate camel) {
        this.mappings = mappings;
        this.texts = texts;
        this.coalescer = coalescer;
        this.previews = previews;
        this.erased = settings.erasedMapping();
        this.context = context;
        this.camel = camel;
    }

    /**
     * What a mapping is tried on.
     *
     * @param text JSON
     * @param isBody whether it is a body as Ory sends it, and not an event
     * @param event the kind of event; null if the text tells it
     */
    public record Sample(String text, boolean isBody, String event) {}

    /** Name to text of each file that can be tried. */
    public Map<String, String> texts() {
        Map<String, String> inUse = new TreeMap<>();
        mappings.files().values().stream().filter(mapping -> !mapping.name().equals(erased))
                .forEach(mapping -> inUse.put(mapping.name(), texts.text(mapping)));
        return inUse;
    }

    /** The one that most people mean: that of the default schema, or the first if that is no file. */
    public String first() {
        String ofDefault = mappings.ofDefault().name();
        return mappings.files().containsKey(ofDefault) ? ofDefault : texts().keySet().iterator().next();
    }

    /**
     * What a mapping in use makes of a sample.
     *
     * @throws BadRequestException if the sample can't be used
     */
    public Preview inUse(String mapping, Sample sample) {
        return preview(new TriedMapping(mappings.files(), mapping, sample.text(), sample.isBody(), sample.event()));
    }

    /**
     * What a candidate makes of a sample, in the place of the mapping in use.
     *
     * @param language the ending of its file
     * @throws BadRequestException if the sample can't be used
     */
    public Preview candidate(String mapping, String language, String text, Sample sample) {
        String file = Path.of(mapping).getFileName().toString();
        String name = Mapping.CANDIDATES + file.substring(0, file.lastIndexOf('.') + 1) + language;
        try {
            MappingSyntax.check(name, text);
        } catch (MappingSyntax.InvalidException e) {
            return refused(name, name + (e.line() > 0 ? ":" + e.line() : "") + " can't be compiled: " + e.getMessage());
        }
        Map<String, String> files = new TreeMap<>();
        mappings.files().values().stream().filter(other -> !other.name().equals(mapping))
                .forEach(other -> files.put(other.name(), texts.text(other)));
        files.put(name, text);
        try (HeldMappings held = new HeldMappings(Map.of(name, text), texts, context)) {
            return preview(new TriedMapping(MappingSet.byName(files), name, sample.text(), sample.isBody(), sample.event()));
        }
    }

    private Preview preview(TriedMapping trial) {
        try {
            return camel.requestBody(RouteNames.TRY_MAPPING, trial, Preview.class);
        } catch (CamelExecutionException e) {
            MappingFailedException failure = ObjectHelper.getException(MappingFailedException.class, e);
            BadRequestException invalid = ObjectHelper.getException(BadRequestException.class, e);
            PauseDeliveryException pause = ObjectHelper.getException(PauseDeliveryException.class, e);
            if (failure != null || pause != null) {
                return refused(trial.mapping(), failure != null ? failure.getMessage() + " for this sample." : pause.getMessage());
            }
            if (ObjectHelper.getException(JacksonException.class, e) != null) {
                throw new BadRequestException("The sample is not JSON.");
            }
            throw invalid == null ? e : invalid;
        }
    }

    private static Preview refused(String mapping, String why) {
        return new Preview(List.of(), List.of(RecordProblem.error(null, why)), mapping);
    }

    /** The event alone, for the mapping that makes its record in this trial. */
    public Batch batch(TriedMapping trial, IdentityChange event) {
        if (!event.isUsable() || event.isThin()) {
            throw new BadRequestException("There is no identity in the sample: a UUID as id, and traits. Paste what Ory would send.");
        }
        return coalescer.alone(event, trial.recordMapping(mappings.of(event)));
    }

    /** The new record, and what Salesforce would say to it, as far as Salesforce tells now. */
    public Preview show(Batch batch) {
        try {
            return previews.show(batch, batch, null);
        } catch (RuntimeException e) {
            if (ObjectHelper.getException(PauseDeliveryException.class, e) == null) {
                throw e;
            }
            return previews.show(batch, batch, e);
        }
    }
}
