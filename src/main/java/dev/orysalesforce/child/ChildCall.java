package dev.orysalesforce.child;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A collections call that creates or changes children of one object.
 *
 * @param rows at most 200
 */
public record ChildCall(String object, boolean isNew, List<ChildRow> rows) {

    /** The HTTP method of the call. */
    public String getMethod() {
        return isNew ? "POST" : "PATCH";
    }

    /** The path of the call, after the version of the API. */
    public String getPath() {
        return "/composite/sobjects";
    }

    /** The body of the call. */
    public String getJson() {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("allOrNone", false);
        ArrayNode records = body.putArray("records");
        rows.forEach(row -> {
            ObjectNode record = records.addObject();
            record.putObject("attributes").put("type", object);
            if (!isNew) {
                record.put("id", row.salesforceId());
            }
            record.setAll(row.toSend());
        });
        return body.toString();
    }
}
