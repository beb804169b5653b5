package dev.orysalesforce.ledger;

import org.springframework.core.NestedExceptionUtils;

/** The ledger exists, but can't be used. */
class UnusableLedgerException extends RuntimeException {

    UnusableLedgerException(String url, String reason) {
        super("The ledger " + url + " can't be used: " + reason);
    }

    UnusableLedgerException(String url, Throwable cause) {
        super("The ledger " + url + " can't be opened: " + NestedExceptionUtils.getMostSpecificCause(cause), cause);
    }
}
