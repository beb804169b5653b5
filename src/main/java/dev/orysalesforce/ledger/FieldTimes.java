package dev.orysalesforce.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** When fields were sent, in the form of the ledger, which names each time once. */
final class FieldTimes {

    private FieldTimes() {}

    static Map<String, List<String>> byTime(Map<String, Instant> sentAt) {
        Map<String, List<String>> byTime = new TreeMap<>();
        new TreeMap<>(sentAt).forEach((field, at) -> byTime.computeIfAbsent(at.toString(), time -> new ArrayList<>()).add(field));
        return byTime;
    }

    static Map<String, Instant> byField(Map<String, List<String>> byTime) {
        Map<String, Instant> sentAt = new HashMap<>();
        byTime.forEach((at, fields) -> fields.forEach(field -> sentAt.put(field, Instant.parse(at))));
        return sentAt;
    }
}
