package dev.orysalesforce.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/** The two fields that the app needs on each object: whose record it is, and which version of the identity it holds. */
public final class OryFields {

    public static final String ORY_ID = "Ory_Identity_Id__c";
    public static final String ORY_UPDATED_AT = "Ory_Updated_At__c";

    /** Salesforce writes +0000, not +00:00. */
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME).appendOffset("+HHMM", "Z").toFormatter();

    private OryFields() {}

    /** @return the version of the identity that the record holds; null if it has none */
    public static Instant version(JsonNode record) {
        String time = record.path(ORY_UPDATED_AT).textValue();
        return time == null ? null : TIME.parse(time, Instant::from);
    }
}
