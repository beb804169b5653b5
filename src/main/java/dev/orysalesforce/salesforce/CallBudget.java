package dev.orysalesforce.salesforce;

import dev.orysalesforce.settings.Degraded;
import dev.orysalesforce.settings.SyncSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Keeps the app within its share of the org's daily API calls. While enough calls are left, it does nothing. From half of
 * the share, or 90 % of the org's limit, it throttles: the pauses grow, events wait longer for others, and each call carries
 * more of them. A pause is never longer than a minute per call.
 *
 * @see <a
 *     href="https://developer.salesforce.com/docs/platform/salesforce-app-limits-cheatsheet/guide/salesforce-app-limits-platform-api.html">
 *     API request limits</a>
 */
@Component("budget")
public class CallBudget implements HealthIndicator {

    private static final double SHARE_FROM = 0.5;
    private static final double ORG_FROM = 0.9;
    private static final Duration LONGEST_REST = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(CallBudget.class);

    private final JdbcClient jdbc;
    private final Clock clock;
    private final Clock monotonicClock;
    private final double share;
    private final NavigableMap<Instant, Integer> hours = new TreeMap<>();
    private int sinceLastRest;
    private long orgUsed;
    private long orgLimit;
    private Instant restUntil = Instant.MIN;
    private boolean recordUsage;

    private record Shortage(String reason, String remedy) {}

    CallBudget(JdbcClient jdbc, Clock clock, Clock monotonicClock, SyncSettings settings, MeterRegistry meters) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.monotonicClock = monotonicClock;
        this.share = settings.dailyCallShare();
        jdbc.sql("select hour, calls from api_calls").query(row -> {
            hours.put(Instant.parse(row.getString("hour")), row.getInt("calls"));
        });
        meters.gauge("ory.sync.api.share.used.ratio", this, budget -> budget.shareUsed());
        meters.gauge("ory.sync.api.share.exhausted.in.seconds", this, budget -> budget.exhaustedInSeconds());
        meters.gauge("ory.sync.api.usage.ratio", this, budget -> budget.orgUsage());
    }

    /** Counts a call. */
    public synchronized void recordCall() {
        hours.merge(clock.instant().truncatedTo(ChronoUnit.HOURS), 1, Integer::sum);
        sinceLastRest++;
    }

    /** Records the numbers of an answer: the calls of all programs in the last 24 hours, and the org's limit. */
    public synchronized void recordUsage(long used, long limit) {
        orgUsed = used;
        orgLimit = limit;
    }

    /** Whether the next batch has to wait. */
    public synchronized boolean isThrottled() {
        return monotonicClock.instant().isBefore(restUntil);
    }

    /** Called after a batch: sets the pause before the next one, by the calls that this one took. */
    public void throttle() {
        if (restForCalls()) {
            save();
        }
    }

    /** Runs outside of the lock: calls and scrapes of the metrics must not wait for the database. */
    private void save() {
        Instant hour = clock.instant().truncatedTo(ChronoUnit.HOURS);
        jdbc.sql("insert into api_calls (hour, calls) values (:hour, :calls) on conflict (hour) do update set calls = excluded.calls")
                .param("hour", hour.toString()).param("calls", calls(hour)).update();
        jdbc.sql("delete from api_calls where hour < :oldest").param("oldest", hour.minus(25, ChronoUnit.HOURS).toString()).update();
    }

    private synchronized int calls(Instant hour) {
        return hours.getOrDefault(hour, 0);
    }

    /** @return whether there were any calls */
    private synchronized boolean restForCalls() {
        if (sinceLastRest == 0) {
            return false;
        }
        restUntil = monotonicClock.instant().plus(pauseForACall().multipliedBy(sinceLastRest));
        sinceLastRest = 0;
        Shortage shortage = shortage();
        if (shortage != null && !recordUsage) {
            LOG.warn("Throttling: {} {}", shortage.reason(), shortage.remedy());
        } else if (shortage == null && recordUsage) {
            LOG.info("Throttling ended: API calls are available again");
        }
        recordUsage = shortage != null;
        return true;
    }

    /** A pause that makes the remaining calls last for a day; none while enough are left. */
    private Duration pauseForACall() {
        return Duration.ofMillis((long) (1000 * Math.min(LONGEST_REST.toSeconds(), Math.max(forShare(), forOrg()))));
    }

    private double forShare() {
        return spread(share * orgLimit - own(), above(SHARE_FROM, shareUsed()));
    }

    private double forOrg() {
        return spread(orgLimit - orgUsed, above(ORG_FROM, orgUsage()));
    }

    /** The reason why the app makes one call a minute; null if it does not. */
    private Shortage shortage() {
        if (pauseForACall().compareTo(LONGEST_REST) < 0) {
            return null;
        }
        return forShare() >= forOrg()
                ? new Shortage("The app has made " + own() + " of its " + (long) (share * orgLimit) + " API calls in 24 hours, so it"
                        + " makes one a minute.",
                        "Raise SYNC_DAILY_CALL_SHARE, or SYNC_LINGER for fuller calls; else wait until those of yesterday"
                                + " do not count any more.")
                : new Shortage("The org has used " + orgUsed + " of its " + orgLimit + " API calls of 24 hours, so the app makes"
                        + " one a minute.",
                        "See which program uses them, or buy more; they come back within 24 hours.");
    }

    /** DEGRADED while the app makes one call a minute. */
    @Override
    public synchronized Health health() {
        Shortage shortage = shortage();
        return shortage == null ? Health.up().build() : Health.status(Degraded.STATUS)
                .withDetail("reason", shortage.reason()).withDetail("remedy", shortage.remedy()).build();
    }

    /** Grows gradually over the first tenth. */
    private static double spread(double left, double pressure) {
        return Duration.ofDays(1).toSeconds() / Math.max(1, left) * Math.min(1, 10 * pressure);
    }

    private static double above(double from, double used) {
        return Double.isNaN(used) ? 0 : Math.max(0, (used - from) / (1 - from));
    }

    private synchronized long own() {
        Instant dayAgo = clock.instant().minus(24, ChronoUnit.HOURS).truncatedTo(ChronoUnit.HOURS);
        hours.headMap(dayAgo).clear();
        return hours.values().stream().mapToInt(Integer::intValue).sum();
    }

    private synchronized double shareUsed() {
        return orgLimit == 0 ? Double.NaN : own() / (share * orgLimit);
    }

    private synchronized double orgUsage() {
        return orgLimit == 0 ? Double.NaN : (double) orgUsed / orgLimit;
    }

    /**
     * For operators: {@code own} calls of the last 24 hours, the {@code share} they may reach, the org's {@code used} and
     * {@code limit}.
     */
    public synchronized Map<String, Object> report() {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("own", own());
        report.put("share", orgLimit == 0 ? null : (long) (share * orgLimit));
        report.put("used", orgLimit == 0 ? null : orgUsed);
        report.put("limit", orgLimit == 0 ? null : orgLimit);
        report.put("pauseMillisPerCall", pauseForACall().toMillis());
        report.put("exhaustedInHours", exhaustedInHours());
        return report;
    }

    private synchronized double exhaustedInSeconds() {
        Double hours = exhaustedInHours();
        return hours == null ? Double.POSITIVE_INFINITY : hours * 3600;
    }

    /** When the share is used up at the rate of the last hour; null if it lasts for the day. */
    private Double exhaustedInHours() {
        Instant hour = clock.instant().truncatedTo(ChronoUnit.HOURS);
        double sinceHour = Math.max(1, Duration.between(hour, clock.instant()).toMinutes()) / 60.0;
        double perHour = Math.max(hours.getOrDefault(hour, 0) / Math.max(sinceHour, 0.25),
                hours.getOrDefault(hour.minus(1, ChronoUnit.HOURS), 0));
        double left = orgLimit == 0 ? Double.MAX_VALUE : share * orgLimit - own();
        return perHour == 0 || left / perHour > 24 ? null : Math.max(0, Math.round(left / perHour * 10) / 10.0);
    }
}
