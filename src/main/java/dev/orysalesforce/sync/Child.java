package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.mapping.Mapping;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * A record that hangs on another one, as a mapping answers it: the campaign member of a Lead, for instance.
 *
 * @param object its object
 * @param match the fields that tell it from its siblings; the record has one child for the same values
 * @param fields its fields; one that refers to another record holds its ID, or an object with the one field that it is found by
 */
public record Child(String object, List<String> match, ObjectNode fields) {

    /** In larger numbers they would crowd out the records themselves. */
    private static final int MOST = 20;
    private static final String ATTRIBUTES = "attributes";
    private static final String MATCH = "match";

    /**
     * What is wrong with the children of a mapping's answer, or nothing. It quotes no value, and no name that is not one of a
     * field.
     */
    static Optional<String> problem(JsonNode answer) {
        JsonNode children = answer.path(Mapping.CHILDREN);
        if (children.isMissingNode() || children.isNull()) {
            return Optional.empty();
        }
        if (!children.isArray() || children.size() > MOST) {
            return Optional.of("it is not a list of at most " + MOST + " records");
        }
        for (JsonNode child : children) {
            String wrong = wrong(child);
            if (wrong != null) {
                return Optional.of("a child " + wrong);
            }
        }
        return Optional.empty();
    }

    private static String wrong(JsonNode child) {
        return !child.isObject() ? "is not an object"
                : !Parent.isName(child.path(ATTRIBUTES).path("type").asText()) ? "has no attributes.type, such as CampaignMember"
                : !Parent.isListOfNames(child.path(MATCH)) || child.path(MATCH).isEmpty()
                        ? "has no match, which is a list of the fields that tell it from its siblings"
                : !areFields(child) ? "has a field that is not a text, a number, true, false, null or an object with one text"
                : null;
    }

    private static boolean areFields(JsonNode child) {
        return child.properties().stream().filter(field -> !Set.of(ATTRIBUTES, MATCH).contains(field.getKey()))
                .allMatch(field -> Parent.isName(field.getKey()) && (field.getValue().isValueNode() || isReference(field.getValue())));
    }

    private static boolean isReference(JsonNode value) {
        return value.isObject() && value.size() == 1 && value.properties().stream()
                .allMatch(key -> Parent.isName(key.getKey()) && (key.getValue().isTextual() || key.getValue().isNull()));
    }

    /**
     * The children of an answer without a {@link #problem}. One without a value for a field of {@code match} is none; of two with
     * the same values the last one counts.
     */
    static List<Child> of(JsonNode children) {
        Map<String, Child> all = new LinkedHashMap<>();
        if (children != null) {
            children.forEach(answered -> {
                Child child = of((ObjectNode) answered);
                if (child.match().stream().noneMatch(field -> isEmpty(child.fields().path(field)))) {
                    all.put(child.object() + child.key(), child);
                }
            });
        }
        return List.copyOf(all.values());
    }

    private static Child of(ObjectNode answered) {
        List<String> match = new ArrayList<>();
        answered.path(MATCH).forEach(name -> match.add(name.textValue()));
        ObjectNode fields = answered.deepCopy();
        fields.remove(List.of(ATTRIBUTES, MATCH));
        return new Child(answered.path(ATTRIBUTES).path("type").asText(), List.copyOf(match), fields);
    }

    private static boolean isEmpty(JsonNode value) {
        JsonNode told = value.isObject() ? value.iterator().next() : value;
        return told.isMissingNode() || told.isNull() || told.asText().isBlank();
    }

    /** The same with other names of fields. */
    public Child spelled(UnaryOperator<String> name) {
        ObjectNode renamed = fields.objectNode();
        fields.properties().forEach(field -> renamed.set(name.apply(field.getKey()), field.getValue()));
        return new Child(object, match.stream().map(name).toList(), renamed);
    }

    /** The same without the other fields that do not tell it from its siblings. */
    public Child only(Collection<String> details) {
        ObjectNode fewer = fields.deepCopy();
        fewer.properties().removeIf(field -> !match.contains(field.getKey()) && !details.contains(field.getKey()));
        return new Child(object, match, fewer);
    }

    /** What tells it from its siblings. */
    public ObjectNode key() {
        ObjectNode key = fields.objectNode();
        new TreeSet<>(match).forEach(field -> key.set(field, fields.path(field)));
        return key;
    }

    /** Its fields but those that tell it from its siblings. */
    public ObjectNode details() {
        ObjectNode details = fields.deepCopy();
        details.remove(match);
        return details;
    }

    /** As the mapping has answered it, for people. */
    public ObjectNode shown() {
        ObjectNode shown = fields.objectNode();
        shown.putObject(ATTRIBUTES).put("type", object);
        return shown.setAll(fields);
    }
}
