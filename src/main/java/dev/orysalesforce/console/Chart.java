package dev.orysalesforce.console;

import java.time.Instant;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Events over a time, as three rows of bars.
 *
 * @param title the time
 * @param isByDay whether a bar stands for a day, else for an hour
 * @param buckets one for each bar, oldest first
 */
record Chart(String title, boolean isByDay, List<Bucket> buckets) {

    static final int WIDTH = 360;
    static final int HEIGHT = 48;

    /** @param refused events that became dead letters */
    record Bucket(Instant at, long accepted, long synced, long refused) {}

    /**
     * @param most the number that the highest bar stands for
     * @param path of the bars, in a drawing of {@link #WIDTH} and {@link #HEIGHT}
     */
    record Bars(String name, long total, long most, String path) {}

    /** The heading of the first column of the table. */
    public String unit() {
        return isByDay ? "Day (UTC)" : "Hour";
    }

    /** What a bar stands for. */
    public String each() {
        return isByDay ? "a day" : "an hour";
    }

    /** Each row has its own scale, because few are refused where thousands are synced. */
    public List<Bars> rows() {
        return List.of(bars("Accepted", Bucket::accepted), bars("Synced", Bucket::synced), bars("Refused", Bucket::refused));
    }

    private Bars bars(String name, ToLongFunction<Bucket> count) {
        long most = buckets.stream().mapToLong(count).max().orElse(0);
        int step = WIDTH / buckets.size();
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < buckets.size(); i++) {
            long many = count.applyAsLong(buckets.get(i));
            if (many > 0) {
                long height = Math.max(2, Math.round((double) many / most * HEIGHT));
                path.append('M').append(i * step).append(' ').append(HEIGHT).append("v-").append(height).append('h').append(step - 2)
                        .append('v').append(height).append('z');
            }
        }
        return new Bars(name, buckets.stream().mapToLong(count).sum(), most, path.toString());
    }
}
