package dev.orysalesforce.sync;

import dev.orysalesforce.journal.IdentityChange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Makes one row of all events of an identity: Salesforce refuses a call that holds a record twice. */
@Component("coalescer")
public class Coalescer {

    private final Mappings mappings;

    Coalescer(Mappings mappings) {
        this.mappings = mappings;
    }

    /** @param events in the order in which they were received */
    public Batch coalesce(List<IdentityChange> events) {
        Map<String, IdentityChange> newest = new LinkedHashMap<>();
        for (IdentityChange event : events) {
            newest.merge(event.isUsable() ? event.identityId() : UUID.randomUUID().toString(), event,
                    IdentityChange::together);
        }
        List<Row> rows = newest.values().stream().map(this::row).toList();
        return new Batch(rows, events.size());
    }

    private Row row(IdentityChange change) {
        Row row = new Row(change, change.record() != null && !change.isState() ? FinishedRecords.NO_MAPPING
                : mappings.of(change));
        if (!change.isUsable()) {
            row.refuse(Refusal.of("UNREADABLE_BODY", "A message in the journal is not an event of this app."
                    + " Look for who else writes to the queue."));
        }
        return row;
    }
}
