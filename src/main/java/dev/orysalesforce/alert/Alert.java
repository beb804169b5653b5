package dev.orysalesforce.alert;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a target is sent; as JSON for the generic webhook. No traits: kinds, counts, codes, names of fields and files, IDs,
 * times and remedies.
 *
 * @param id the same for all targets
 * @param kind as in {@code GET /api/alerts}
 * @param state {@code begun} or {@code ended}; {@code told} for what has no end
 * @param title what has happened, in a few words
 * @param text the same with its circumstances
 * @param at when the alert was made
 * @param since when it began, or ended
 * @param times how often it began since the last alert that said so
 * @param counts numbers by their names
 * @param remedy what a person can do about it
 * @param link to the page of the console that shows more
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Alert(String id, String kind, String state, String title, String text, Instant at, Instant since, Integer times,
        Map<String, Long> counts, String remedy, String link) {

    /** For people, one statement a line. */
    public String message() {
        List<String> lines = new ArrayList<>(List.of(title + "."));
        lines.add(text);
        if (!counts.isEmpty()) {
            lines.add(counts.entrySet().stream().map(count -> count.getKey() + ": " + count.getValue()).toList().toString()
                    .replaceAll("^\\[|]$", ""));
        }
        lines.add(since == null ? null : "Since " + minutes(since) + ".");
        lines.add(times == null || times < 2 ? null : "It has begun " + times + " times since the last alert.");
        lines.add(remedy);
        lines.add(link);
        return lines.stream().filter(Objects::nonNull).filter(line -> !line.isBlank()).reduce((a, b) -> a + "\n" + b).orElse("");
    }

    private static String minutes(Instant time) {
        return time.toString().replaceFirst("^(.{10})T(.{5}).*", "$1 $2 UTC");
    }
}
