package dev.orysalesforce.console;

import dev.orysalesforce.ledger.Activity;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An entry of the activity in words.
 *
 * @param what happened
 * @param took how long; null if it has not ended
 * @param result what came of it
 * @param calls to Salesforce; null if they are not counted
 * @param code why delivery was paused; may be null
 */
record ActivityRow(Instant at, String what, String took, String result, Long calls, String code) {

    private static final String LETTERS = "deadLettered";

    /** Counts in the order in which they are told, with their words. */
    private static final Map<String, String> WORDS = new LinkedHashMap<>();
    static {
        WORDS.put("synced", "synced");
        WORDS.put("unchanged", "unchanged");
        WORDS.put("superseded", "superseded");
        WORDS.put("skipped", "skipped");
        WORDS.put("retried", "to be tried again");
        WORDS.put(LETTERS, "became dead letters");
        WORDS.put("seen", "listed by Ory");
        WORDS.put("queued", "queued");
        WORDS.put("missing", "missing at Ory");
        WORDS.put("goneInSalesforce", "gone in Salesforce");
    }

    static ActivityRow of(Activity.Entry entry) {
        Duration time = entry.endedAt() == null ? null : Duration.between(entry.at(), entry.endedAt());
        return switch (Activity.Kind.valueOf(entry.kind().toUpperCase(Locale.ROOT))) {
            case PAUSE -> new ActivityRow(entry.at(), entry.message() == null ? "Delivery was paused"
                    : "Delivery of " + entry.message() + " was paused", words(time),
                    entry.endedAt() != null ? "Delivery went on."
                            : entry.message() == null ? "No batch was delivered since." : "No record of it was written since.",
                    null, entry.code());
            case COMPARISON -> new ActivityRow(entry.at(), "Comparison with Ory", words(time),
                    ("failed".equals(entry.outcome()) ? "It failed. " : "")
                            + (entry.counts().get("seen") == 0 ? words("seen", 0) + "." : counts(entry))
                            + (entry.message() == null ? "" : " " + entry.message()),
                    null, null);
            case BATCHES, HOUR -> new ActivityRow(entry.at(), batches(entry.counts().get("batches")),
                    words(Duration.ofMillis(entry.counts().get("millis"))), counts(entry), entry.counts().get("calls"), null);
        };
    }

    private static String batches(long many) {
        return many == 1 ? "Batch" : OverviewReport.number(many) + " batches";
    }

    private static String counts(Activity.Entry entry) {
        String counted = WORDS.keySet().stream().filter(name -> entry.counts().getOrDefault(name, 0L) > 0)
                .map(name -> words(name, entry.counts().get(name))).collect(Collectors.joining(", "));
        return counted.isEmpty() ? "" : counted + ".";
    }

    private static String words(String name, long count) {
        return name.equals(LETTERS) && count == 1 ? "1 became a dead letter" : OverviewReport.number(count) + " " + WORDS.get(name);
    }

    /** Batches mostly take less than a second. */
    private static String words(Duration time) {
        return time == null ? null : time.toSeconds() < 60 ? String.format(Locale.ENGLISH, "%.1f s", time.toMillis() / 1000.0)
                : OverviewReport.words(time);
    }
}
