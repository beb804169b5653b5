package dev.orysalesforce.console;

import dev.orysalesforce.console.Chart.Bucket;
import dev.orysalesforce.ledger.Activity;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** How many events were accepted, synced and refused, hour by hour and day by day, from the sums of the activity. */
@Component
@PartOfConsole
class EventCharts {

    private static final int HOURS = 24;
    private static final int DAYS = 30;

    private final Activity activity;
    private final Clock clock;

    EventCharts(Activity activity, Clock clock) {
        this.activity = activity;
        this.clock = clock;
    }

    /**
     * Events of the last 24 hours, as the chart counts them.
     *
     * @param accepted from Ory
     * @param inStep after which Salesforce has the newest state
     */
    record LastDay(long accepted, long inStep) {}

    /** Null while the ledger does not answer. */
    LastDay lastDay() {
        try {
            List<Activity.Entry> sums = activity.list(Activity.Kind.HOUR, firstHour(), 0, HOURS).items();
            return new LastDay(sum(sums, "accepted"), sum(sums, "synced") + sum(sums, "unchanged") + sum(sums, "superseded"));
        } catch (DataAccessException e) {
            return null;
        }
    }

    private Instant firstHour() {
        return clock.instant().truncatedTo(ChronoUnit.HOURS).minus(HOURS - 1, ChronoUnit.HOURS);
    }

    /** None while the ledger does not answer. */
    List<Chart> charts() {
        Instant firstDay = clock.instant().truncatedTo(ChronoUnit.DAYS).minus(DAYS - 1, ChronoUnit.DAYS);
        try {
            List<Activity.Entry> sums = activity.list(Activity.Kind.HOUR, firstDay, 0, DAYS * HOURS).items();
            return List.of(new Chart("24 hours", false, buckets(sums, firstHour(), Duration.ofHours(1), HOURS)),
                    new Chart("30 days", true, buckets(sums, firstDay, Duration.ofDays(1), DAYS)));
        } catch (DataAccessException e) {
            return List.of();
        }
    }

    private static List<Bucket> buckets(List<Activity.Entry> sums, Instant first, Duration width, int many) {
        List<Bucket> buckets = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            Instant from = first.plus(width.multipliedBy(i));
            Instant to = from.plus(width);
            List<Activity.Entry> within = sums.stream().filter(sum -> !sum.at().isBefore(from) && sum.at().isBefore(to)).toList();
            buckets.add(new Bucket(from, sum(within, "accepted"), sum(within, "synced"), sum(within, "deadLettered")));
        }
        return buckets;
    }

    private static long sum(List<Activity.Entry> sums, String count) {
        return sums.stream().mapToLong(sum -> sum.counts().get(count)).sum();
    }
}
