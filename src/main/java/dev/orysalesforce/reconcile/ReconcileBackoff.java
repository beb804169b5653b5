package dev.orysalesforce.reconcile;

import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.salesforce.ErrorPolicy;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.Action;
import dev.orysalesforce.sync.FailurePlace;
import dev.orysalesforce.write.WriteResults;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeoutException;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.Scope;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jms.JmsException;
import org.springframework.stereotype.Component;

/**
 * Why a run does not continue, and when it tries again: the pauses grow (sync.back-off), unless Ory says how long. Each run
 * has its own.
 */
@Component
@Scope(BeanDefinition.SCOPE_PROTOTYPE)
public class ReconcileBackoff {

    private static final Logger LOG = LoggerFactory.getLogger(ReconcileBackoff.class);

    /** So often Salesforce refuses a page for a reason that does not pass by itself until the run continues without. */
    private static final int MOST_REFUSALS = 6;

    private final WriteResults results;
    private final ErrorPolicy policy;
    private final SyncSettings.BackOff backOff;
    private final Clock monotonicClock;
    private int tries;
    private Instant until = Instant.MIN;
    private String code;
    private boolean timedOut;
    private String reason;

    ReconcileBackoff(WriteResults results, ErrorPolicy policy, SyncSettings settings, Clock monotonicClock) {
        this.policy = policy;
        this.results = results;
        this.backOff = settings.backOff();
        this.monotonicClock = monotonicClock;
    }

    public boolean isPausing() {
        return monotonicClock.instant().isBefore(until);
    }

    public void over() {
        tries = 0;
        until = Instant.MIN;
        reason = null;
    }

    /** @return false if the failure may be temporary */
    public boolean isEnd(Exception failure) {
        RunFailedException end = ObjectHelper.getException(RunFailedException.class, failure);
        RetryLaterException notNow = ObjectHelper.getException(RetryLaterException.class, failure);
        String before = reason;
        code = null;
        reason = end != null ? end.getMessage() : notNow != null ? notNow.getMessage() : reason(failure);
        if (!reason.equals(before)) {
            LOG.warn("The comparison with Ory {}: {}", end != null ? "failed" : "waits", reason);
        }
        timedOut = "QUERY_TIMEOUT".equals(code) || ObjectHelper.getException(TimeoutException.class, failure) != null;
        Duration pause = notNow == null || notNow.pause() == null ? backOff.pauseAfter(++tries) : notNow.pause();
        until = monotonicClock.instant().plus(pause);
        return end != null;
    }

    public String reason() {
        return reason;
    }

    /** Whether the last failure was that Salesforce did not answer a query in time. */
    boolean isTimeOut() {
        return timedOut;
    }

    /** Whether Salesforce has refused a page often, because of the org's set-up or in time-outs; an outage does not count. */
    boolean isRefusedForGood() {
        return tries >= MOST_REFUSALS && (timedOut || isAboutSetUp(code));
    }

    /** Whether Salesforce answers, but refuses because of the org's set-up. */
    boolean isAboutSetUp(String code) {
        return code != null && policy.codes().contains(code) && policy.action(code) == Action.PAUSE_UNTIL_FIXED;
    }

    private String reason(Exception failure) {
        if (ObjectHelper.getException(PauseDeliveryException.class, failure) != null
                || ObjectHelper.getException(SalesforceException.class, failure) != null) {
            PauseDeliveryException paused = hold(failure);
            code = paused.code();
            return paused.getMessage();
        }
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        if (ObjectHelper.getException(JmsException.class, failure) != null) {
            return "The journal can't store a page (" + root.getClass().getSimpleName() + "); /observe/health may say why.";
        }
        if (ObjectHelper.getException(IOException.class, failure) != null) {
            return "Ory's Admin API can't be reached (" + root.getClass().getSimpleName() + "). Check ORY_ADMIN_URL and the"
                    + " network; the run continues when it answers.";
        }
        return "It failed in the app itself, at " + FailurePlace.of(root) + "; it is tried again.";
    }

    private PauseDeliveryException hold(Exception failure) {
        PauseDeliveryException paused = ObjectHelper.getException(PauseDeliveryException.class, failure);
        if (paused != null) {
            return paused;
        }
        try {
            results.failed(failure);
            throw new IllegalStateException(failure);
        } catch (PauseDeliveryException told) {
            return told;
        }
    }
}
