package dev.orysalesforce.sandbox;

import java.time.Instant;
import java.util.Map;

/**
 * One row that a call wrote.
 *
 * @param sequence  place in the order of commit, from 1
 * @param call      number of the call that wrote it
 * @param at        time of the commit
 * @param object    e.g. {@code Lead}
 * @param recordId  the record
 * @param identity  the record's {@code Ory_Identity_Id__c} after the write, or before it if the write emptied it
 * @param operation create, update or delete
 * @param fields    what the row carried, as it was stored; null empties a field
 * @param updatedAt the {@code Ory_Updated_At__c} the row carried, to the digit as it was sent (Salesforce stores whole
 *                  seconds), or null
 */
public record Write(long sequence, long call, Instant at, String object, String recordId, String identity,
        Operation operation, Map<String, Object> fields, String updatedAt) {

    /** What a row did. */
    public enum Operation { CREATE, UPDATE, DELETE }

    /** {@link #updatedAt} as a moment, or null. */
    public Instant version() {
        return updatedAt == null ? null : SalesforceTime.parse(updatedAt);
    }
}
