package dev.orysalesforce.ledger;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Timestamps as texts of one length, so that SQL can compare and sort them; {@code Instant.toString()} varies in length. */
public final class SqlTimestamps {

    private static final DateTimeFormatter TEXT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);

    private SqlTimestamps() {}

    /** @param instant may be null */
    public static String text(Instant instant) {
        return instant == null ? null : TEXT.format(instant);
    }

    /** @param text may be null */
    public static Instant of(String text) {
        return text == null ? null : Instant.parse(text);
    }
}
