package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.mapping.Mapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A record that another one hangs on, as a mapping answers it: the Account of a Contact, for instance.
 *
 * @param field the field of the record that refers to it
 * @param object its object
 * @param match the fields that it is found by, in their order
 * @param create whether it is created if it is not found
 * @param update whether its fields are sent when they change, and not only when it is created
 * @param fields its fields; one without a value is null or missing
 */
public record Parent(String field, String object, List<String> match, boolean create, boolean update, ObjectNode fields) {

    private static final String ATTRIBUTES = "attributes";
    private static final String MATCH = "match";
    private static final String CREATE = "create";
    private static final String UPDATE = "update";
    private static final Pattern NAME = Pattern.compile("[A-Za-z]\\w{0,79}");

    /**
     * What is wrong with the parents of a mapping's answer, or nothing. It quotes no value, and no name that is not one of a
     * field.
     */
    static Optional<String> problem(JsonNode record) {
        JsonNode parents = record.path(Mapping.PARENTS);
        if (parents.isMissingNode() || parents.isNull()) {
            return Optional.empty();
        }
        if (!parents.isObject()) {
            return Optional.of("it is not an object with a field such as AccountId for each parent");
        }
        return parents.properties().stream().flatMap(parent -> problem(record, parent.getKey(), parent.getValue()).stream()).findFirst();
    }

    private static Optional<String> problem(JsonNode record, String field, JsonNode parent) {
        if (!isName(field)) {
            return Optional.of("a parent has a name that is not one of a field");
        }
        if (parent.isNull()) {
            return Optional.empty();
        }
        String wrong = !parent.isObject() ? "is neither an object nor null"
                : record.has(field) ? "is in the record, too"
                : !isName(parent.path(ATTRIBUTES).path("type").asText()) ? "has no attributes.type, such as Account"
                : !isListOfNames(parent.path(MATCH)) || parent.path(MATCH).isEmpty()
                        ? "has no match, which is a list of the fields that it is found by"
                : !isSwitch(parent.path(CREATE)) ? "has a create that is neither true nor false"
                : !isSwitch(parent.path(UPDATE)) ? "has an update that is neither true nor false"
                : parent.has(Mapping.PARENTS) || parent.has(Mapping.CHILDREN) || parent.has(Mapping.ON_CREATE)
                        ? "has parents, children or onCreate of its own"
                : !areFields(parent) ? "has a field that is not a text, a number, true, false or null"
                : null;
        return Optional.ofNullable(wrong).map(what -> field + " " + what);
    }

    static boolean isListOfNames(JsonNode list) {
        for (JsonNode name : list) {
            if (!name.isTextual() || !isName(name.textValue())) {
                return false;
            }
        }
        return list.isArray();
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    private static boolean isSwitch(JsonNode value) {
        return value.isMissingNode() || value.isBoolean();
    }

    private static boolean areFields(JsonNode parent) {
        return parent.properties().stream().filter(field -> !Set.of(ATTRIBUTES, MATCH).contains(field.getKey()))
                .allMatch(field -> isName(field.getKey()) && field.getValue().isValueNode());
    }

    /**
     * @param parents of an answer without a {@link #problem}
     * @return field to parent
     */
    static Map<String, Parent> of(JsonNode parents) {
        Map<String, Parent> all = new LinkedHashMap<>();
        parents.properties().forEach(field -> {
            if (field.getValue() instanceof ObjectNode parent) {
                all.put(field.getKey(), of(field.getKey(), parent));
            }
        });
        return all;
    }

    private static Parent of(String field, ObjectNode parent) {
        List<String> match = new ArrayList<>();
        parent.path(MATCH).forEach(name -> match.add(name.textValue()));
        ObjectNode fields = parent.deepCopy();
        fields.remove(List.of(ATTRIBUTES, MATCH, CREATE, UPDATE));
        return new Parent(field, parent.path(ATTRIBUTES).path("type").asText(), List.copyOf(match), parent.path(CREATE).asBoolean(),
                parent.path(UPDATE).asBoolean(), fields);
    }

    /** What it would be found by; empty if the mapping has no value for the field. */
    public String value(String field) {
        return fields.hasNonNull(field) ? fields.path(field).asText().strip() : "";
    }

    /** Object and fields, as they are shown in the place of a link. */
    public ObjectNode shown() {
        ObjectNode shown = fields.objectNode();
        shown.putObject(ATTRIBUTES).put("type", object);
        return shown.setAll(fields);
    }
}
