package dev.orysalesforce.sandbox;

/** A parent named by its external ID, e.g. {@code "Account": {"Ory_Organization_Id__c": "…"}}. */
record ForeignKey(ObjectTable parent, FieldRule field, String value) {
}
