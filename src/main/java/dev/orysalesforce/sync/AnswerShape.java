package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.mapping.Mapping;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The parts of a mapping's answer that are no fields, and have to have a shape. */
public final class AnswerShape {

    private AnswerShape() {}

    /**
     * What is wrong with the answer, or nothing. It quotes no value, and no name that is not one of a field.
     *
     * @param answer what a mapping has answered; may be null or of any kind
     */
    public static Optional<String> problem(JsonNode answer) {
        return Parent.problem(answer).map(wrong -> "parents that can't be used: " + wrong)
                .or(() -> Child.problem(answer).map(wrong -> "children that can't be used: " + wrong))
                .or(() -> !answer.hasNonNull(Mapping.KEEP) || Parent.isListOfNames(answer.path(Mapping.KEEP)) ? Optional.empty()
                        : Optional.of("a keep that is no list of fields"));
    }

    /** @param keep of an answer without a {@link #problem}; names in another case are the same field, as at Salesforce */
    static Set<String> kept(JsonNode keep) {
        Set<String> fields = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        if (keep != null) {
            keep.forEach(name -> fields.add(name.textValue()));
        }
        return fields;
    }
}
