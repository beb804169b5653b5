package dev.orysalesforce.sync;

import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.settings.SyncSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Merges all events of an identity into one item: Salesforce rejects a call that holds the same record twice. */
@Component("coalescer")
public class Coalescer {

    private final Function<IdentityChange, Mapping> mappings;
    private final TraitsLimit limit;

    @Autowired
    Coalescer(Mappings mappings, SyncSettings settings) {
        this(mappings::of, settings);
    }

    /** @param mappings chooses the mapping of an event */
    public Coalescer(Function<IdentityChange, Mapping> mappings, SyncSettings settings) {
        this.mappings = mappings;
        this.limit = new TraitsLimit(settings);
    }

    /** @param events in the order in which they were received */
    public Batch coalesce(List<IdentityChange> events) {
        Map<String, IdentityChange> newest = new LinkedHashMap<>();
        Map<String, List<IdentityChange>> all = new HashMap<>();
        for (IdentityChange event : events) {
            String identity = event.isUsable() ? event.identityId() : UUID.randomUUID().toString();
            newest.merge(identity, event, IdentityChange::merge);
            all.computeIfAbsent(identity, first -> new ArrayList<>(1)).add(event);
        }
        List<SyncItem> items = newest.entrySet().stream()
                .map(item -> row(item.getValue(), earlier(item.getValue(), all.get(item.getKey())))).toList();
        return new Batch(items, events.size());
    }

    /** Events that say something else than the merged one. Most events say the same: a login, a verification. */
    private List<IdentityChange> earlier(IdentityChange merged, List<IdentityChange> events) {
        if (events.size() == 1 || merged.isErasure()) {
            return List.of();
        }
        List<IdentityChange> earlier = new ArrayList<>();
        events.stream().filter(event -> event.isState() || event.record() != null).filter(event -> !event.saysTheSameAs(merged))
                .filter(event -> earlier.stream().noneMatch(event::saysTheSameAs)).forEach(earlier::add);
        return List.copyOf(earlier);
    }

    /** What is said by events that are not the newest of their identity, as items that are mapped and not written. */
    public Batch others(Batch batch) {
        Batch others = new Batch(batch.items().stream().flatMap(item -> item.getOthers().stream()
                .map(event -> row(event, List.of()).inPlaceOf(item))).toList(), 0);
        return batch.isOnlyShown() ? others.toBeShown() : others;
    }

    /** A batch that holds just this event, and a mapping that need not be the one of its schema. */
    public Batch alone(IdentityChange event, Mapping mapping) {
        return new Batch(List.of(row(event, mapping, List.of())), 1);
    }

    private SyncItem row(IdentityChange change, List<IdentityChange> earlier) {
        return row(change, change.record() != null && !change.isState() ? PrebuiltRecords.NO_MAPPING : mappings.apply(change), earlier);
    }

    private SyncItem row(IdentityChange change, Mapping mapping, List<IdentityChange> earlier) {
        SyncItem item = new SyncItem(change, mapping, earlier);
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
