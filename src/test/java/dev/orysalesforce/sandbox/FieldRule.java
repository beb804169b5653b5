package dev.orysalesforce.sandbox;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One field of an object, as an administrator would have set it up.
 *
 * @param name         API name
 * @param label        what messages call the field
 * @param type         its type
 * @param length       most characters, 0 when the type has no length
 * @param traits       what may be done with it
 * @param values       picklist values
 * @param referenceTo  object a reference points to, else null
 * @param defaultValue what a new record gets when nothing is sent, else null
 */
public record FieldRule(String name, String label, FieldType type, int length, Set<Trait> traits,
        List<String> values, String referenceTo, Object defaultValue) {

    /** What may be done with a field. */
    public enum Trait {
        CREATEABLE, UPDATEABLE, NILLABLE, UNIQUE, EXTERNAL_ID, ID_LOOKUP, CASE_SENSITIVE, RESTRICTED,
        /** Shield Platform Encryption encrypts it by the probabilistic scheme, so that no query can filter by it. */
        ENCRYPTED,
        /** Field-level security lets the calling user read it; without it the field does not exist for them. */
        VISIBLE
    }

    private static final Set<Trait> ORDINARY = Collections.unmodifiableSet(
            EnumSet.of(Trait.CREATEABLE, Trait.UPDATEABLE, Trait.NILLABLE, Trait.VISIBLE));

    public FieldRule {
        Set<Trait> own = EnumSet.noneOf(Trait.class);
        own.addAll(traits);
        traits = Collections.unmodifiableSet(own);
        values = List.copyOf(values);
    }

    /** An ordinary optional field of any type. */
    public static FieldRule of(FieldType type, String name, int length) {
        return new FieldRule(name, labelOf(name), type, length, ORDINARY, List.of(), null, null);
    }

    /** An optional text field of at most {@code length} characters. */
    public static FieldRule text(String name, int length) {
        return of(FieldType.STRING, name, length);
    }

    /** A checkbox; Salesforce never lets one be empty. */
    public static FieldRule checkbox(String name) {
        return of(FieldType.BOOLEAN, name, 0).without(Trait.NILLABLE).defaultingTo(false);
    }

    /** A date and time. */
    public static FieldRule datetime(String name) {
        return of(FieldType.DATETIME, name, 0);
    }

    /** A number. */
    public static FieldRule number(String name) {
        return of(FieldType.DOUBLE, name, 0);
    }

    /** A picklist of up to 255 characters which takes any value until it is {@link Trait#RESTRICTED}. */
    public static FieldRule picklist(String name, String... values) {
        return of(FieldType.PICKLIST, name, 255).withValues(values);
    }

    /** A lookup of another object's record. */
    public static FieldRule reference(String name, String referenceTo) {
        FieldRule rule = of(FieldType.REFERENCE, name, 18);
        return new FieldRule(rule.name, rule.label, rule.type, rule.length, rule.traits, rule.values, referenceTo,
                null);
    }

    /** A unique, case-sensitive external ID. */
    public static FieldRule externalId(String name, int length) {
        return text(name, length).with(Trait.UNIQUE, Trait.EXTERNAL_ID, Trait.ID_LOOKUP, Trait.CASE_SENSITIVE);
    }

    /** The same field with more rights. */
    public FieldRule with(Trait... more) {
        Set<Trait> changed = copyOfTraits();
        changed.addAll(List.of(more));
        return withTraits(changed);
    }

    /** The same field with fewer rights. */
    public FieldRule without(Trait... fewer) {
        Set<Trait> changed = copyOfTraits();
        List.of(fewer).forEach(changed::remove);
        return withTraits(changed);
    }

    /** The same field, which must have a value. */
    public FieldRule required() {
        return without(Trait.NILLABLE);
    }

    /** The same field, which API calls can read but not write. */
    public FieldRule readOnly() {
        return without(Trait.CREATEABLE, Trait.UPDATEABLE);
    }

    /** The same picklist with these values. */
    public FieldRule withValues(String... changed) {
        return new FieldRule(name, label, type, length, traits, List.of(changed), referenceTo, defaultValue);
    }

    /** The same field with another greatest length. */
    public FieldRule withLength(int changed) {
        return new FieldRule(name, label, type, changed, traits, values, referenceTo, defaultValue);
    }

    /** The same field with another label. */
    public FieldRule labelled(String changed) {
        return new FieldRule(name, changed, type, length, traits, values, referenceTo, defaultValue);
    }

    /** The same field, filled with this when a new record says nothing. */
    public FieldRule defaultingTo(Object value) {
        return new FieldRule(name, label, type, length, traits, values, referenceTo, value);
    }

    public boolean is(Trait trait) {
        return traits.contains(trait);
    }

    boolean isRequired() {
        return !is(Trait.NILLABLE) && defaultValue == null && is(Trait.CREATEABLE);
    }

    boolean isIndexed() {
        return is(Trait.UNIQUE) || is(Trait.EXTERNAL_ID) || is(Trait.ID_LOOKUP);
    }

    /** Salesforce cannot filter by long text areas, nor by what it can't compare. */
    boolean isFilterable() {
        return !is(Trait.ENCRYPTED) && !(type == FieldType.TEXTAREA && length > 255);
    }

    private FieldRule withTraits(Set<Trait> changed) {
        return new FieldRule(name, label, type, length, changed, values, referenceTo, defaultValue);
    }

    private Set<Trait> copyOfTraits() {
        Set<Trait> copy = EnumSet.noneOf(Trait.class);
        copy.addAll(traits);
        return copy;
    }

    private static String labelOf(String name) {
        String plain = name.replaceAll("__c$", "").replace('_', ' ');
        return plain.replaceAll("(?<=[a-z])(?=[A-Z])", " ");
    }
}
