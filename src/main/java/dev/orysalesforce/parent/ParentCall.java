package dev.orysalesforce.parent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * A collections call that creates or changes parents of one object.
 *
 * @param externalId the field that they are upserted by; null if they are created without one, or changed
 * @param rows at most 200
 */
public record ParentCall(String object, String externalId, List<Row> rows) {

    /**
     * One of the parents.
     *
     * @param salesforceId of a parent that is changed; null for one that is created
     * @param fields what is sent
     * @param sent what the ledger keeps of fields that were sent before: field to keyed hash
     */
    record Row(ParentRequest request, String salesforceId, ObjectNode fields, Map<String, String> sent) {}

    private boolean isUpdate() {
        return rows.get(0).salesforceId() != null;
    }

    /** The HTTP method of the call. */
    public String getMethod() {
        return isUpdate() || externalId != null ? "PATCH" : "POST";
    }

    /** The path of the call, after the version of the API. */
    public String getPath() {
        return "/composite/sobjects" + (externalId == null ? "" : "/" + object + "/" + externalId);
    }

    /** Whether assignment rules of new records apply. */
    public boolean isNew() {
        return !isUpdate();
    }
}
