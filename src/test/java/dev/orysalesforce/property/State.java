package dev.orysalesforce.property;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.Ory;
import java.time.Instant;
import java.util.Map;

/**
 * One state of an identity at Ory.
 *
 * @param second when it was changed, counted from {@link #START}: its version
 * @param timed whether the webhook tells the version; else the time of receipt has to do
 * @param fields what it means in Salesforce, field to value; what the identity does not tell is missing
 */
record State(int second, boolean timed, Map<String, String> fields) {

    /** Long before any time of receipt. */
    static final Instant START = Instant.parse("2020-01-01T00:00:00Z");

    Instant updatedAt() {
        return START.plusSeconds(second);
    }

    /** The webhook's body. */
    ObjectNode body(String identity, boolean verified, String campaign) {
        ObjectNode body = Ory.identity(identity, updatedAt(), fields.get("LastName"));
        ObjectNode told = (ObjectNode) body.path("identity");
        if (!timed && second % 2 == 0) {
            told.remove("updated_at");
        } else if (!timed) {
            told.put("updated_at", "0001-01-01T00:00:00Z");
        }
        ObjectNode traits = (ObjectNode) told.path("traits");
        traits.put("email", fields.get("Email"));
        ((ObjectNode) traits.path("name")).remove("first");
        put((ObjectNode) traits.path("name"), "first", "FirstName");
        put(traits, "phone", "Phone");
        put(traits, "company", "Company");
        put(traits, "city", "City");
        told.putArray("verifiable_addresses").addObject()
                .put("value", fields.get("Email")).put("via", "email").put("verified", verified);
        if (campaign != null) {
            body.putObject("transient_payload").put("utm_campaign", campaign);
        }
        return body;
    }

    private void put(ObjectNode traits, String trait, String field) {
        if (fields.containsKey(field)) {
            traits.put(trait, fields.get(field));
        }
    }

    @Override
    public String toString() {
        return "(" + (timed ? second : "untimed") + " " + fields + ")";
    }
}
