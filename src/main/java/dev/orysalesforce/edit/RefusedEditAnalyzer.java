package dev.orysalesforce.edit;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** At a start there is nothing yet that could go on running. */
class RefusedEditAnalyzer extends AbstractFailureAnalyzer<RefusedEdit> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, RefusedEdit cause) {
        return new FailureAnalysis(cause.place() + ": " + cause.getMessage(), "Mend it and start again.", cause);
    }
}
