package dev.orysalesforce.sandbox;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;

/**
 * Salesforce's way with moments: "regular dateTime fields are full timestamps with a precision of one second", always
 * answered in UTC (SOAP API Developer Guide, Primitive Data Types).
 */
final class SalesforceTime {
    private static final DateTimeFormatter WRITTEN =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'+0000'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter READ = new DateTimeFormatterBuilder()
            .appendPattern("yyyy-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .appendPattern("[XXX][XX]")
            .toFormatter();

    private SalesforceTime() {
    }

    static String stored(Instant moment) {
        return WRITTEN.format(moment.truncatedTo(ChronoUnit.SECONDS));
    }

    /** Null when the text is no moment. */
    static Instant parse(String text) {
        try {
            return OffsetDateTime.parse(text, READ).toInstant();
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
