package dev.orysalesforce.sandbox;

import java.util.Map;

/**
 * A row that is about to be written, for tests which pick rows to refuse.
 *
 * @param object   e.g. {@code Lead}
 * @param recordId the record to change, null for a new one
 * @param identity the {@code Ory_Identity_Id__c} in the row, or else of the record, or null
 * @param fields   what the row carries, before Salesforce trims it; moments are {@link java.time.Instant}s
 */
public record RowAttempt(String object, String recordId, String identity, Map<String, Object> fields) {
}
