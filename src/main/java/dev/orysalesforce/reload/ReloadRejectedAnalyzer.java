package dev.orysalesforce.reload;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** At a start there is no previous version that could keep running. */
class ReloadRejectedAnalyzer extends AbstractFailureAnalyzer<ReloadRejectedException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ReloadRejectedException cause) {
        return new FailureAnalysis(cause.place() + ": " + cause.getMessage(), "Fix it and start again.", cause);
    }
}
