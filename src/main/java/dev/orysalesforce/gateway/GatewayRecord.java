package dev.orysalesforce.gateway;

import dev.orysalesforce.journal.DeadLetter;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.receive.SalesforceError;

/**
 * The record of a call to the gateway, accepted or rejected.
 *
 * @param event what goes into the journal; null if the record is rejected
 * @param create whether the path names no record, so that Salesforce would answer 201 in any case
 * @param error why the record is rejected; null if it is accepted
 * @param letter what a dead letter keeps of a rejected record; null if it is accepted
 */
public record GatewayRecord(IdentityChange event, boolean create, SalesforceError error, DeadLetter letter) {

    static GatewayRecord of(IdentityChange event, boolean create) {
        return new GatewayRecord(event, create, null, null);
    }

    static GatewayRecord refused(SalesforceError error, DeadLetter letter) {
        return new GatewayRecord(null, false, error, letter);
    }

    public boolean isAccepted() {
        return event != null;
    }
}
