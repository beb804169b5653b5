package dev.orysalesforce.sandbox;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A record at one moment; never changes.
 *
 * @param object its object, e.g. {@code Lead}
 * @param id     18 characters
 * @param fields what it holds, Id included; an empty field has no entry
 */
public record SandboxRecord(String object, String id, Map<String, Object> fields) {

    public SandboxRecord {
        Map<String, Object> filled = new LinkedHashMap<>(fields.size() * 2);
        filled.put("Id", id);
        fields.forEach((field, value) -> {
            if (value != null) {
                filled.put(field, value);
            }
        });
        fields = Collections.unmodifiableMap(filled);
    }

    /** The value of a field, or null when it is empty. */
    public Object get(String field) {
        return fields.get(field);
    }

    /** The value of a field as text, or null when it is empty. */
    public String text(String field) {
        Object value = fields.get(field);
        return value == null ? null : value.toString();
    }

    /** Whether a checkbox is ticked. */
    public boolean is(String field) {
        return Boolean.TRUE.equals(fields.get(field));
    }

    /** The identity it belongs to, or null. */
    public String identity() {
        return text(StandardObjects.IDENTITY);
    }

    public boolean isDeleted() {
        return is("IsDeleted");
    }
}
