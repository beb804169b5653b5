package dev.orysalesforce.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * A Salesforce record that came in finished: somebody else has done what a mapping does. It need not tell all there is to
 * the identity.
 *
 * @param object Lead or Contact
 * @param at when it was received, which is its version
 * @param fields what is to be written, without the two Ory fields
 */
public record PrebuiltRecord(String object, Instant at, JsonNode fields) {

    Version version() {
        return new Version(at, 0, at);
    }

    /** Both in one, as if this one had been written and then the later one. */
    PrebuiltRecord then(PrebuiltRecord later) {
        if (!object.equals(later.object)) {
            return later; // fields of a Lead mean nothing to a Contact
        }
        ObjectNode both = ((ObjectNode) fields).deepCopy();
        both.setAll((ObjectNode) later.fields);
        return new PrebuiltRecord(object, later.at, both);
    }
}
