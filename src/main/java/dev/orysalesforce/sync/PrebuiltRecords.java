package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.PrebuiltRecord;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.RecordError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Applies prebuilt records of the gateway, instead of a mapping's result or together with one. */
@Component("prebuiltRecords")
public class PrebuiltRecords {

    /** The mapping's name in an identity's status if no mapping was invoked. */
    static final Mapping NO_MAPPING = new Mapping("gateway", null, null, null, null);

    private final Describe org;

    PrebuiltRecords(Describe org) {
        this.org = org;
    }

    /** If a mapping has a result, too, the newer of the two decides about a field that is in both. */
    public void take(SyncItem item) {
        PrebuiltRecord given = item.getChange().record();
        if (given == null || item.isDeadLettered()) {
            return;
        }
        boolean mapped = item.isToBeMapped() && item.getRecord() != null;
        if (!mapped) {
            item.mapWith(item.getMappingChoice().with(NO_MAPPING));
        }
        String object = item.isBound() || mapped ? item.getObject() : given.object();
        ObjectNode record = mapped ? item.getRecord().deepCopy() : JsonNodeFactory.instance.objectNode();
        Set<String> told = new HashSet<>();
        for (Map.Entry<String, JsonNode> field : fitting(item, given, object).properties()) {
            boolean isNew = !record.has(field.getKey());
            if (isNew) {
                told.add(field.getKey());
            }
            if (isNew || item.getChange().isRecordNewer()) {
                record.set(field.getKey(), field.getValue());
            }
        }
        item.usePrebuilt(object, record, told);
    }

    /**
     * The identity's record may be a Contact by now, and a Contact lacks some fields of a Lead. The names are spelled as
     * Salesforce spells them: for Salesforce {@code phone} and {@code Phone} are one field.
     */
    private ObjectNode fitting(SyncItem item, PrebuiltRecord given, String object) {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        List<String> lacking = new ArrayList<>();
        given.fields().properties().forEach(field -> {
            String name = field.getKey();
            if (name.equals(Mapping.ON_CREATE)) {
                fields.set(name, spelled(object, field.getValue()));
            } else if (given.object().equals(object) || org.has(object, name)) {
                fields.set(spelling(object, name), field.getValue());
            } else {
                lacking.add(name);
            }
        });
        if (!lacking.isEmpty()) {
            item.note(new RecordError("FIELD_LEFT_OUT", "The record is a " + object + ", which lacks some fields of a "
                    + given.object() + "; they were left out: " + String.join(", ", lacking) + ".", lacking));
        }
        return fields;
    }

    private JsonNode spelled(String object, JsonNode fields) {
        if (!fields.isObject()) {
            return fields;
        }
        ObjectNode spelled = JsonNodeFactory.instance.objectNode();
        fields.properties().forEach(field -> spelled.set(spelling(object, field.getKey()), field.getValue()));
        return spelled;
    }

    /** Salesforce rejects a field that it does not know, and names it as it was sent. */
    private String spelling(String object, String field) {
        String known = org.spelling(object, field);
        return known == null ? field : known;
    }
}
