package dev.orysalesforce.sandbox.ory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * An Ory project: its identities, and what people and administrators do with them. Thread safe. Nothing here sends a
 * webhook; {@link #hook} makes the body, so that live events and the Admin API agree.
 */
public final class OryProject {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** As Go writes moments: no trailing zeros. */
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder().appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true).appendLiteral('Z').toFormatter()
            .withZone(ZoneOffset.UTC);

    /** UUIDs sort by their bytes, which is how their lower-case text sorts. */
    private final TreeMap<String, ObjectNode> identities = new TreeMap<>();
    private Instant last = Instant.EPOCH;

    /** A new identity of schema {@code customer} with a random ID. Its e-mail is not verified. */
    public String add(Map<String, ?> traits) {
        return add(UUID.randomUUID().toString(), traits);
    }

    /** A new identity with this ID. */
    public synchronized String add(String id, Map<String, ?> traits) {
        return add(id, "customer", traits);
    }

    /** A new identity with this ID and schema. */
    public synchronized String add(String id, String schema, Map<String, ?> traits) {
        String key = id.toLowerCase(Locale.ROOT);
        if (!UUID.fromString(key).toString().equals(key) || identities.containsKey(key)) {
            throw new IllegalArgumentException("no UUID, or taken: " + id);
        }
        String now = tick();
        ObjectNode identity = JSON.createObjectNode().put("id", key).put("schema_id", schema)
                .put("schema_url", "http://127.0.0.1:4433/schemas/" + Base64.getUrlEncoder().withoutPadding()
                        .encodeToString(schema.getBytes(StandardCharsets.UTF_8)))
                .put("state", "active").put("state_changed_at", now);
        identity.set("traits", JSON.valueToTree(traits));
        address(identity, now);
        identity.putNull("metadata_public").putNull("metadata_admin")
                .put("created_at", now).put("updated_at", now).putNull("organization_id");
        identities.put(key, identity);
        return key;
    }

    /** Many new identities at once. */
    public synchronized List<String> addMany(int count, IntFunction<? extends Map<String, ?>> traits) {
        List<String> ids = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            ids.add(add(traits.apply(i)));
        }
        return ids;
    }

    /** Replaces all traits, as a settings flow or an administrator does. A new e-mail has to be verified again. */
    public void change(String id, Map<String, ?> traits) {
        patch(id, identity -> identity.set("traits", JSON.valueToTree(traits)));
    }

    /** Changes anything, as a {@code PATCH} of the Admin API does; {@code updated_at} moves. */
    public synchronized void patch(String id, Consumer<ObjectNode> change) {
        ObjectNode identity = existing(id);
        String now = tick();
        String email = email(identity);
        change.accept(identity);
        if (!email.equals(email(identity))) {
            address(identity, now);
        }
        identity.put("updated_at", now);
    }

    /** The e-mail becomes verified. As at Ory, {@code updated_at} of the identity stays. */
    public synchronized void verify(String id) {
        String now = tick();
        existing(id).withArray("verifiable_addresses").forEach(address -> ((ObjectNode) address)
                .put("verified", true).put("status", "completed").put("verified_at", now).put("updated_at", now));
    }

    /** Administrators lock the identity out. */
    public void deactivate(String id) {
        patch(id, identity -> identity.put("state", "inactive").put("state_changed_at", text(Instant.now())));
    }

    /** The identity is gone for good. */
    public synchronized void delete(String id) {
        existing(id);
        identities.remove(key(id));
    }

    /** An identity that was deleted is there again as it was, as after an import. */
    public synchronized void restore(ObjectNode identity) {
        identities.put(identity.path("id").asText(), identity);
    }

    /** Removes everybody. */
    public synchronized void clear() {
        identities.clear();
    }

    public synchronized int size() {
        return identities.size();
    }

    /** All IDs, in the order of the list. */
    public synchronized List<String> ids() {
        return List.copyOf(identities.keySet());
    }

    /** The identity as the list shows it, or null. */
    public synchronized ObjectNode identity(String id) {
        ObjectNode identity = identities.get(key(id));
        return identity == null ? null : identity.deepCopy();
    }

    public Instant updatedAt(String id) {
        return Instant.parse(identity(id).path("updated_at").asText());
    }

    /** What a hook sends now with the template {@code {identity: ctx.identity}}: no {@code metadata_admin}. */
    public ObjectNode hook(String id) {
        ObjectNode identity = identity(id);
        identity.remove("metadata_admin");
        ObjectNode body = JSON.createObjectNode();
        body.set("identity", identity);
        return body;
    }

    /** What a hook sends now with the template {@code function(ctx) ctx}, after a flow with a transient payload. */
    public ObjectNode hook(String id, Map<String, ?> transientPayload) {
        ObjectNode body = JSON.createObjectNode();
        String now = text(Instant.now());
        body.putObject("flow").put("id", UUID.randomUUID().toString()).put("type", "api").put("issued_at", now)
                .set("transient_payload", JSON.valueToTree(transientPayload));
        body.setAll(hook(id));
        body.putObject("request_cookies");
        body.putObject("request_headers").putArray("User-Agent").add("curl/7.88.1");
        return body.put("request_method", "POST").put("request_url", "http://127.0.0.1:4433/self-service");
    }

    /** At most {@code size} identities behind this ID. */
    synchronized List<ObjectNode> page(String afterId, int size) {
        List<ObjectNode> page = new ArrayList<>();
        for (ObjectNode identity : identities.tailMap(key(afterId), false).values()) {
            if (page.size() == size) {
                break;
            }
            page.add(identity.deepCopy());
        }
        return page;
    }

    /** Those who log in with this address; Ory ignores its case. */
    synchronized List<ObjectNode> withIdentifier(String address, int size) {
        return identities.values().stream().filter(identity -> !address.isEmpty() && email(identity).equalsIgnoreCase(address))
                .limit(size).map(ObjectNode::deepCopy).toList();
    }

    /** Addresses are rows of their own: they keep the lower-case value, and start anew with it. */
    private static void address(ObjectNode identity, String now) {
        String email = email(identity);
        identity.remove(List.of("verifiable_addresses", "recovery_addresses"));
        if (!email.isEmpty()) {
            identity.set("verifiable_addresses", rows(email, now, true));
            identity.set("recovery_addresses", rows(email, now, false));
        }
    }

    private static ArrayNode rows(String email, String now, boolean verifiable) {
        ArrayNode rows = JSON.createArrayNode();
        ObjectNode row = rows.addObject().put("id", UUID.randomUUID().toString())
                .put("value", email.toLowerCase(Locale.ROOT)).put("via", "email");
        if (verifiable) {
            row.put("verified", false).put("status", "sent");
        }
        row.put("created_at", now).put("updated_at", now);
        return rows;
    }

    private static String email(JsonNode identity) {
        return identity.path("traits").path("email").asText("");
    }

    private ObjectNode existing(String id) {
        ObjectNode identity = identities.get(key(id));
        if (identity == null) {
            throw new IllegalArgumentException("no identity " + id);
        }
        return identity;
    }

    private static String key(String id) {
        return id.toLowerCase(Locale.ROOT);
    }

    /** Microseconds, as databases keep them, and never the same moment twice. */
    private String tick() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        last = now.isAfter(last) ? now : last.plus(1, ChronoUnit.MICROS);
        return text(last);
    }

    private static String text(Instant moment) {
        return TIME.format(moment);
    }
}
