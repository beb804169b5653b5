package dev.orysalesforce.sandbox;

/**
 * What a row is going to do.
 *
 * @param table    the object's records
 * @param data     what the row carries
 * @param targetId the record to change, null to create one
 * @param refusal  why it will not do anything, else null
 */
record RowPlan(ObjectTable table, RowData data, String targetId, RowError refusal) {

    static RowPlan create(ObjectTable table, RowData data) {
        return new RowPlan(table, data, null, null);
    }

    static RowPlan update(ObjectTable table, RowData data, String targetId) {
        return new RowPlan(table, data, targetId, null);
    }

    static RowPlan refused(ObjectTable table, RowData data, RowError why) {
        return new RowPlan(table, data, null, why);
    }
}
