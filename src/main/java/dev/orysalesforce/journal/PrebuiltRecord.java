package dev.orysalesforce.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * A Salesforce record that was mapped outside the app. It need not hold all fields of the identity.
 *
 * @param object Lead or Contact
 * @param at when it was received, which is its version
 * @param fields the fields to write, without the two Ory fields
 */
public record PrebuiltRecord(String object, Instant at, JsonNode fields) {

    Version version() {
        return new Version(at, 0, at);
    }

    /** Merges both, as if this record had been written first and the later one after it. */
    PrebuiltRecord then(PrebuiltRecord later) {
        if (!object.equals(later.object)) {
            return later; // a Contact has other fields than a Lead
        }
        ObjectNode both = ((ObjectNode) fields).deepCopy();
        both.setAll((ObjectNode) later.fields);
        return new PrebuiltRecord(object, later.at, both);
    }
}
