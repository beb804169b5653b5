package dev.orysalesforce.console;

import dev.orysalesforce.doctor.SetUpChecks;
import dev.orysalesforce.doctor.SetUpChecks.Checked;
import dev.orysalesforce.journal.Queues;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.operator.StatusReport;
import dev.orysalesforce.reconcile.ReconcileReport;
import dev.orysalesforce.reconcile.ReconcileReport.Glance;
import dev.orysalesforce.salesforce.CallBudget;
import dev.orysalesforce.sync.EventCounters;
import dev.orysalesforce.write.ObjectPauses;
import dev.orysalesforce.write.OneWayEdits;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Collects what the overview shows. While the ledger does not answer, only the numbers of identities and of the last 24 hours
 * are missing. */
@Component
@PartOfConsole
class OverviewReport {

    private static final Duration BETWEEN_COUNTS = Duration.ofMinutes(1);
    private static final String NO_LEDGER = "The ledger does not answer, so the number of identities in step is not known. Look at its"
            + " database; what else this page shows is up to date.";

    private final EventCounters counters;
    private final EventCharts charts;
    private final Queues queues;
    private final StatusReport status;
    private final CallBudget budget;
    private final ReconcileReport reconcile;
    private final Ledger ledger;
    private final ObjectPauses objectPauses;
    private final OneWayEdits edits;
    private final SetUpChecks setUp;
    private final Clock clock;
    private final Clock monotonicClock;
    private Instant countedAt = Instant.MIN;
    private long records;

    OverviewReport(EventCounters counters, EventCharts charts, Queues queues, StatusReport status, CallBudget budget,
            ReconcileReport reconcile,
            Ledger ledger, ObjectPauses objectPauses, OneWayEdits edits, SetUpChecks setUp, Clock clock, Clock monotonicClock) {
        this.counters = counters;
        this.charts = charts;
        this.queues = queues;
        this.status = status;
        this.budget = budget;
        this.reconcile = reconcile;
        this.ledger = ledger;
        this.objectPauses = objectPauses;
        this.edits = edits;
        this.setUp = setUp;
        this.clock = clock;
        this.monotonicClock = monotonicClock;
    }

    Overview now() {
        Glance comparison = reconcile.glance();
        Duration uptime = Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime());
        String version = getClass().getPackage().getImplementationVersion();
        return new Overview(pause(), objectPauses.current(), edits.held(), sentence(comparison), charts.lastDay(),
                counters.balance().get("pending"),
                oldest(queues.oldestSeconds(Queues.JOURNAL)), known(queues.depth(Queues.DEAD_LETTERS)), calls(), comparison,
                findings(), version == null ? "development" : version, clock.instant().minus(uptime), words(uptime));
    }

    private Overview.Pause pause() {
        Map<String, Object> breaker = status.breaker();
        return breaker.get("code") == null ? null
                : new Overview.Pause((String) breaker.get("reason"), Instant.parse((String) breaker.get("since")));
    }

    private Integer findings() {
        Collection<Checked> sides = setUp.last().values();
        return sides.isEmpty() ? null : sides.stream().mapToInt(side -> side.report().findings().size()).sum();
    }

    private Overview.Calls calls() {
        Map<String, Object> report = budget.report();
        Double hours = (Double) report.get("exhaustedInHours");
        return new Overview.Calls((Long) report.get("own"), (Long) report.get("share"), (Long) report.get("used"),
                (Long) report.get("limit"),
                hours == null ? null : words(Duration.ofMinutes(Math.round(hours * 60))));
    }

    private String sentence(Glance comparison) {
        if (comparison.inSync() != null) {
            long same = comparison.inSync().same();
            long listed = comparison.inSync().listed();
            return (same == listed ? number(same) : number(same) + " of " + number(listed))
                    + (listed == 1 ? " identity is" : " identities are") + " in step with Salesforce.";
        }
        return switch (comparison.state()) {
            case "off" -> counted();
            case "running" -> "The first comparison is under way: Ory has listed "
                    + (comparison.seen() == 1 ? "1 identity" : number(comparison.seen()) + " identities") + " so far.";
            case "unknown" -> NO_LEDGER;
            default -> "Ory's identities have not been compared with Salesforce yet.";
        };
    }

    /** Needs the whole ledger, and the page refreshes itself. */
    private synchronized String counted() {
        if (!monotonicClock.instant().isBefore(countedAt.plus(BETWEEN_COUNTS))) {
            try {
                records = ledger.countRecords();
            } catch (DataAccessException e) {
                return NO_LEDGER;
            }
            countedAt = monotonicClock.instant();
        }
        return records == 1 ? "1 identity has a record in Salesforce." : number(records) + " identities have a record in Salesforce.";
    }

    private static Long known(OptionalLong count) {
        return count.isPresent() ? count.getAsLong() : null;
    }

    private static String oldest(OptionalLong seconds) {
        return seconds.orElse(0) == 0 ? null : words(Duration.ofSeconds(seconds.getAsLong()));
    }

    static String number(long number) {
        return String.format(Locale.ENGLISH, "%,d", number);
    }

    /** In its two largest units. */
    static String words(Duration time) {
        if (time.toDays() > 0) {
            return time.toDays() + " d " + time.toHoursPart() + " h";
        }
        return time.toHours() > 0 ? time.toHours() + " h " + time.toMinutesPart() + " min"
                : time.toMinutes() > 0 ? time.toMinutes() + " min" : time.toSeconds() + " s";
    }
}
