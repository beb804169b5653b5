package dev.orysalesforce.gateway;

import dev.orysalesforce.journal.DeadLetter;
import dev.orysalesforce.journal.IdentityChange;
import java.util.List;
import java.util.Objects;

/**
 * One call to the gateway.
 *
 * @param records one for each record of the body; a rejected one if the body could not be read
 * @param kind the shape of the answer
 */
public record GatewayRequest(List<GatewayRecord> records, Kind kind) {

    /** Salesforce's resource that was called. */
    enum Kind { CREATE, UPSERT, COLLECTION }

    /** The events for the journal. */
    public List<IdentityChange> getEvents() {
        return records.stream().map(GatewayRecord::event).filter(Objects::nonNull).toList();
    }

    /** The dead letters of rejected records. */
    public List<DeadLetter> getLetters() {
        return records.stream().map(GatewayRecord::letter).filter(Objects::nonNull).toList();
    }

    /** Whether the call is rejected as a whole. */
    boolean isRefused() {
        return kind != Kind.COLLECTION && !records.get(0).isAccepted();
    }
}
