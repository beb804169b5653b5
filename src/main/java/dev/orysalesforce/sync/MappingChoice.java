package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.salesforce.RecordError;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which mapping makes the record of an item. If the schema's mapping answers another object than the existing record has,
 * other mappings are invoked.
 *
 * @param own the mapping of the identity's schema
 * @param current the mapping that is invoked, or has answered
 * @param passedOver answers of another object
 * @param note that another mapping was used; null if none was
 */
record MappingChoice(Mapping own, Mapping current, List<Answer> passedOver, RecordError note) {

    /** A mapping's answer with another object than the record has. */
    record Answer(Mapping mapping, String object, ObjectNode record) {}

    static MappingChoice of(Mapping own) {
        return new MappingChoice(own, own, List.of(), null);
    }

    MappingChoice with(Mapping next) {
        return new MappingChoice(own, next, passedOver, note);
    }

    /** The current mapping has answered another object. */
    MappingChoice passOver(String object, ObjectNode record) {
        return new MappingChoice(own, current,
                Stream.concat(passedOver.stream(), Stream.of(new Answer(current, object, record))).toList(), note);
    }

    boolean hasPassedOver() {
        return !passedOver.isEmpty();
    }

    boolean hasPassedOver(Mapping mapping) {
        return passedOver.stream().anyMatch(answer -> answer.mapping().equals(mapping));
    }

    /** The answer of the schema's mapping. */
    ObjectNode ownAnswer() {
        return passedOver.get(0).record();
    }

    /** The current mapping replaces the schema's. */
    MappingChoice settled(String object) {
        return new MappingChoice(own, current, passedOver, RecordError.of("OTHER_MAPPING", "The record is a " + object + ", but "
                + own.name() + " answers a " + passedOver.get(0).object() + " for this identity; so " + current.name()
                + " was used."));
    }

    /** No mapping answers the record's object, so the schema's is used. */
    MappingChoice settledByOwn(String object) {
        return new MappingChoice(own, own, passedOver, RecordError.of("NO_OTHER_MAPPING", "The record is a " + object + ", "
                + own.name() + " answers a " + passedOver.get(0).object() + " for this identity, and no other mapping answers a "
                + object + ". Fields that a " + object + " lacks are left out."));
    }

    /** The record's object lacks these fields. */
    MappingChoice leavingOut(List<String> fields) {
        return fields.isEmpty() ? this : new MappingChoice(own, current, passedOver, new RecordError(note.code(),
                note.message() + " These fields: " + String.join(", ", fields) + ".", fields));
    }
}
