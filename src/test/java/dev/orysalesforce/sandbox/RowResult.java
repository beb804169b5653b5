package dev.orysalesforce.sandbox;

/**
 * What became of one row.
 *
 * @param id      the record, null when the row was refused
 * @param created whether the record is new
 * @param error   why it was refused, else null
 */
record RowResult(String id, boolean created, RowError error) {

    static RowResult written(String id, boolean created) {
        return new RowResult(id, created, null);
    }

    static RowResult refused(RowError error) {
        return new RowResult(null, false, error);
    }

    boolean success() {
        return error == null;
    }
}
