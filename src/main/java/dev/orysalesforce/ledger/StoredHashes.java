package dev.orysalesforce.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.springframework.stereotype.Component;

/** The column with what was last sent to a parent or a child: JSON, field to keyed hash. */
@Component
class StoredHashes {

    private static final TypeReference<Map<String, String>> HASHES = new TypeReference<>() {};

    private final ObjectMapper json;

    StoredHashes(ObjectMapper json) {
        this.json = json;
    }

    String write(Map<String, String> fields) {
        try {
            return json.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    Map<String, String> read(String fields) {
        try {
            return json.readValue(fields, HASHES);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A record of the ledger can't be read: the fields of a parent or a child", e);
        }
    }
}
