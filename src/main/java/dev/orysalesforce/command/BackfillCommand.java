package dev.orysalesforce.command;

import dev.orysalesforce.reconcile.DryRun;
import dev.orysalesforce.reconcile.OryAdmin;
import dev.orysalesforce.reconcile.Reconcile;
import dev.orysalesforce.reconcile.ReconcileReport;
import dev.orysalesforce.reconcile.RunFailedException;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.Books;
import dev.orysalesforce.sync.CallBudget;
import dev.orysalesforce.sync.Outage;
import dev.orysalesforce.sync.Rehearsal;
import dev.orysalesforce.sync.Rehearsal.Plan;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** {@code backfill}: brings in who was at Ory before the app. {@code --dry-run} says beforehand what that comes to. */
@Component
class BackfillCommand implements Command {

    private final OryAdmin ory;
    private final Reconcile reconcile;
    private final ReconcileReport report;
    private final Books books;
    private final CallBudget budget;
    private final Outage outage;
    private final DryRun dryRun;
    private final Rehearsal rehearsal;
    private final int parallelCalls;
    private final Progress progress;
    private final Clock clock;

    BackfillCommand(OryAdmin ory, Reconcile reconcile, ReconcileReport report, Books books, CallBudget budget,
            Outage outage, DryRun dryRun, Rehearsal rehearsal, SyncSettings settings, Clock clock) {
        this.ory = ory;
        this.reconcile = reconcile;
        this.report = report;
        this.books = books;
        this.budget = budget;
        this.outage = outage;
        this.dryRun = dryRun;
        this.rehearsal = rehearsal;
        this.parallelCalls = settings.parallelCalls();
        this.clock = clock;
        this.progress = new Progress(System.err, clock);
    }

    @Override
    public String name() {
        return "backfill";
    }

    @Override
    public int run(List<String> arguments) {
        boolean dry = arguments.equals(List.of("--dry-run"));
        if (!dry && !arguments.isEmpty()) {
            System.err.println("backfill [--dry-run]: reads all identities at Ory and brings them to Salesforce.");
            return 2;
        }
        if (!ory.isSet()) {
            System.err.println("ORY_ADMIN_URL is not set: the admin port of a self-hosted Kratos, or"
                    + " https://{slug}.projects.oryapis.com with ORY_ADMIN_TOKEN, a project API key.");
            return 2;
        }
        return dry ? rehearse() : backfill();
    }

    private int backfill() {
        Instant began = clock.instant();
        Object callsBefore = budget.report().get("own");
        reconcile.start(); // or goes on with the run that was interrupted
        Map<String, Object> run;
        Map<String, Long> books;
        do {
            pause();
            run = report.report();
            books = this.books.balance();
            progress.show(report.listedShare(), through(books), books.get("pending"),
                    outage.health().getDetails().containsKey("code") ? "waiting: " + outage.health().getDetails().get("code")
                            : run.get("error") == null ? "" : String.valueOf(run.get("error")));
        } while (run.get("state").equals("running") || books.get("pending") > 0);
        progress.end();
        System.out.printf("%,d identities at Ory, %,d of them queued, in %s and %,d calls to Salesforce.%n", run.get("seen"),
                run.get("queued"), time(Duration.between(began, clock.instant())),
                (Long) budget.report().get("own") - (Long) callsBefore);
        System.out.printf("synced %,d, unchanged %,d, superseded %,d, skipped %,d, dead letters %,d%n", books.get("synced"),
                books.get("unchanged"), books.get("superseded"), books.get("skipped"), books.get("deadLettered"));
        if (run.get("error") != null) {
            System.err.println(run.get("error"));
        }
        return run.get("state").equals("done") && books.get("deadLettered") == 0 ? 0 : 1;
    }

    private static long through(Map<String, Long> books) {
        return books.get("synced") + books.get("unchanged") + books.get("superseded") + books.get("skipped")
                + books.get("deadLettered");
    }

    private int rehearse() {
        Instant began = clock.instant();
        try {
            dryRun.run("direct:dry-run.page", waitsFor -> progress.show(Double.NaN, dryRun.seen(), 0, waitsFor == null ? "" : waitsFor));
        } catch (RunFailedException e) {
            progress.end();
            System.err.println(e.getMessage());
            return 1;
        }
        progress.end();
        Duration writing = Duration.ofSeconds((rehearsal.writes() + parallelCalls - 1) / parallelCalls);
        System.out.printf("%,d identities at Ory. Nothing was written. A backfill would%n", dryRun.seen());
        System.out.printf("  create     %,9d%n  take over  %,9d   by e-mail%n  update     %,9d%n  leave alone%,9d%n",
                rehearsal.of(Plan.CREATE), rehearsal.of(Plan.TAKE_OVER), rehearsal.of(Plan.UPDATE),
                rehearsal.of(Plan.LEAVE_ALONE));
        System.out.printf("  wait       %,9d   until Ory has verified the e-mail of somebody who is in Salesforce%n",
                rehearsal.of(Plan.WAIT_FOR_VERIFICATION));
        System.out.printf("  be refused %,9d%n", rehearsal.of(Plan.REFUSED));
        rehearsal.reasons().entrySet().stream()
                .sorted((one, other) -> other.getValue().identities() - one.getValue().identities()).limit(20)
                .forEach(reason -> System.out.printf("    %,7d  %s  e.g. %s%n", reason.getValue().identities(),
                        reason.getKey(), reason.getValue().example()));
        System.out.printf("and take %,d calls to Salesforce and about %s, if a call takes a second.%n", rehearsal.calls(),
                time(Duration.between(began, clock.instant()).plus(writing)));
        return rehearsal.of(Plan.REFUSED) == 0 ? 0 : 1;
    }

    private static String time(Duration time) {
        return time.toMinutes() < 2 ? time.toSeconds() + " s" : time.toMinutes() + " min";
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted; the backfill goes on where it stopped at the next start", e);
        }
    }
}
