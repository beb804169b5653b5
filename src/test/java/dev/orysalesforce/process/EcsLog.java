package dev.orysalesforce.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.stream.Stream;

/** A log in the Elastic Common Schema: a JSON document on each line. */
final class EcsLog {

    private static final ObjectMapper JSON = new ObjectMapper();

    private EcsLog() {
    }

    static Stream<JsonNode> lines(String log) {
        return log.lines().map(line -> {
            try {
                return JSON.readTree(line);
            } catch (JsonProcessingException e) {
                throw new AssertionError("Not JSON: " + line, e);
            }
        });
    }
}
