package dev.orysalesforce.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What goes back to the caller.
 *
 * @param json      the body as a tree when it is JSON, else null
 * @param allWell   no error in it, not for a single row either
 * @param transport how the connection treats it
 */
record Answer(int status, String contentType, byte[] body, JsonNode json, Map<String, String> headers,
        boolean allWell, Transport transport) {
    /** What the network makes of an answer. */
    enum Transport { DELIVERED, RESET, TRUNCATED }

    private static final String JSON_TYPE = "application/json;charset=UTF-8";

    static Answer json(int status, JsonNode body) {
        return new Answer(status, JSON_TYPE, null, body, Map.of(), status < 300, Transport.DELIVERED);
    }

    static Answer text(int status, String contentType, String body) {
        return new Answer(status, contentType, body.getBytes(StandardCharsets.UTF_8), null, Map.of(), status < 300,
                Transport.DELIVERED);
    }

    static Answer empty(int status) {
        return text(status, JSON_TYPE, "");
    }

    static Answer error(ApiError failure) {
        return error(failure.status(), failure.error());
    }

    static Answer error(int status, RowError error) {
        var one = Json.object();
        one.put("message", error.message());
        one.put("errorCode", error.code());
        if (!error.fields().isEmpty()) {
            one.set("fields", Json.tree(error.fields()));
        }
        error.detail().forEach((key, value) -> one.set(key, Json.tree(value)));
        return json(status, Json.array().add(one));
    }

    static Answer lost(Transport how) {
        return new Answer(200, JSON_TYPE, new byte[0], null, Map.of(), false, how);
    }

    Answer withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Answer(status, contentType, body, json, more, allWell, transport);
    }

    Answer withRowErrors() {
        return new Answer(status, contentType, body, json, headers, false, transport);
    }

    Answer firstHalf() {
        byte[] whole = bytes();
        return new Answer(status, contentType, Arrays.copyOf(whole, whole.length / 2), null, headers, allWell,
                transport);
    }

    byte[] bytes() {
        return body != null ? body : Json.bytes(json);
    }
}
