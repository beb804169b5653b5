package dev.orysalesforce.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.check.DiffCounts.Fate;
import dev.orysalesforce.check.DiffCounts.Kind;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.ledger.History;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.salesforce.OryFields;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.Coalescer;
import dev.orysalesforce.sync.LedgerEntries;
import dev.orysalesforce.sync.MappingSet;
import dev.orysalesforce.sync.SyncItem;
import dev.orysalesforce.write.FieldDiff;
import dev.orysalesforce.write.StandIns;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/**
 * One comparison of candidate mappings with those in use: counts what would be sent at each identity's next event if the
 * candidates replaced them. It assumes that Salesforce has what the mappings in use produce. The texts of both are held until
 * it is closed. One thread counts.
 */
public final class MappingDiff implements AutoCloseable {

    /** Stands for all fields whose names are not shown, because a candidate may have computed them of a trait. */
    public static final String OTHER_FIELDS = "other fields";

    /** In larger numbers, what a candidate computes as an object is counted as one. */
    private static final int MOST_OBJECTS = 100;

    /** One of the two sets of mappings. */
    public static final class Side {

        private final MappingSet mappings;
        private final Coalescer coalescer;

        Side(MappingSet mappings, Coalescer coalescer) {
            this.mappings = mappings;
            this.coalescer = coalescer;
        }

        /** The endpoint of the mapping that reads a body. */
        public String event() {
            return mappings.event();
        }

        Batch batch(DiffExample example, List<IdentityChange> events) {
            return example == null || example.mapping() == null ? coalescer.coalesce(events)
                    : coalescer.alone(events.get(0), named(example.mapping()));
        }

        private Mapping named(String name) {
            Mapping same = mappings.files().get(name);
            return same != null ? same : mappings.named(CandidateMappings.stem(name)).findFirst().orElseThrow();
        }
    }

    /**
     * What is shown of an identity.
     *
     * @param values whether examples show values
     * @param computed whether IDs and names of fields are shown that a candidate may have computed of a value
     * @param isNamed whether the name of a field of an object is shown even if computed ones are not
     */
    record Shown(boolean values, boolean computed, BiPredicate<String, String> isNamed) {

        private String field(String object, String field) {
            return computed || field.equals(Mapping.CHILDREN) || isNamed.test(object, field) ? object + "." + field : OTHER_FIELDS;
        }
    }

    private final Side present;
    private final Side candidate;
    private final FieldDiff diff;
    private final StandIns standIns;
    private final Shown shown;
    private final Runnable end;
    private final DiffCounts counts = new DiffCounts();
    private final Set<String> objects = new HashSet<>();
    private volatile boolean cancelled;
    private boolean orgIsSilent;

    /** @param end called when this is closed */
    MappingDiff(Side present, Side candidate, FieldDiff diff, StandIns standIns, Shown shown, Runnable end) {
        this.present = present;
        this.candidate = candidate;
        this.diff = diff;
        this.standIns = standIns;
        this.shown = shown;
        this.end = end;
    }

    /** The mappings in use, as they were when this began. */
    public Side present() {
        return present;
    }

    public Side candidate() {
        return candidate;
    }

    /** The counts so far; complete when no thread counts any more. */
    public DiffCounts counts() {
        return counts;
    }

    /** Ends the comparison at the next identity. */
    public void cancel() {
        cancelled = true;
    }

    /** @throws CancellationException if it was cancelled */
    void checkNotCancelled() {
        if (cancelled) {
            throw new CancellationException("The comparison was cancelled.");
        }
    }

    @Override
    public void close() {
        end.run();
    }

    /**
     * Counts all items of a batch, or none if it fails.
     *
     * @param example null for identities
     * @param now the same events as the mappings in use map them
     */
    void count(DiffExample example, Batch now, Batch then) {
        DiffCounts found = new DiffCounts();
        Map<String, SyncItem> candidates = then.items().stream().filter(item -> item.getIdentity() != null)
                .collect(Collectors.toMap(SyncItem::getIdentity, item -> item));
        for (SyncItem item : now.items()) {
            SyncItem other = item.getIdentity() == null ? null : candidates.remove(item.getIdentity());
            String name = name(example, item);
            found.add(!isMapped(item) ? Fate.UNREADABLE
                    : other == null || !isMapped(other) ? Fate.FAILED : compare(name, item, other, found), name);
        }
        candidates.values().forEach(item -> found.add(item.isDeadLettered() || !isMapped(item) ? Fate.FAILED : Fate.NO_LONGER_SKIPPED,
                shown.computed() || example != null ? name(example, item) : null)); // the candidate alone has read this ID
        counts.add(found);
    }

    /** Of a body without traits there is no record to compare: the app would ask Ory for the state. */
    private static boolean isMapped(SyncItem item) {
        return item.getIdentity() != null && !item.getChange().isThin();
    }

    private static String name(DiffExample example, SyncItem item) {
        return example == null ? item.getIdentity() : example.name();
    }

    private Fate compare(String name, SyncItem now, SyncItem then, DiffCounts found) {
        if (then.isDeadLettered()) {
            return Fate.FAILED;
        }
        if (!then.isPending()) {
            return now.isPending() ? Fate.NOW_SKIPPED : Fate.SKIPPED;
        }
        if (!now.isPending()) {
            found.addCreated(counted(then.getObject()));
            return Fate.NO_LONGER_SKIPPED;
        }
        if (!now.getObject().equals(then.getObject())) {
            return Fate.OTHER_OBJECT;
        }
        List.of(now, then).forEach(MappingDiff::showParts);
        ObjectNode answer = then.getRecord().deepCopy();
        ObjectNode before = now.getRecord().deepCopy();
        SyncItem fresh = copy(then, answer);
        diff.compare(fresh);
        diff.compare(now);
        describes(() -> standIns.rememberSent(now));
        then.loadKnown(known(now));
        compareAsKnown(then, before, now.getRecord());
        boolean sends = then.isPending();
        Set<String> changed = new HashSet<>();
        if (sends) {
            then.getRecord().properties().stream().filter(sent -> !sent.getKey().equals(OryFields.ORY_UPDATED_AT)).forEach(sent -> {
                changed.add(sent.getKey());
                add(found, name, then, sent.getKey(), sent.getValue().isNull() ? Kind.DISAPPEARS
                        : now.getRecord().hasNonNull(sent.getKey()) ? Kind.CHANGES : Kind.APPEARS, now.getRecord(), sent.getValue());
            });
        }
        Set<String> all = new HashSet<>();
        List.of(now.getRecord(), fresh.getRecord()).forEach(record -> record.fieldNames().forEachRemaining(all::add));
        all.removeAll(changed);
        all.stream().filter(field -> !Objects.equals(now.getRecord().get(field), fresh.getRecord().get(field)))
                .filter(field -> !field.equals(OryFields.ORY_UPDATED_AT))
                .forEach(field -> add(found, name, then, field, Kind.IN_NEW_RECORDS, now.getRecord(), fresh.getRecord().get(field)));
        return sends ? Fate.CHANGED : Fate.SAME;
    }

    private String counted(String object) {
        if (objects.size() < MOST_OBJECTS) {
            objects.add(object);
        }
        return objects.contains(object) ? object : "";
    }

    /** @param record what Salesforce has */
    private void compareAsKnown(SyncItem item, ObjectNode before, ObjectNode record) {
        if (describes(() -> {
            standIns.show(item, record);
            diff.compare(item);
        })) {
            return;
        }
        item.getRecord().remove(Mapping.ON_CREATE);
        if (item.getChange().isComplete()) {
            before.properties().stream().map(Map.Entry::getKey).filter(field -> !item.keeps(field))
                    .forEach(field -> item.getRecord().putIfAbsent(field, NullNode.getInstance()));
        }
        diff.compare(item);
    }

    /** Whether the org describes its objects to a step; if not, each field is assumed to exist and to be nillable. */
    private boolean describes(Runnable step) {
        try {
            if (!orgIsSilent) {
                step.run();
            }
        } catch (PauseDeliveryException e) {
            orgIsSilent = true;
        }
        return !orgIsSilent;
    }

    /** Parents and children are compared as if they were values of the record. */
    private static void showParts(SyncItem item) {
        item.getWantedParents().forEach(parent -> item.link(parent, parent.shown().toString()));
        if (!item.getChildren().isEmpty()) {
            item.getRecord().put(Mapping.CHILDREN,
                    item.getChildren().stream().map(child -> child.shown().toString()).sorted().collect(Collectors.joining("\n")));
        }
    }

    private static SyncItem copy(SyncItem item, ObjectNode answer) {
        SyncItem copy = new SyncItem(item.getChange(), item.getMapping());
        copy.mapped(item.getObject(), answer.deepCopy());
        return copy;
    }

    /** The ledger's entry once the running mapping's result has been sent. */
    private static LedgerEntry known(SyncItem sent) {
        sent.synced("there", true);
        LedgerEntry entry = LedgerEntries.entry(sent, Instant.EPOCH);
        return new LedgerEntry(entry.identity(), entry.object(), entry.salesforceId(), entry.foundBy(), null, null,
                entry.fields(), Map.of(), entry.event(), entry.receivedAt(), null, entry.mapping(), entry.outcome(), null, null, 0, null,
                History.NONE);
    }

    private void add(DiffCounts found, String name, SyncItem item, String field, Kind kind, ObjectNode before, JsonNode after) {
        found.add(shown.field(item.getObject(), field), kind, name, shown.values() ? before.get(field) : null,
                shown.values() ? after : null);
    }
}
