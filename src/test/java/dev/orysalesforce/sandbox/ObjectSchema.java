package dev.orysalesforce.sandbox;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The fields of one object. Can be changed while calls are in flight, as administrators do. */
public final class ObjectSchema {
    private final String name;
    private final String keyPrefix;
    private volatile Fields fields;

    private record Fields(Map<String, FieldRule> byName, Map<String, FieldRule> byLowerCase, List<FieldRule> indexed,
            List<FieldRule> unique, List<FieldRule> required, List<FieldRule> defaulted) {
    }

    /** An object without fields; {@code keyPrefix} starts the ID of each of its records. */
    public ObjectSchema(String name, String keyPrefix, FieldRule... rules) {
        this.name = name;
        this.keyPrefix = keyPrefix;
        replaceAll(List.of(rules));
    }

    public String name() {
        return name;
    }

    public String keyPrefix() {
        return keyPrefix;
    }

    /** Adds a field, or replaces the one of the same name. */
    public synchronized ObjectSchema put(FieldRule rule) {
        Map<String, FieldRule> changed = new LinkedHashMap<>(fields.byName);
        changed.put(rule.name(), rule);
        replaceAll(changed.values());
        return this;
    }

    /** Removes a field. Values in records stay and come back with the field. */
    public synchronized ObjectSchema remove(String field) {
        Map<String, FieldRule> changed = new LinkedHashMap<>(fields.byName);
        changed.remove(field);
        replaceAll(changed.values());
        return this;
    }

    /** Changes a field, e.g. {@code alter("LeadSource", f -> f.with(Trait.RESTRICTED))}. */
    public synchronized ObjectSchema alter(String field, UnaryOperator<FieldRule> change) {
        return put(change.apply(rule(field).orElseThrow(
                () -> new IllegalArgumentException("no field " + field + " on " + name))));
    }

    /** Takes field-level security away: for the calling user the field no longer exists. */
    public ObjectSchema hide(String field) {
        return alter(field, rule -> rule.without(FieldRule.Trait.VISIBLE));
    }

    /** Gives field-level security back. */
    public ObjectSchema show(String field) {
        return alter(field, rule -> rule.with(FieldRule.Trait.VISIBLE));
    }

    /** The field of this name, without access checks; names are not case-sensitive. */
    public Optional<FieldRule> rule(String field) {
        Fields now = fields;
        FieldRule exact = now.byName.get(field);
        return Optional.ofNullable(exact != null ? exact : now.byLowerCase.get(field.toLowerCase(Locale.ROOT)));
    }

    /** The field of this name as far as the calling user may see it. */
    Optional<FieldRule> visible(String field) {
        return rule(field).filter(rule -> rule.is(FieldRule.Trait.VISIBLE));
    }

    /** All fields in the order they were added. */
    public Collection<FieldRule> rules() {
        return fields.byName.values();
    }

    List<FieldRule> indexed() {
        return fields.indexed;
    }

    List<FieldRule> unique() {
        return fields.unique;
    }

    List<FieldRule> required() {
        return fields.required;
    }

    List<FieldRule> defaulted() {
        return fields.defaulted;
    }

    /** The reference behind a relationship name: {@code Account} is {@code AccountId}. */
    Optional<FieldRule> relationship(String relationship) {
        String field = relationship.endsWith("__r")
                ? relationship.substring(0, relationship.length() - 1) + "c"
                : relationship + "Id";
        return visible(field).filter(rule -> rule.type() == FieldType.REFERENCE);
    }

    /** Another object after each change, so that what was derived from the old fields can be thrown away. */
    Object version() {
        return fields;
    }

    private void replaceAll(Collection<FieldRule> rules) {
        Map<String, FieldRule> byName = new LinkedHashMap<>();
        Map<String, FieldRule> byLowerCase = new LinkedHashMap<>();
        for (FieldRule rule : rules) {
            byName.put(rule.name(), rule);
            byLowerCase.put(rule.name().toLowerCase(Locale.ROOT), rule);
        }
        fields = new Fields(byName, byLowerCase,
                byName.values().stream().filter(FieldRule::isIndexed).toList(),
                byName.values().stream().filter(rule -> rule.is(FieldRule.Trait.UNIQUE)).toList(),
                byName.values().stream().filter(FieldRule::isRequired).toList(),
                byName.values().stream().filter(rule -> rule.defaultValue() != null).toList());
    }
}
