package dev.orysalesforce.sync;

import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.settings.SyncSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Merges all events of an identity into one item: Salesforce rejects a call that holds the same record twice. */
@Component("coalescer")
public class Coalescer {

    private final Mappings mappings;
    private final TraitsLimit limit;

    public Coalescer(Mappings mappings, SyncSettings settings) {
        this.mappings = mappings;
        this.limit = new TraitsLimit(settings);
    }

    /** @param events in the order in which they were received */
    public Batch coalesce(List<IdentityChange> events) {
        Map<String, IdentityChange> newest = new LinkedHashMap<>();
        for (IdentityChange event : events) {
            newest.merge(event.isUsable() ? event.identityId() : UUID.randomUUID().toString(), event,
                    IdentityChange::merge);
        }
        List<SyncItem> items = newest.values().stream().map(this::row).toList();
        return new Batch(items, events.size());
    }

    private SyncItem row(IdentityChange change) {
        SyncItem item = new SyncItem(change, change.record() != null && !change.isState() ? PrebuiltRecords.NO_MAPPING
                : mappings.of(change));
        if (change.letter() != null) {
            item.deadLetter(RecordError.of(change.letter().code(), change.letter().message()));
        } else if (!change.isUsable()) {
            item.deadLetter(RecordError.of("UNREADABLE_BODY", "A message in the journal is not an event of this app."
                    + " Find the program that writes to the queue, too."));
        } else {
            limit.apply(item);
        }
        return item;
    }
}
