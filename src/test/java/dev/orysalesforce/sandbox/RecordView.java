package dev.orysalesforce.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Shows records as the API does: with attributes, and null for what is empty. */
final class RecordView {
    private final String base;

    /** @param base {@code /services/data/v62.0} */
    RecordView(String base) {
        this.base = base;
    }

    List<FieldRule> fields(ObjectSchema schema, List<String> names) {
        List<FieldRule> fields = new ArrayList<>();
        for (String name : names) {
            fields.add(schema.visible(name.trim()).orElseThrow(() -> ApiError.unknownField(name, schema)));
        }
        return fields;
    }

    List<FieldRule> allFields(ObjectSchema schema) {
        return schema.rules().stream().filter(rule -> rule.is(FieldRule.Trait.VISIBLE)).toList();
    }

    ObjectNode render(SandboxRecord record, List<FieldRule> fields) {
        ObjectNode shown = frame(record);
        for (FieldRule field : fields) {
            put(shown, field.name(), record.get(field.name()));
        }
        return shown;
    }

    ObjectNode frame(SandboxRecord record) {
        ObjectNode shown = Json.object();
        shown.putObject("attributes").put("type", record.object()).put("url", url(record));
        return shown;
    }

    String url(SandboxRecord record) {
        return base + "/sobjects/" + record.object() + "/" + record.id();
    }

    static void put(ObjectNode shown, String name, Object value) {
        if (value instanceof String text) {
            shown.put(name, text);
        } else if (value instanceof Boolean flag) {
            shown.put(name, flag);
        } else {
            shown.set(name, Json.tree(value));
        }
    }
}
