package dev.orysalesforce.journal;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.UUID;

/**
 * What Ory told about an identity, reduced to what sync needs; the journal's message and the input of every mapping.
 *
 * @param event what happened: registration, settings, login, verification, recovery, reconcile, erase
 * @param receivedAt when the app took it
 * @param triggerId Ory's {@code Ory-Webhook-Trigger-Id}: one for all tries of an event; null before Kratos v25.4
 * @param identity {@code id}, {@code schema_id}, {@code traits}, {@code verifiable_addresses}, {@code updated_at}, ...
 * @param flow {@code id} and {@code type} of the self-service flow; may be null
 * @param transientPayload what the form sent beside the traits, e.g. UTM values; may be null
 * @param attempts how often it was sent to Salesforce in vain
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record IdentityChange(
        String event,
        Instant receivedAt,
        String triggerId,
        JsonNode identity,
        JsonNode flow,
        @JsonProperty("transient_payload") JsonNode transientPayload,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) int attempts) {

    /** What Ory's Admin API listed: nobody knows what had happened. */
    public static final String RECONCILE = "reconcile";

    /** Somebody wants the identity to be forgotten. */
    public static final String ERASE = "erase";

    private static final String NIL = "00000000-0000-0000-0000-000000000000";

    /** The identity is to be erased. It holds nothing but the ID. */
    public static IdentityChange erase(String identity, Instant receivedAt) {
        return new IdentityChange(ERASE, receivedAt, null, JsonNodeFactory.instance.objectNode().put("id", identity),
                null, null, 0);
    }

    public IdentityChange receivedAs(String event, Instant receivedAt, String triggerId) {
        return new IdentityChange(event, receivedAt, triggerId, identity, flow, transientPayload, 0);
    }

    /**
     * This event and a later received one of the same identity in one: the newer state of the two, told as the earlier
     * kind of event with both transient payloads, so that a sign-up and its verification stay a sign-up. What Ory's list
     * said of it is no event, if there is one. An erasure goes before any state.
     */
    public IdentityChange together(IdentityChange later) {
        if (isErasure() || later.isErasure()) {
            return isErasure() ? this : later;
        }
        IdentityChange newer = later.version().compareTo(version()) >= 0 ? later : this;
        String kind = event.equals(RECONCILE) ? later.event : event;
        return new IdentityChange(kind, newer.receivedAt, newer.triggerId, newer.identity, newer.flow,
                merge(transientPayload, later.transientPayload), newer.attempts);
    }

    /** The same event after one more vain attempt. */
    public IdentityChange triedAgain() {
        return new IdentityChange(event, receivedAt, triggerId, identity, flow, transientPayload, attempts + 1);
    }

    /** The identity's ID in lower case, or null if there is none that is a UUID. */
    @JsonIgnore
    public String identityId() {
        String id = text("id");
        try {
            return id == null || id.length() != NIL.length() ? null : UUID.fromString(id).toString();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Whether sync can go by it: a UUID and traits are there, or it is an erasure. */
    @JsonIgnore
    public boolean isUsable() {
        return isErasure() || identityId() != null && identity.path("traits").isObject();
    }

    @JsonIgnore
    public boolean isErasure() {
        return ERASE.equals(event) && identityId() != null;
    }

    /** Whether the hook ran before Kratos had stored the identity, so that its ID is nil. */
    @JsonIgnore
    public boolean isNotStored() {
        return NIL.equals(text("id"));
    }

    /** Whether it tells the whole identity, so that what is not in it is not there any more. */
    @JsonIgnore
    public boolean isWhole() {
        return isUsable() && Version.isTimed(identity);
    }

    /** Whether Ory says that the identity has proved an e-mail address to be its own. */
    @JsonIgnore
    public boolean hasVerified(String address) {
        for (JsonNode known : identity.path("verifiable_addresses")) {
            if (known.path("verified").asBoolean() && known.path("value").asText().equalsIgnoreCase(address)) {
                return true;
            }
        }
        return false;
    }

    @JsonIgnore
    public String schemaId() {
        return text("schema_id");
    }

    @JsonIgnore
    public Version version() {
        return Version.of(identity, receivedAt);
    }

    /** Both transient payloads in one; where they disagree, the later one holds. */
    private static JsonNode merge(JsonNode earlier, JsonNode later) {
        if (earlier == null || !earlier.isObject() || later == null || !later.isObject()) {
            return later == null || later.isNull() ? earlier : later;
        }
        ObjectNode both = JsonNodeFactory.instance.objectNode();
        both.setAll((ObjectNode) earlier.deepCopy());
        later.properties().forEach(field ->
                both.set(field.getKey(), merge(both.get(field.getKey()), field.getValue())));
        return both;
    }

    private String text(String field) {
        return identity == null ? null : identity.path(field).textValue();
    }
}
