package dev.orysalesforce.sandbox;

import java.util.List;
import java.util.Map;

/**
 * Why Salesforce refuses a record.
 *
 * @param code    e.g. {@code REQUIRED_FIELD_MISSING}
 * @param message what Salesforce says, often with the offending value in it
 * @param fields  the fields to blame, may be empty
 * @param detail  further keys of the error, sent only in answers about a single record
 */
public record RowError(String code, String message, List<String> fields, Map<String, Object> detail) {

    public RowError {
        fields = List.copyOf(fields);
    }

    public RowError(String code, String message, String... fields) {
        this(code, message, List.of(fields), Map.of());
    }
}
