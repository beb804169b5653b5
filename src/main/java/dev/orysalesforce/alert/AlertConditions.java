package dev.orysalesforce.alert;

import dev.orysalesforce.alert.Condition.Verdict;
import dev.orysalesforce.doctor.DoctorFindings;
import dev.orysalesforce.journal.Queues;
import dev.orysalesforce.reconcile.ReconcileReport;
import dev.orysalesforce.salesforce.CallBudget;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.DeliveryPause;
import dev.orysalesforce.sync.EventCounters;
import dev.orysalesforce.write.ObjectPauses;
import dev.orysalesforce.write.OneWayEdits;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.health.Status;
import org.springframework.dao.DataAccessException;
import org.springframework.jms.JmsException;
import org.springframework.stereotype.Component;

/** Whether there is something to alert of. Asks only what the app knows already: no call to Salesforce or Ory is made. */
@Component("alertConditions")
public class AlertConditions {

    private static final Duration SHORT_WAIT = Duration.ofMinutes(1);
    private static final Duration SETTLED = Duration.ofMinutes(2);

    private final DeliveryPause pause;
    private final ObjectPauses objects;
    private final OneWayEdits edits;
    private final Queues queues;
    private final EventCounters counters;
    private final DeadLetterCodes codes;
    private final ReconcileReport reconcile;
    private final CallBudget budget;
    private final DoctorFindings findings;
    private final ObjectProvider<HealthIndicator> reloader;
    private final int deadLetterThreshold;
    private final AlertSettings settings;
    private final Clock clock;
    private final Instant startedAt;
    private Instant lowSince;

    AlertConditions(DeliveryPause pause, ObjectPauses objects, OneWayEdits edits, Queues queues, EventCounters counters,
            DeadLetterCodes codes,
            ReconcileReport reconcile, CallBudget budget, DoctorFindings findings,
            @Qualifier("configReloader") ObjectProvider<HealthIndicator> reloader,
            SyncSettings sync, AlertSettings settings, Clock clock) {
        this.pause = pause;
        this.objects = objects;
        this.edits = edits;
        this.queues = queues;
        this.counters = counters;
        this.codes = codes;
        this.reconcile = reconcile;
        this.budget = budget;
        this.findings = findings;
        this.reloader = reloader;
        this.deadLetterThreshold = sync.deadLetters().healthThreshold();
        this.settings = settings;
        this.clock = clock;
        this.startedAt = clock.instant();
    }

    /** All of them, as they are now. */
    public List<Condition> evaluate() {
        return Map.<AlertKind, Supplier<Condition>>of(AlertKind.PAUSED, this::paused, AlertKind.DEAD_LETTERS, this::deadLetters,
                AlertKind.NEW_CODE, this::newCodes, AlertKind.COMPARISON, this::comparison, AlertKind.IN_SYNC, this::inSync,
                AlertKind.RELOAD, this::reload, AlertKind.API_SHARE, this::apiShare, AlertKind.SET_UP, this::setUp, AlertKind.EDIT,
                this::edit)
                .entrySet().stream().map(condition -> known(condition.getKey(), condition.getValue())).toList();
    }

    /** While the ledger or the broker does not answer, the others are told all the same. */
    private static Condition known(AlertKind kind, Supplier<Condition> condition) {
        try {
            return condition.get();
        } catch (DataAccessException | JmsException e) {
            return Condition.unknown(kind);
        }
    }

    /** Whether the doctor has to check the set-up again. */
    public boolean isSetUpCheckDue() {
        Instant checked = findings.checkedAt() == null ? startedAt : findings.checkedAt();
        return !settings.setUpInterval().isZero() && !clock.instant().isBefore(checked.plus(settings.setUpInterval()));
    }

    private Condition paused() {
        Map<String, Object> why = pause.health().getDetails();
        if (!why.isEmpty()) {
            return paused(Instant.parse((String) why.get("since")), why.get("code") + ": " + why.get("reason"));
        }
        Optional<ObjectPauses.Current> first = objects.current().stream().min(Comparator.comparing(ObjectPauses.Current::since));
        if (first.isPresent()) {
            return paused(first.get().since(), objects.current().stream()
                    .map(object -> object.object() + ": " + object.code() + ": " + object.reason()).collect(Collectors.joining("\n")));
        }
        boolean nothingWaits = queues.depth(Queues.JOURNAL).orElse(1) == 0;
        return nothingWaits || hasDelivered() ? Condition.over(AlertKind.PAUSED, "Events are delivered.")
                : Condition.unknown(AlertKind.PAUSED);
    }

    private Condition paused(Instant since, String why) {
        return clock.instant().isBefore(since.plus(settings.pausedFor())) ? Condition.unknown(AlertKind.PAUSED)
                : new Condition(AlertKind.PAUSED, Verdict.HOLDS, since, why,
                        () -> counted("events waiting", queues.depth(Queues.JOURNAL)),
                        "No event is lost: they wait in order, and the app tries again by itself.");
    }

    /** Since the start. Until then, an app that has just started does not know whether delivery works. */
    private boolean hasDelivered() {
        Map<String, Long> balance = counters.balance();
        return Stream.of("synced", "unchanged", "superseded", "skipped", "deadLettered").anyMatch(outcome -> balance.get(outcome) > 0);
    }

    private Condition deadLetters() {
        OptionalLong waiting = queues.depth(Queues.DEAD_LETTERS);
        if (waiting.isEmpty()) {
            return Condition.unknown(AlertKind.DEAD_LETTERS);
        }
        String text = (waiting.getAsLong() == 1 ? "1 dead letter waits" : waiting.getAsLong() + " dead letters wait")
                + "; sync.dead-letters.health-threshold is " + deadLetterThreshold + ".";
        return waiting.getAsLong() <= deadLetterThreshold ? Condition.over(AlertKind.DEAD_LETTERS, text)
                : new Condition(AlertKind.DEAD_LETTERS, Verdict.HOLDS, null, text,
                        codes::counts, "Many usually share a cause. Fix it, then replay or discard them.");
    }

    private Condition newCodes() {
        List<String> unreported = codes.unreported();
        return unreported.isEmpty() ? Condition.over(AlertKind.NEW_CODE, null)
                : new Condition(AlertKind.NEW_CODE, Verdict.HOLDS, null, "No dead letter had this code before: "
                        + String.join(", ", unreported) + ".", () -> codes.counts(unreported),
                        "The dead letters tell the reason and the remedy. Fix the cause, then replay or discard them.");
    }

    private Condition comparison() {
        Health health = reconcile.health();
        if (health.getStatus().equals(Status.UP)) {
            return "done".equals(reconcile.lastState())
                    ? Condition.over(AlertKind.COMPARISON, "All identities at Ory were compared.")
                    : Condition.unknown(AlertKind.COMPARISON);
        }
        return new Condition(AlertKind.COMPARISON, Verdict.HOLDS, Instant.parse((String) health.getDetails().get("since")),
                String.valueOf(health.getDetails().get("reason")), Map::of,
                "Until a comparison succeeds, events that Ory lost are not found. Start one by Compare now on the console's page Overview,"
                        + " or with POST /api/reconcile.");
    }

    /**
     * While a comparison runs, or events of it wait, identities are on their way; and the share is counted once a minute, so it
     * has to be low for two.
     */
    private Condition inSync() {
        double inSync = reconcile.lastInSync();
        Instant now = clock.instant();
        if (!"done".equals(reconcile.lastState()) || Double.isNaN(inSync)
                || queues.oldestSeconds(Queues.JOURNAL).orElse(Long.MAX_VALUE) > SHORT_WAIT.toSeconds()) {
            lowSince = null;
            return Condition.unknown(AlertKind.IN_SYNC);
        }
        String text = "%s %% of Ory's identities are in sync; alerts.in-sync-threshold is %s %%.".formatted(percent(inSync),
                percent(settings.inSyncThreshold()));
        if (inSync >= settings.inSyncThreshold()) {
            lowSince = null;
            return Condition.over(AlertKind.IN_SYNC, text);
        }
        lowSince = lowSince == null ? now : lowSince;
        return now.isBefore(lowSince.plus(SETTLED)) ? Condition.unknown(AlertKind.IN_SYNC)
                : new Condition(AlertKind.IN_SYNC, Verdict.HOLDS, null, text, codes::counts,
                        "Look at the dead letters, and at the identities that the mapping skips.");
    }

    private Condition reload() {
        Health health = reloader.stream().map(HealthIndicator::health).findFirst().orElse(Health.up().build());
        if (health.getStatus().equals(Status.UP)) {
            return Condition.over(AlertKind.RELOAD, "The app runs with the files as they are.");
        }
        Map<String, Object> why = health.getDetails();
        return new Condition(AlertKind.RELOAD, Verdict.HOLDS, Instant.parse((String) why.get("since")), why.get("file")
                + (why.containsKey("line") ? ":" + why.get("line") : "") + ": " + why.get("reason"), Map::of,
                "The app still runs with the previous version. Correct the file, or put the previous version back.");
    }

    private Condition edit() {
        OneWayEdits.Held edit = edits.held();
        return edit == null ? Condition.over(AlertKind.EDIT, "No edit of a mapping waits.")
                : new Condition(AlertKind.EDIT, Verdict.HOLDS, edit.since(), edit.reason(), Map::of,
                        "If it is right, confirm it on the console's page Mappings, or with POST /api/one-way-fields/confirm."
                                + " If not, correct the mapping.");
    }

    private Condition apiShare() {
        Map<String, Object> report = budget.report();
        if (report.get("share") == null) {
            return Condition.unknown(AlertKind.API_SHARE);
        }
        long own = ((Number) report.get("own")).longValue();
        long share = ((Number) report.get("share")).longValue();
        String text = "The app has made " + own + " of its " + share + " API calls in 24 hours.";
        return own <= settings.apiShareThreshold() * share ? Condition.over(AlertKind.API_SHARE, text)
                : new Condition(AlertKind.API_SHARE, Verdict.HOLDS, null, text, Map::of, "Delivery slows down as they run out. Raise"
                        + " SYNC_DAILY_CALL_SHARE, or SYNC_LINGER for fuller calls; else wait until those of yesterday do not count.");
    }

    private Condition setUp() {
        List<String> errors = findings.errors();
        if (errors == null) {
            return Condition.unknown(AlertKind.SET_UP);
        }
        return errors.isEmpty() ? Condition.over(AlertKind.SET_UP, "The doctor finds no error.")
                : new Condition(AlertKind.SET_UP, Verdict.HOLDS, null, String.join("\n", errors),
                        () -> Map.of("errors", (long) errors.size()),
                        "Once it is fixed, the doctor checks it again within " + hours() + ".");
    }

    private String hours() {
        return settings.setUpInterval().isZero() ? "one start of the app" : settings.setUpInterval().toMinutes() + " minutes";
    }

    private static Map<String, Long> counted(String name, OptionalLong number) {
        return number.isPresent() ? Map.of(name, number.getAsLong()) : Map.of();
    }

    private static String percent(double share) {
        return String.valueOf(Math.floor(share * 1000) / 10).replaceFirst("\\.0$", "");
    }
}
