package dev.orysalesforce.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.mapping.MappingResourceResolver;
import dev.orysalesforce.salesforce.OryFields;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.Coalescer;
import dev.orysalesforce.sync.LedgerEntries;
import dev.orysalesforce.sync.Mappings;
import dev.orysalesforce.sync.SyncItem;
import dev.orysalesforce.write.FieldDiff;
import dev.orysalesforce.write.StandIns;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.springframework.stereotype.Component;

/**
 * Counts what would be sent at each identity's next event if candidate mappings replaced the running ones. It assumes that
 * Salesforce has what the running mappings produce.
 */
@Component("mappingDiff")
public class MappingDiff {

    /** What would happen to an identity. */
    public enum Fate {
        SAME, CHANGED, NOW_SKIPPED, NO_LONGER_SKIPPED, SKIPPED, OTHER_OBJECT, FAILED, UNREADABLE
    }

    /** How a field would change in an existing record, or whether it would differ in a new one. */
    public enum Kind {
        APPEARS, DISAPPEARS, CHANGES, IN_NEW_RECORDS
    }

    /** @param before null unless values are to be shown, or if there is none */
    public record Example(String identity, JsonNode before, JsonNode after) {}

    /** @param examples a few of them */
    public record Count(int records, List<Example> examples) {}

    private static final int EXAMPLES = 3;

    private final Mappings present;
    private final Coalescer presentCoalescer;
    private final FieldDiff diff;
    private final StandIns standIns;
    private final Mappings candidate;
    private final Coalescer candidateCoalescer;
    private final Clock clock;
    private final Map<Fate, Count> fates = new TreeMap<>();
    private final Map<String, Map<Kind, Count>> fields = new TreeMap<>();
    private final Map<String, Integer> created = new TreeMap<>();
    private boolean showsValues;
    private boolean orgIsSilent;

    MappingDiff(Mappings present, Coalescer presentCoalescer, FieldDiff diff, StandIns standIns, CamelContext camel,
            MappingResourceResolver resources, SyncSettings settings, ObjectMapper json, Clock clock) {
        this.present = present;
        this.presentCoalescer = presentCoalescer;
        this.diff = diff;
        this.standIns = standIns;
        this.candidate = new Mappings(camel, resources, settings, json, clock);
        this.candidateCoalescer = new Coalescer(candidate, settings);
        this.clock = clock;
    }

    /** Starts a new comparison. The arguments are those of {@link Mappings#take}, and whether examples show values. */
    public void begin(Map<String, String> bySchema, Map<String, String> files, boolean showsValues) {
        candidate.take(bySchema, files);
        this.showsValues = showsValues;
        orgIsSilent = false;
        fates.clear();
        fields.clear();
        created.clear();
    }

    public String event(String side) {
        return mappings(side).event();
    }

    public Batch batch(String side, List<IdentityChange> events) {
        return (side.equals("present") ? presentCoalescer : candidateCoalescer)
                .coalesce(events == null ? List.of() : events);
    }

    private Mappings mappings(String side) {
        return side.equals("present") ? present : candidate;
    }

    /** Stands for a body that can't be read. */
    public IdentityChange unreadable() {
        return new IdentityChange(IdentityChange.RECONCILE, clock.instant(), null, null, null, null, null, 0, null);
    }

    /** @param now the same events as the running mappings map them */
    public void count(Batch now, Batch then) {
        Map<String, SyncItem> candidates = then.items().stream().filter(item -> item.getIdentity() != null)
                .collect(Collectors.toMap(SyncItem::getIdentity, item -> item));
        for (SyncItem item : now.items()) {
            SyncItem other = item.getIdentity() == null ? null : candidates.remove(item.getIdentity());
            add(fates, item.getIdentity() == null ? Fate.UNREADABLE : other == null ? Fate.FAILED : compare(item, other),
                    item.getIdentity(), null, null);
        }
        candidates.values().forEach(item -> add(fates, item.isDeadLettered() ? Fate.FAILED : Fate.NO_LONGER_SKIPPED,
                item.getIdentity(), null, null));
    }

    private Fate compare(SyncItem now, SyncItem then) {
        if (then.isDeadLettered()) {
            return Fate.FAILED;
        }
        if (!then.isPending()) {
            return now.isPending() ? Fate.NOW_SKIPPED : Fate.SKIPPED;
        }
        if (!now.isPending()) {
            created.merge(then.getObject(), 1, Integer::sum);
            return Fate.NO_LONGER_SKIPPED;
        }
        if (!now.getObject().equals(then.getObject())) {
            return Fate.OTHER_OBJECT;
        }
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
                add(then, sent.getKey(), sent.getValue().isNull() ? Kind.DISAPPEARS
                        : now.getRecord().hasNonNull(sent.getKey()) ? Kind.CHANGES : Kind.APPEARS, now.getRecord(), sent.getValue());
            });
        }
        Set<String> all = new HashSet<>();
        List.of(now.getRecord(), fresh.getRecord()).forEach(record -> record.fieldNames().forEachRemaining(all::add));
        all.removeAll(changed);
        all.stream().filter(field -> !Objects.equals(now.getRecord().get(field), fresh.getRecord().get(field)))
                .filter(field -> !field.equals(OryFields.ORY_UPDATED_AT))
                .forEach(field -> add(then, field, Kind.IN_NEW_RECORDS, now.getRecord(), fresh.getRecord().get(field)));
        return sends ? Fate.CHANGED : Fate.SAME;
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
            before.fieldNames().forEachRemaining(field -> item.getRecord().putIfAbsent(field, NullNode.getInstance()));
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
                entry.fields(), Map.of(), entry.event(), entry.receivedAt(), null, entry.mapping(), entry.outcome(), null, null, 0, null);
    }

    private void add(SyncItem item, String field, Kind kind, ObjectNode before, JsonNode after) {
        add(fields.computeIfAbsent(item.getObject() + "." + field, name -> new TreeMap<>()), kind, item.getIdentity(),
                before.get(field), after);
    }

    private <K> void add(Map<K, Count> counts, K what, String identity, JsonNode before, JsonNode after) {
        Count count = counts.computeIfAbsent(what, kind -> new Count(0, new ArrayList<>()));
        if (count.examples().size() < EXAMPLES && identity != null) {
            count.examples().add(new Example(identity, showsValues ? before : null, showsValues ? after : null));
        }
        counts.put(what, new Count(count.records() + 1, count.examples()));
    }

    /** The number of identities for each outcome. */
    public Map<Fate, Count> fates() {
        return fates;
    }

    /** Object and field to the kinds of change and the number of records. */
    public Map<String, Map<Kind, Count>> fields() {
        return fields;
    }

    public int of(Fate fate) {
        return fates.containsKey(fate) ? fates.get(fate).records() : 0;
    }

    /** Calls to Salesforce if all of it were written at once, without look-ups. */
    public int calls() {
        return (of(Fate.CHANGED) + Batch.CHUNK - 1) / Batch.CHUNK
                + created.values().stream().mapToInt(many -> (many + Batch.CHUNK - 1) / Batch.CHUNK).sum();
    }
}
