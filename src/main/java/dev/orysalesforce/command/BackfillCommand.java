package dev.orysalesforce.command;

import dev.orysalesforce.check.DryRun;
import dev.orysalesforce.check.DryRunStatistics;
import dev.orysalesforce.check.DryRunStatistics.Plan;
import dev.orysalesforce.reconcile.OryAdmin;
import dev.orysalesforce.reconcile.Reconcile;
import dev.orysalesforce.reconcile.ReconcileReport;
import dev.orysalesforce.salesforce.CallBudget;
import dev.orysalesforce.settings.CommandLineOnly;
import dev.orysalesforce.settings.RouteNames;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.DeliveryPause;
import dev.orysalesforce.sync.EventCounters;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;

/**
 * {@code backfill}: imports the identities that existed at Ory before the app. {@code --dry-run} counts what that would do.
 */
@CommandLineOnly
public class BackfillCommand {

    private static final Duration LONGEST_COUNT = Duration.ofSeconds(5);

    private final OryAdmin ory;
    private final Reconcile reconcile;
    private final ReconcileReport report;
    private final EventCounters counters;
    private final CallBudget budget;
    private final DeliveryPause pause;
    private final ObjectProvider<DryRun> dryRuns;
    private final DryRunStatistics rehearsal;
    private final int parallelCalls;
    private final Clock clock;

    BackfillCommand(OryAdmin ory, Reconcile reconcile, ReconcileReport report, EventCounters counters, CallBudget budget,
            DeliveryPause pause, ObjectProvider<DryRun> dryRuns, DryRunStatistics rehearsal, SyncSettings settings, Clock clock) {
        this.ory = ory;
        this.reconcile = reconcile;
        this.report = report;
        this.counters = counters;
        this.budget = budget;
        this.pause = pause;
        this.dryRuns = dryRuns;
        this.rehearsal = rehearsal;
        this.parallelCalls = settings.parallelCalls();
        this.clock = clock;
    }

    /**
     * @param dryRun whether to count only
     * @return the exit code: 1 if there are dead letters or rejected identities, or if it was interrupted
     */
    public int run(boolean dryRun) {
        if (!ory.isSet()) {
            throw new WrongUsageException("ORY_ADMIN_URL is not set: the admin port of a self-hosted Kratos, or"
                    + " https://{slug}.projects.oryapis.com with ORY_ADMIN_TOKEN, a project API key.");
        }
        return dryRun ? rehearse() : backfill();
    }

    private int backfill() {
        Instant began = clock.instant();
        Progress progress = new Progress(clock);
        Object callsBefore = budget.report().get("own");
        reconcile.start(); // or continues the run that was interrupted
        Map<String, Object> run;
        Map<String, Long> books;
        do {
            if (!pause()) {
                progress.end();
                System.err.println("Interrupted. The backfill continues from there when it is started again.");
                return 1;
            }
            run = report.report();
            books = this.counters.balance();
            progress.show(report.listedShare(), through(books), pending(books),
                    pause.health().getDetails().containsKey("code") ? "waiting: " + pause.health().getDetails().get("code")
                            : run.get("error") == null ? "" : String.valueOf(run.get("error")));
        } while (run.get("state").equals("running") || pending(books) > 0);
        books = afterTheLastCommit(books);
        progress.end();
        System.out.printf(Locale.ENGLISH, "%,d identities at Ory, %,d of them queued, in %s and %,d calls to Salesforce.%n",
                run.get("seen"),
                run.get("queued"), time(Duration.between(began, clock.instant())),
                (Long) budget.report().get("own") - (Long) callsBefore);
        System.out.printf(Locale.ENGLISH, "synced %,d, unchanged %,d, superseded %,d, skipped %,d, dead letters %,d%n", books.get("synced"),
                books.get("unchanged"), books.get("superseded"), books.get("skipped"), books.get("deadLettered"));
        if (run.get("error") != null) {
            System.err.println(run.get("error"));
        }
        return run.get("state").equals("done") && books.get("deadLettered") == 0 ? 0 : 1;
    }

    /** A batch has left the journal a moment before it is counted. Where another instance delivers, it is counted there. */
    private Map<String, Long> afterTheLastCommit(Map<String, Long> books) {
        Instant deadline = clock.instant().plus(LONGEST_COUNT);
        Map<String, Long> later = books;
        while (brought(later) > through(later) && clock.instant().isBefore(deadline) && pause()) {
            later = counters.balance();
        }
        return later;
    }

    private static long brought(Map<String, Long> books) {
        return (books.get("pendingAtStart") == null ? 0 : books.get("pendingAtStart")) + books.get("accepted")
                + books.get("reconciled") + books.get("replayed");
    }

    /** An external broker may not tell: then this command ends with the comparison, and a running app delivers the rest. */
    private static long pending(Map<String, Long> books) {
        return books.get("pending") == null ? 0 : books.get("pending");
    }

    private static long through(Map<String, Long> books) {
        return books.get("synced") + books.get("unchanged") + books.get("superseded") + books.get("skipped")
                + books.get("deadLettered");
    }

    private int rehearse() {
        DryRun dryRun = dryRuns.getObject();
        Instant began = clock.instant();
        Progress progress = new Progress(clock);
        try {
            dryRun.run(RouteNames.DRY_RUN_PAGE, Map.of(),
                    waitsFor -> progress.show(Double.NaN, dryRun.seen(), 0, waitsFor == null ? "" : waitsFor));
        } finally {
            progress.end();
        }
        Duration writing = Duration.ofSeconds((rehearsal.writes() + parallelCalls - 1) / parallelCalls);
        System.out.printf(Locale.ENGLISH, "%,d identities at Ory. Nothing was written. A backfill would%n", dryRun.seen());
        System.out.printf(Locale.ENGLISH, "  create     %,9d%n  adopt      %,9d   by e-mail%n  update     %,9d%n  leave alone%,9d%n",
                rehearsal.of(Plan.CREATE), rehearsal.of(Plan.ADOPT), rehearsal.of(Plan.UPDATE),
                rehearsal.of(Plan.LEAVE_ALONE));
        System.out.printf(Locale.ENGLISH, "  wait       %,9d   until Ory has verified the e-mail address of the existing record%n",
                rehearsal.of(Plan.WAIT_FOR_VERIFICATION));
        System.out.printf(Locale.ENGLISH, "  reject     %,9d%n", rehearsal.of(Plan.REFUSED));
        rehearsal.reasons().entrySet().stream()
                .sorted((one, other) -> other.getValue().identities() - one.getValue().identities()).limit(20)
                .forEach(reason -> System.out.printf(Locale.ENGLISH, "    %,7d  %s  e.g. %s%n", reason.getValue().identities(),
                        reason.getKey(), reason.getValue().example()));
        System.out.printf(Locale.ENGLISH, "and take %,d calls to Salesforce and about %s, if a call takes one second.%n", rehearsal.calls(),
                time(Duration.between(began, clock.instant()).plus(writing)));
        return rehearsal.of(Plan.REFUSED) == 0 ? 0 : 1;
    }

    private static String time(Duration time) {
        return time.toMinutes() < 2 ? time.toSeconds() + " s" : time.toMinutes() + " min";
    }

    /** @return false if the command is to end */
    private static boolean pause() {
        try {
            Thread.sleep(200);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
