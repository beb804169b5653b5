package dev.orysalesforce.journal;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * An event of an identity, reduced to the data that sync needs; the journal's message and the input of every mapping.
 *
 * @param event the kind: registration, settings, login, verification, recovery, reconcile, gateway, gone, erase
 * @param receivedAt when the app received it
 * @param triggerId Ory's {@code Ory-Webhook-Trigger-Id}: one for all tries of an event; null before Kratos v25.4
 * @param identity {@code id}, {@code schema_id}, {@code traits}, {@code verifiable_addresses}, {@code updated_at}, ...
 * @param flow {@code id} and {@code type} of the self-service flow; may be null
 * @param transientPayload data that the form sent beside the traits, e.g. UTM values; may be null
 * @param record a prebuilt record of the gateway; else null. Then {@code identity} holds nothing but the ID, unless a
 *     webhook of the same identity is in the same batch
 * @param attempts how often it was sent to Salesforce without success
 * @param traceparent the W3C trace context of the request; null while traces are off
 * @param letter a dead letter without an event that can be synced, which the broker has moved into the journal; else null
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
        PrebuiltRecord record,
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) int attempts,
        String traceparent,
        @JsonIgnore DeadLetter letter) {

    /** The flows of Ory after which a webhook is called, and so the kinds of its events. */
    public static final List<String> FLOWS = List.of("registration", "settings", "login", "verification", "recovery");

    /** The identity was listed by Ory's Admin API; what had happened to it is unknown. */
    public static final String RECONCILE = "reconcile";

    /** The gateway received a prebuilt record for it. */
    public static final String GATEWAY = "gateway";

    /** An operator asks for the identity to be erased. */
    public static final String ERASE = "erase";

    /** Ory no longer has the identity; its record is to be marked. */
    public static final String GONE = "gone";

    /** These change no trait, so a trait that their body lacks is one that its template has left out. */
    private static final Set<String> CHANGE_NO_TRAIT = Set.of("login", "verification", "recovery");

    /** Parts of an identity from which a mapping may read what the person wants. */
    private static final List<String> TELLING = List.of("schema_id", "traits", "metadata_public", "metadata_admin");

    static final Pattern UUID_TEXT = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");
    private static final String NIL = "00000000-0000-0000-0000-000000000000";

    /** Ory's trigger ID is a UUID. Any other text that a caller sends in its place is not kept. */
    public IdentityChange {
        triggerId = isTriggerId(triggerId) ? triggerId : null;
    }

    public IdentityChange(String event, Instant receivedAt, String triggerId, JsonNode identity, JsonNode flow,
            JsonNode transientPayload, PrebuiltRecord record, int attempts, String traceparent) {
        this(event, receivedAt, triggerId, identity, flow, transientPayload, record, attempts, traceparent, null);
    }

    public static boolean isTriggerId(String text) {
        return text != null && UUID_TEXT.matcher(text).matches();
    }

    /** An erasure. It holds nothing but the identity's ID. */
    public static IdentityChange erase(String identity, Instant receivedAt) {
        return new IdentityChange(ERASE, receivedAt, null, idOnly(identity), null, null, null, 0, null);
    }

    /** Ory no longer has the identity. It holds nothing but the identity's ID. */
    public static IdentityChange mark(String identity, Instant receivedAt) {
        return new IdentityChange(GONE, receivedAt, null, idOnly(identity), null, null, null, 0, null);
    }

    /** A prebuilt record for the identity. */
    public static IdentityChange prebuilt(String identity, PrebuiltRecord record, String triggerId) {
        return new IdentityChange(GATEWAY, record.at(), triggerId, idOnly(identity), null, null, record, 0, null);
    }

    /** It holds no event, so it becomes the same dead letter again. */
    static IdentityChange without(DeadLetter letter) {
        return new IdentityChange(letter.event(), letter.receivedAt(), null, null, null, null, null, 0, null, letter);
    }

    public IdentityChange receivedAs(String event, Instant receivedAt, String triggerId) {
        JsonNode told = CHANGE_NO_TRAIT.contains(event) && isState() ? ((ObjectNode) identity.deepCopy()).put("part", true) : identity;
        return new IdentityChange(event, receivedAt, triggerId, told, flow, transientPayload, record, 0, traceparent);
    }

    /**
     * Merges a later event of the same identity into this one. The result has the newer state, the earlier kind of event and
     * both transient payloads, so that a registration and its verification stay a registration. An entry of Ory's list
     * counts as an event only if there is no other. A prebuilt record is not a state of the identity, so both are kept side
     * by side. An erasure has precedence over all of them. Of an identity that is gone, and of one that is back, the later
     * event counts.
     */
    public IdentityChange merge(IdentityChange later) {
        if (isErasure() || later.isErasure()) {
            return isErasure() ? this : later;
        }
        if (isGone() || later.isGone()) {
            return later;
        }
        IdentityChange newer = later.version().compareTo(version()) >= 0 ? later : this;
        IdentityChange older = newer == this ? later : this;
        IdentityChange state = !newer.isState() && older.isState() ? older : newer.completedBy(older);
        String kind = event.equals(RECONCILE) || event.equals(GATEWAY) ? later.event : event;
        return new IdentityChange(kind, newer.receivedAt, newer.triggerId, state.identity, state.flow,
                merge(transientPayload, later.transientPayload), merge(record, later.record), newer.attempts,
                newer.traceparent);
    }

    /** A part of an identity does not say what is absent, so that what an earlier event has told stays. */
    private IdentityChange completedBy(IdentityChange older) {
        if (!isState() || isWhole() || !older.isState()) {
            return this;
        }
        ObjectNode whole = older.identity.deepCopy();
        whole.remove(List.of("created_at", "updated_at")); // the version is that of this event
        identity.properties().stream().filter(field -> !field.getKey().equals("traits"))
                .filter(field -> !field.getKey().equals("part") || !older.isWhole())
                .forEach(field -> whole.set(field.getKey(), field.getValue()));
        whole.withObject("/traits").setAll((ObjectNode) identity.path("traits"));
        return new IdentityChange(event, receivedAt, triggerId, whole, flow, transientPayload, record, attempts, traceparent);
    }

    /** Whether it tells the same of the identity, apart from addresses and times. */
    public boolean saysTheSameAs(IdentityChange other) {
        return TELLING.stream().allMatch(part -> identity.path(part).equals(other.identity.path(part)))
                && (transientPayload == null || transientPayload.equals(other.transientPayload))
                && (record == null || other.record != null && record.fields().equals(other.record.fields()));
    }

    private static PrebuiltRecord merge(PrebuiltRecord one, PrebuiltRecord other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return other.at().isBefore(one.at()) ? other.then(one) : one.then(other);
    }

    /** The parts of it that are newer than a version that is already in Salesforce. */
    public IdentityChange since(Version known) {
        if (!isState() || record == null) {
            return this;
        }
        if (record.version().compareTo(known) <= 0) {
            return new IdentityChange(event, receivedAt, triggerId, identity, flow, transientPayload, null, attempts,
                    traceparent);
        }
        return stateVersion().compareTo(known) > 0 ? this
                : new IdentityChange(event, receivedAt, triggerId, idOnly(identityId()), flow, transientPayload, record,
                        attempts, traceparent);
    }

    /** The same event after one more unsuccessful attempt. */
    public IdentityChange triedAgain() {
        return new IdentityChange(event, receivedAt, triggerId, identity, flow, transientPayload, record, attempts + 1,
                traceparent);
    }

    /** Only the identity's ID is known, if that. */
    IdentityChange of(String identity) {
        return new IdentityChange(event, receivedAt, null, identity == null ? null : idOnly(identity), null, null, null, 0, null);
    }

    /** The event without what it tells of the identity. */
    public IdentityChange bare() {
        return new IdentityChange(event, receivedAt, null, idOnly(identityId()), null, null, null, attempts, null);
    }

    /** The same event as part of a trace. */
    IdentityChange tracedBy(String traceparent) {
        return new IdentityChange(event, receivedAt, triggerId, identity, flow, transientPayload, record, attempts,
                traceparent, letter);
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

    /** Whether sync can process it: it has a UUID; a record, if it has one, is complete. */
    @JsonIgnore
    public boolean isUsable() {
        return identityId() != null && (isErasure() || isState() || record == null
                || record.at() != null && record.object() != null && record.fields() instanceof ObjectNode);
    }

    /** Whether it says whose event it is and nothing of the person, so that Ory has to be asked. */
    @JsonIgnore
    public boolean isThin() {
        return isUsable() && !isErasure() && !isGone() && !isState() && record == null;
    }

    /** Whether it has a state for a mapping. */
    @JsonIgnore
    public boolean isState() {
        return identityId() != null && identity.path("traits").isObject();
    }

    /** Whether it has a prebuilt record that is newer than the identity's state, if it has both. */
    @JsonIgnore
    public boolean isRecordNewer() {
        return record != null && (!isState() || record.version().compareTo(stateVersion()) >= 0);
    }

    @JsonIgnore
    public boolean isErasure() {
        return ERASE.equals(event) && identityId() != null;
    }

    @JsonIgnore
    public boolean isGone() {
        return GONE.equals(event) && identityId() != null && !isState();
    }

    /** Whether the hook ran before Kratos had stored the identity, so that its ID is nil. */
    @JsonIgnore
    public boolean isNotStored() {
        return NIL.equals(text("id"));
    }

    /**
     * Whether it holds the whole identity, so that a trait that is absent here does not exist any more. A template that picks
     * some of the traits does not send the schema; and a login, a verification and a recovery never say that a trait is gone.
     */
    @JsonIgnore
    public boolean isComplete() {
        return isState() && Version.isTimed(identity) && isWhole();
    }

    private boolean isWhole() {
        return text("schema_id") != null && !identity.path("part").asBoolean();
    }

    /** Whether the name of its ID did not say that it is the identity's. */
    @JsonIgnore
    public boolean isUnconfirmed() {
        return identity != null && identity.path("unconfirmed").asBoolean();
    }

    /** Whether it tells which addresses are verified. */
    @JsonIgnore
    public boolean hasAddresses() {
        return identity != null && identity.path("verifiable_addresses").isArray();
    }

    /** The names of several different IDs that could be the identity's; empty if there is one or none. */
    @JsonIgnore
    public String candidates() {
        return StreamSupport.stream((identity == null ? MissingNode.getInstance() : identity.path("candidates")).spliterator(), false)
                .map(JsonNode::asText).distinct().collect(Collectors.joining(" and "));
    }

    /** Whether Ory has verified that the e-mail address belongs to the identity. */
    @JsonIgnore
    public boolean hasVerified(String address) {
        for (JsonNode known : identity.path("verifiable_addresses")) {
            if (known.path("verified").asBoolean() && known.path("value").asText().equalsIgnoreCase(address)) {
                return true;
            }
        }
        return false;
    }

    /** Whether Ory has verified an e-mail address of the identity that is at this very host. */
    @JsonIgnore
    public boolean hasVerifiedAt(String host) {
        String end = "@" + host;
        for (JsonNode known : identity.path("verifiable_addresses")) {
            String address = known.path("value").asText();
            if (known.path("verified").asBoolean()
                    && address.regionMatches(true, address.length() - end.length(), end, 0, end.length())) {
                return true;
            }
        }
        return false;
    }

    /** Null if there are none. */
    @JsonIgnore
    public JsonNode traits() {
        return identity == null ? null : identity.get("traits");
    }

    @JsonIgnore
    public String schemaId() {
        return text("schema_id");
    }

    @JsonIgnore
    public Version version() {
        return isRecordNewer() ? record.version() : stateVersion();
    }

    private Version stateVersion() {
        return Version.of(identity, receivedAt);
    }

    /** Merges both transient payloads; the later one wins where they differ. */
    private static JsonNode merge(JsonNode earlier, JsonNode later) {
        if (earlier == null || !earlier.isObject() || later == null || !later.isObject()) {
            return later == null || later.isNull() ? earlier : later;
        }
        ObjectNode both = JsonNodeFactory.instance.objectNode();
        both.setAll((ObjectNode) earlier.deepCopy());
        later.properties().forEach(field -> both.set(field.getKey(), merge(both.get(field.getKey()), field.getValue())));
        return both;
    }

    private static JsonNode idOnly(String identity) {
        return JsonNodeFactory.instance.objectNode().put("id", identity);
    }

    private String text(String field) {
        return identity == null ? null : identity.path(field).textValue();
    }
}
