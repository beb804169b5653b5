package dev.orysalesforce.sandbox;

import java.util.Map;

/**
 * A record as a call carries it.
 *
 * @param id        its Id, or null
 * @param values    by the fields' own spelling; a {@link ForeignKey} for a parent
 * @param updatedAt {@code Ory_Updated_At__c} to the digit as it was sent, or null
 */
record RowData(String id, Map<String, Object> values, String updatedAt) {

    String identity() {
        return values.get(StandardObjects.IDENTITY) instanceof String identity ? identity.trim() : null;
    }
}
