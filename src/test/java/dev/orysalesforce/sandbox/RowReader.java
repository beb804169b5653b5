package dev.orysalesforce.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a record out of JSON. What it cannot read fails the whole call, as in Salesforce. */
final class RowReader {
    private final Org org;

    RowReader(Org org) {
        this.org = org;
    }

    RowData read(ObjectSchema schema, ObjectNode record) {
        Map<String, Object> values = new LinkedHashMap<>();
        String id = null;
        String updatedAt = null;
        Iterator<Map.Entry<String, JsonNode>> entries = record.fields();
        while (entries.hasNext()) {
            Map.Entry<String, JsonNode> entry = entries.next();
            String name = entry.getKey();
            JsonNode node = entry.getValue();
            if (name.equals("attributes")) {
                continue;
            }
            if (name.equalsIgnoreCase("Id")) {
                id = node.isNull() ? null : node.asText();
                continue;
            }
            FieldRule rule = schema.visible(name).orElse(null);
            if (rule == null) {
                FieldRule reference = schema.relationship(name).orElseThrow(
                        () -> ApiError.unknownField(name, schema));
                values.put(reference.name(), node.isNull() ? null : foreignKey(name, reference, node));
                continue;
            }
            values.put(rule.name(), value(rule, node));
            if (rule.name().equals(StandardObjects.UPDATED_AT) && node.isTextual()) {
                updatedAt = node.textValue();
            }
        }
        return new RowData(id, values, updatedAt);
    }

    private Object value(FieldRule rule, JsonNode node) {
        if (node.isNull()) {
            return null;
        }
        switch (rule.type()) {
            case BOOLEAN -> {
                if (node.isBoolean()) {
                    return node.booleanValue();
                }
            }
            case DOUBLE -> {
                if (node.isNumber()) {
                    return node.decimalValue();
                }
            }
            case DATETIME -> {
                Instant moment = node.isTextual() ? SalesforceTime.parse(node.textValue()) : null;
                if (moment != null) {
                    return moment;
                }
            }
            default -> {
                if (node.isTextual()) {
                    return node.textValue();
                }
            }
        }
        throw wrongType(rule, node);
    }

    private ForeignKey foreignKey(String relationship, FieldRule reference, JsonNode node) {
        ObjectTable parent = org.findTable(reference.referenceTo()).orElseThrow(
                () -> new ApiError(400, "INVALID_FIELD", "The external foreign key reference does not reference a "
                        + "valid entity: " + relationship));
        if (!(node instanceof ObjectNode object)) {
            throw wrongType(reference, node);
        }
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(key -> {
            if (!key.equals("attributes")) {
                keys.add(key);
            }
        });
        if (keys.size() != 1) {
            throw new ApiError(400, "INVALID_FIELD", "More than 1 field provided in an external foreign key reference "
                    + "in entity: " + reference.referenceTo());
        }
        FieldRule field = parent.schema().visible(keys.get(0)).orElseThrow(
                () -> ApiError.unknownField(keys.get(0), parent.schema()));
        if (!field.is(FieldRule.Trait.EXTERNAL_ID) && !field.is(FieldRule.Trait.ID_LOOKUP)) {
            throw new ApiError(400, "INVALID_FIELD", "Field name provided, " + field.name() + " is not an External ID "
                    + "or indexed field for " + reference.referenceTo());
        }
        return new ForeignKey(parent, field, object.get(keys.get(0)).asText());
    }

    private static ApiError wrongType(FieldRule rule, JsonNode node) {
        String token = switch (node.getNodeType()) {
            case OBJECT -> "START_OBJECT value {";
            case ARRAY -> "START_ARRAY value [";
            case BOOLEAN -> (node.booleanValue() ? "VALUE_TRUE" : "VALUE_FALSE") + " value " + node.asText();
            case NUMBER -> (node.isIntegralNumber() ? "VALUE_NUMBER_INT" : "VALUE_NUMBER_FLOAT") + " value "
                    + node.asText();
            default -> "VALUE_STRING value " + node.asText();
        };
        String type = rule.type().isText() ? "string" : rule.type().wireName();
        return new ApiError(400, "JSON_PARSER_ERROR", "Cannot deserialize instance of " + type + " from " + token
                + " or request may be missing a required field at [line:1, column:1]");
    }
}
