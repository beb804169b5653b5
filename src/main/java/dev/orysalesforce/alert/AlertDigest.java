package dev.orysalesforce.alert;

import dev.orysalesforce.alert.AlertStates.State;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.reconcile.ReconcileReport;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.scheduling.support.CronExpression;
import org.springframework.stereotype.Component;

/** The week in numbers: identities by outcome, open dead letters by code, and the share in sync. */
@Component("alertDigest")
public class AlertDigest {

    private static final Duration WEEK = Duration.ofDays(7);

    private final AlertStates states;
    private final Ledger ledger;
    private final DeadLetterCodes codes;
    private final ReconcileReport reconcile;
    private final AlertSettings settings;
    private final CronExpression schedule;
    private final Clock clock;

    AlertDigest(AlertStates states, Ledger ledger, DeadLetterCodes codes, ReconcileReport reconcile, AlertSettings settings,
            Clock clock) {
        this.states = states;
        this.ledger = ledger;
        this.codes = codes;
        this.reconcile = reconcile;
        this.settings = settings;
        this.schedule = settings.digestSchedule();
        this.clock = clock;
    }

    /** @return the digest that is due now; null if none is. The first is due when the schedule says so after the first start */
    public Alert next() {
        if (schedule == null) {
            return null;
        }
        Instant now = clock.instant();
        State last = states.state(AlertKind.DIGEST);
        if (last.since() == null) {
            states.save(AlertKind.DIGEST, new State(false, now, false, 0, null, last.revision()));
            return null;
        }
        boolean isDue = !now.isBefore(dueAfter(last.since()));
        return isDue && states.save(AlertKind.DIGEST, new State(false, now, false, 0, now, last.revision())) ? digest(now) : null;
    }

    /** When the next one is due; null if there is none. */
    Instant dueAt() {
        State last = states.state(AlertKind.DIGEST);
        return schedule == null || last.since() == null ? null : dueAfter(last.since());
    }

    private Instant dueAfter(Instant last) {
        var due = schedule.next(last.atZone(ZoneOffset.UTC));
        return due == null ? Instant.MAX : due.toInstant();
    }

    private Alert digest(Instant now) {
        Map<String, Long> counts = new LinkedHashMap<>();
        ledger.outcomesSince(now.minus(WEEK)).forEach((outcome, count) -> counts.put("identities " + outcome, count));
        codes.counts().forEach((code, count) -> counts.put("open dead letters " + code, count));
        double inSync = reconcile.lastInSync();
        String share = Double.isNaN(inSync) ? "The share of identities in sync is not known; it takes ORY_ADMIN_URL and a comparison."
                : Math.floor(inSync * 1000) / 10 + " % of Ory's identities are in sync.";
        return new Alert(UUID.randomUUID().toString(), AlertKind.DIGEST.label(), "told", AlertKind.DIGEST.title(false),
                "Identities with an event in the last seven days, by the outcome of the last one; and the dead letters that wait. "
                        + share,
                now, null, null, counts, null, states.link(AlertKind.DIGEST));
    }
}
