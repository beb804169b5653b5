package dev.orysalesforce.sandbox;

import java.util.List;

/**
 * A field of a query, or of a parent: {@code Email}, {@code Account.Name}.
 *
 * @param hops  references to follow first
 * @param field the field at the end
 * @param names as they stand in the answer, relationships first
 */
record FieldPath(List<FieldRule> hops, FieldRule field, List<String> names) {

    Object value(SandboxRecord record, Org org) {
        SandboxRecord at = record;
        for (FieldRule hop : hops) {
            String id = at.text(hop.name());
            at = id == null ? null : org.record(id);
            if (at == null) {
                return null;
            }
        }
        Object value = at.get(field.name());
        return value == null && field.type() == FieldType.BOOLEAN ? Boolean.FALSE : value;
    }
}
