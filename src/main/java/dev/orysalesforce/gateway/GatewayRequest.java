package dev.orysalesforce.gateway;

import dev.orysalesforce.journal.DeadLetter;
import dev.orysalesforce.journal.IdentityChange;
import java.util.List;
import java.util.Objects;

/**
 * What one call to the gateway brings.
 *
 * @param records one for each record of the body; one that is refused if the body could not be read
 * @param kind what the answer has to look like
 */
public record GatewayRequest(List<GatewayRecord> records, Kind kind) {

    /** Which of Salesforce's resources was called. */
    enum Kind { CREATE, UPSERT, COLLECTION }

    /** What goes into the journal. */
    public List<IdentityChange> getEvents() {
        return records.stream().map(GatewayRecord::event).filter(Objects::nonNull).toList();
    }

    /** What is kept of records that are refused. */
    public List<DeadLetter> getLetters() {
        return records.stream().map(GatewayRecord::letter).filter(Objects::nonNull).toList();
    }

    /** Whether the call is refused as a whole. */
    boolean isRefused() {
        return kind != Kind.COLLECTION && !records.get(0).isAccepted();
    }
}
