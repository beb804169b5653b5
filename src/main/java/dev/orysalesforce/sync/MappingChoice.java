package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.salesforce.RecordError;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which mapping makes the record of an item. Where that of its schema answers another object than the record is, others
 * are asked.
 *
 * @param own the mapping of the identity's schema
 * @param current the one that is asked, or has answered
 * @param passedOver answers of another object
 * @param note that another mapping had to step in; null if none did
 */
record MappingChoice(Mapping own, Mapping current, List<Answer> passedOver, RecordError note) {

    /** A mapping's answer that is of another object than the record. */
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

    /** What the schema's mapping has answered. */
    ObjectNode ownAnswer() {
        return passedOver.get(0).record();
    }

    /** The current mapping has answered in the place of the schema's. */
    MappingChoice settled(String object) {
        return new MappingChoice(own, current, passedOver, RecordError.of("OTHER_MAPPING", "The record is a " + object + ", but "
                + own.name() + " answers a " + passedOver.get(0).object() + " for this identity; so " + current.name()
                + " was used."));
    }

    /** No mapping answers the record's object, so the schema's has the last word. */
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
