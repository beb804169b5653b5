package dev.orysalesforce.reconcile;

import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.Answers;
import dev.orysalesforce.sync.FailurePlace;
import dev.orysalesforce.sync.HoldException;
import io.github.resilience4j.core.IntervalFunction;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jms.JmsException;
import org.springframework.stereotype.Component;

/** Why a run does not get on, and when it tries again: the pauses grow (sync.back-off), unless Ory says how long. */
@Component
class Interruption {

    private static final Logger LOG = LoggerFactory.getLogger(Interruption.class);

    private final Answers answers;
    private final SyncSettings.BackOff backOff;
    private final IntervalFunction growing;
    private final Clock steadyClock;
    private int tries;
    private Instant until = Instant.MIN;
    private String code;
    private String reason;

    Interruption(Answers answers, SyncSettings settings, Clock steadyClock) {
        this.answers = answers;
        this.backOff = settings.backOff();
        this.growing = IntervalFunction.ofExponentialRandomBackoff(backOff.initial(), backOff.multiplier(), backOff.jitter());
        this.steadyClock = steadyClock;
    }

    boolean isPausing() {
        return steadyClock.instant().isBefore(until);
    }

    void over() {
        tries = 0;
        until = Instant.MIN;
        reason = null;
    }

    /** @return false if it may be over after a while */
    boolean isEnd(Exception failure) {
        RunFailedException end = ObjectHelper.getException(RunFailedException.class, failure);
        NotNowException notNow = ObjectHelper.getException(NotNowException.class, failure);
        String before = reason;
        code = null;
        reason = end != null ? end.getMessage() : notNow != null ? notNow.getMessage() : reason(failure);
        if (!reason.equals(before)) {
            LOG.warn("The comparison with Ory {}: {}", end != null ? "failed" : "waits", reason);
        }
        Duration pause = notNow == null || notNow.pause() == null
                ? Duration.ofMillis(Math.min(growing.apply(++tries), backOff.max().toMillis())) : notNow.pause();
        until = steadyClock.instant().plus(pause);
        return end != null;
    }

    String reason() {
        return reason;
    }

    /** Whether Salesforce has forgotten where a query stood; it keeps that for two days. */
    boolean isLostPlace() {
        return "INVALID_QUERY_LOCATOR".equals(code);
    }

    private String reason(Exception failure) {
        if (ObjectHelper.getException(HoldException.class, failure) != null
                || ObjectHelper.getException(SalesforceException.class, failure) != null) {
            HoldException hold = hold(failure);
            code = hold.code();
            return hold.getMessage();
        }
        Throwable root = NestedExceptionUtils.getMostSpecificCause(failure);
        if (ObjectHelper.getException(JmsException.class, failure) != null) {
            return "The journal does not take a page (" + root.getClass().getSimpleName() + "); /observe/health may say why.";
        }
        if (ObjectHelper.getException(IOException.class, failure) != null) {
            return "Ory's Admin API can't be reached (" + root.getClass().getSimpleName() + "). Check ORY_ADMIN_URL and the"
                    + " network; the run goes on when it answers.";
        }
        return "It failed in the app itself, at " + FailurePlace.of(root) + "; it is tried again.";
    }

    private HoldException hold(Exception failure) {
        HoldException hold = ObjectHelper.getException(HoldException.class, failure);
        if (hold != null) {
            return hold;
        }
        try {
            answers.failed(failure);
            throw new IllegalStateException(failure);
        } catch (HoldException told) {
            return told;
        }
    }
}
