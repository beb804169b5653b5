package dev.orysalesforce.ledger;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains the cost of continuing without the ledger. */
class UnusableLedgerAnalyzer extends AbstractFailureAnalyzer<UnusableLedgerException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnusableLedgerException cause) {
        return new FailureAnalysis(cause.getMessage(), """
                If it is a database server: start it, or correct spring.datasource.url, user and password.
                If it is a file: put a backup of the data directory in its place, or delete ledger.db* and start again.
                Deleting it loses no event and no record. It costs one look-up in Salesforce for each identity at its
                next event, that event then sends all fields of the record, and people who were erased but still exist
                at Ory come back.""", cause);
    }
}
