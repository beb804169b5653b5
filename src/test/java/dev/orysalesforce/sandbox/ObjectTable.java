package dev.orysalesforce.sandbox;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The records of one object, deleted ones included, with an index for each field that identifies. Not thread safe. */
final class ObjectTable {
    private final ObjectSchema schema;
    private final TreeMap<String, SandboxRecord> byId = new TreeMap<>();
    private final Map<String, NavigableMap<String, Set<String>>> indexes = new HashMap<>();
    private Object indexedVersion;

    ObjectTable(ObjectSchema schema) {
        this.schema = schema;
    }

    ObjectSchema schema() {
        return schema;
    }

    SandboxRecord get(String id) {
        return byId.get(id);
    }

    Collection<SandboxRecord> all() {
        return byId.values();
    }

    void put(SandboxRecord record) {
        SandboxRecord before = byId.put(record.id(), record);
        for (FieldRule rule : schema.indexed()) {
            Map<String, Set<String>> index = indexOf(rule);
            Object old = before == null ? null : before.get(rule.name());
            Object now = record.get(rule.name());
            if (old != null && !old.equals(now)) {
                forget(index, key(rule, old), record.id());
            }
            if (now != null && !now.equals(old)) {
                index.computeIfAbsent(key(rule, now), k -> new LinkedHashSet<>(2)).add(record.id());
            }
        }
    }

    void remove(String id) {
        SandboxRecord gone = byId.remove(id);
        if (gone != null) {
            indexes.forEach((field, index) -> {
                Object value = gone.get(field);
                if (value != null) {
                    schema.rule(field).ifPresent(rule -> forget(index, key(rule, value), id));
                }
            });
        }
    }

    /** The live records which hold this value in an identifying field. */
    List<SandboxRecord> live(FieldRule rule, Object value) {
        List<SandboxRecord> found = new ArrayList<>(1);
        for (String id : ids(rule, value)) {
            SandboxRecord record = byId.get(id);
            if (!record.isDeleted()) {
                found.add(record);
            }
        }
        return found;
    }

    /** The IDs of all records, deleted ones too, which hold this value in an identifying field. */
    Set<String> ids(FieldRule rule, Object value) {
        return value == null ? Set.of() : indexOf(rule).getOrDefault(key(rule, value), Set.of());
    }

    /** All records from this value of an identifying field on, deleted ones too, in the order of the field. */
    Stream<SandboxRecord> from(FieldRule rule, Object value, boolean inclusive) {
        return indexOf(rule).tailMap(key(rule, value), inclusive).values().stream().flatMap(Set::stream).map(byId::get);
    }

    private NavigableMap<String, Set<String>> indexOf(FieldRule rule) {
        if (indexedVersion != schema.version()) {
            indexes.clear();
            indexedVersion = schema.version();
        }
        NavigableMap<String, Set<String>> index = indexes.get(rule.name());
        if (index == null) {
            index = new TreeMap<>();
            for (SandboxRecord record : byId.values()) {
                Object value = record.get(rule.name());
                if (value != null) {
                    index.computeIfAbsent(key(rule, value), k -> new LinkedHashSet<>(2)).add(record.id());
                }
            }
            indexes.put(rule.name(), index);
        }
        return index;
    }

    private static void forget(Map<String, Set<String>> index, String key, String id) {
        Set<String> ids = index.get(key);
        if (ids != null && ids.remove(id) && ids.isEmpty()) {
            index.remove(key);
        }
    }

    private static String key(FieldRule rule, Object value) {
        String text = value.toString();
        return rule.is(FieldRule.Trait.CASE_SENSITIVE) ? text : text.toLowerCase(Locale.ROOT);
    }
}
