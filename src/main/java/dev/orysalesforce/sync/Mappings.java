package dev.orysalesforce.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.DeadLetter;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.settings.SyncSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** Which mapping serves which identity schema, and what its answer says. */
@Component("mappings")
public class Mappings {

    static final String FAILED = "MAPPING_FAILED";
    private static final String DEFAULT = "default";

    private final Map<String, Mapping> bySchema = new TreeMap<>();
    private final Mapping erased;
    private final ObjectMapper json;

    Mappings(SyncSettings settings, ObjectMapper json) {
        settings.mappings().forEach((schema, name) -> bySchema.put(schema, Mapping.of(name)));
        erased = Mapping.of(settings.erasedMapping());
        this.json = json;
    }

    /** Each mapping once, by name. */
    public Collection<Mapping> all() {
        Map<String, Mapping> byName = new TreeMap<>();
        bySchema.values().forEach(mapping -> byName.put(mapping.name(), mapping));
        return byName.values();
    }

    Mapping of(IdentityChange change) {
        return change.isErasure() ? erased : of(change.schemaId());
    }

    private Mapping of(String schemaId) {
        return bySchema.getOrDefault(schemaId == null ? DEFAULT : schemaId, bySchema.get(DEFAULT));
    }

    /** The mapping's input. Who is a Contact already gets a Contact's record, whatever the schema says. */
    public String input(Row row) throws JsonProcessingException {
        if (row.isBound() && !row.getMapping().object().equals(row.getObject())) {
            bySchema.values().stream().filter(mapping -> mapping.object().equals(row.getObject())).findFirst()
                    .or(() -> shipped(row.getObject())).ifPresent(row::mapWith);
        }
        return json.writeValueAsString(row.getChange());
    }

    /**
     * Takes the mapping's answer.
     *
     * @param answer JSON: an object is the record, {@code null} skips the identity, anything else is a broken mapping
     */
    public void answered(Row row, String answer) throws JsonProcessingException {
        JsonNode record = answer == null ? null : json.readTree(answer);
        if (record == null || record.isNull() || record.isMissingNode()) {
            row.skipped();
        } else if (record.isObject()) {
            String object = record.path("attributes").path("type").asText(row.getMapping().object());
            ((ObjectNode) record).remove("attributes");
            row.mapped(object, (ObjectNode) record);
        } else {
            broken(row);
        }
    }

    private static Optional<Mapping> shipped(String object) {
        Path file = Path.of("mappings", object.toLowerCase(Locale.ROOT) + ".ds");
        return Files.exists(file) ? Optional.of(Mapping.of(file.toString())) : Optional.empty();
    }

    /** The mapping's own words may quote a trait: what it says about an identity goes nowhere. */
    public void broken(Row row) {
        row.refuse(Refusal.of(FAILED, row.getMapping().name() + " has no answer for this identity. See in the original what"
                + " it stumbles over, mend the mapping, replay the dead letter."));
    }

    /** What a refused row leaves behind; its original goes into the journal again at a replay. */
    public DeadLetter deadLetter(Row row) {
        IdentityChange change = row.getChange();
        Refusal refusal = row.getRefusal();
        return DeadLetter.of(row.getIdentity(), change.event(), refusal.code(), refusal.message(), refusal.fields(),
                change.attempts() + 1,
                change.receivedAt(), "sync", json.valueToTree(change));
    }

    /** What goes into the journal again for a row that is tried later. */
    public String retry(Row row) throws JsonProcessingException {
        return json.writeValueAsString(row.getChange().triedAgain());
    }
}
