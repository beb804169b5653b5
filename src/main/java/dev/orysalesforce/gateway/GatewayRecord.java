package dev.orysalesforce.gateway;

import dev.orysalesforce.journal.DeadLetter;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.receive.SalesforceError;

/**
 * A record of a call to the gateway: accepted or rejected.
 *
 * @param event the event for the journal; null if it is rejected
 * @param error why it is rejected; else null
 * @param letter the dead letter if it is rejected; else null
 */
record GatewayRecord(IdentityChange event, SalesforceError error, DeadLetter letter) {

    static GatewayRecord of(IdentityChange event) {
        return new GatewayRecord(event, null, null);
    }

    static GatewayRecord refused(SalesforceError error, DeadLetter letter) {
        return new GatewayRecord(null, error, letter);
    }

    boolean isAccepted() {
        return event != null;
    }
}
