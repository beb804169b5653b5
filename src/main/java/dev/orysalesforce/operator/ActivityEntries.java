package dev.orysalesforce.operator;

import dev.orysalesforce.ledger.Activity;
import dev.orysalesforce.receive.BadRequestException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.camel.Header;
import org.springframework.stereotype.Component;

/** The activity, for the operator. */
@Component("activityEntries")
public class ActivityEntries {

    private static final int DEFAULT_LIMIT = 100;
    private static final int MOST = 1000;

    private final Activity activity;

    ActivityEntries(Activity activity) {
        this.activity = activity;
    }

    /** A page of what happened, newest first. */
    public Activity.Page list(@Header("kind") String kind, @Header("from") String from, @Header("offset") String offset,
            @Header("limit") String limit) {
        return activity.list(kind == null ? null : kind(kind), from == null ? null : time(from),
                DeadLetters.number(offset, 0, 0, Integer.MAX_VALUE, "offset is a number from 0."),
                DeadLetters.number(limit, DEFAULT_LIMIT, 1, MOST, "limit is a number from 1 to " + MOST + "."));
    }

    private static Activity.Kind kind(String label) {
        return Arrays.stream(Activity.Kind.values()).filter(kind -> kind.label().equals(label)).findFirst()
                .orElseThrow(() -> new BadRequestException("kind is " + Arrays.stream(Activity.Kind.values())
                        .map(Activity.Kind::label).collect(Collectors.joining(", ")) + "."));
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new BadRequestException("from is a time in UTC, such as 2026-11-24T08:00:00Z.");
        }
    }
}
