package dev.orysalesforce.alert;

import dev.orysalesforce.alert.AlertStates.State;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** The alerts for the operator: where they go, and what they have told. */
@Component("alertReport")
public class AlertReport {

    private final AlertTargets targets;
    private final AlertStates states;
    private final AlertDigest digest;

    /**
     * @param targets those that are configured; without one, the kinds stay as they are
     * @param digestDueAt null if there is none
     */
    public record Report(List<AlertTargets.Report> targets, List<Kind> kinds, Instant digestDueAt) {}

    /**
     * @param kind as in alerts and metrics
     * @param state {@code begun} or {@code ended}
     * @param since when that state began; null if the condition never held
     * @param told whether an alert has said that it began
     * @param suppressed how often it began without an alert since the last one that said so
     * @param lastSentAt when an alert last said that it began
     */
    public record Kind(String kind, String title, String state, Instant since, boolean told, int suppressed, Instant lastSentAt) {}

    AlertReport(AlertTargets targets, AlertStates states, AlertDigest digest) {
        this.targets = targets;
        this.states = states;
        this.digest = digest;
    }

    public Report report() {
        return new Report(targets.report(), Stream.of(AlertKind.values()).filter(kind -> kind != AlertKind.TEST).map(this::kind).toList(),
                digest.dueAt());
    }

    private Kind kind(AlertKind kind) {
        State state = states.state(kind);
        return new Kind(kind.label(), kind.title(false), state.violated() ? "begun" : "ended", state.since(), state.told(), state.begun(),
                state.sentAt());
    }
}
