package dev.orysalesforce.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.ledger.FieldHash;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.ledger.Mark;
import dev.orysalesforce.ledger.Mark.Kind;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.OryFields;
import dev.orysalesforce.salesforce.PersonObject;
import dev.orysalesforce.salesforce.SoqlLookup;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.SyncItem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Stand-ins for missing values: what a mapping answers in {@code onCreate} for a field that the org requires, such as a user
 * name for a last name. If its source changes, a stand-in is replaced, unless sales has typed something else.
 */
@Component("standIns")
public class StandIns {

    private static final String QUERY = "SELECT Id, %s FROM %s WHERE Id IN (%s)";

    private final FieldHash hash;
    private final Describe org;
    private final SoqlLookup lookup;
    private final LinkDiff links;

    StandIns(FieldHash hash, Describe org, SoqlLookup lookup, LinkDiff links) {
        this.links = links;
        this.hash = hash;
        this.org = org;
        this.lookup = lookup;
    }

    /** Items with a changed stand-in or link, whose record has to be read first: a list for each call, mostly none. */
    public List<List<SyncItem>> unread(Batch batch) {
        return Batch.slices(batch.getPending().stream().filter(item -> !unreadFields(item).isEmpty()).toList(), Batch.LOOKUP);
    }

    /** The query for the fields of up to 400 items that have a stand-in or a link to a parent: one call. */
    public String query(List<SyncItem> items) {
        List<SoqlLookup.Query> queries = new ArrayList<>();
        Map<String, List<SyncItem>> byObject = items.stream()
                .collect(Collectors.groupingBy(SyncItem::getObject, TreeMap::new, Collectors.toList()));
        byObject.forEach((object, members) -> Batch.slices(members, Batch.CHUNK).forEach(slice -> {
            Set<String> fields = new TreeSet<>(String.CASE_INSENSITIVE_ORDER); // Salesforce rejects a field that is there twice
            slice.forEach(item -> fields.addAll(unreadFields(item)));
            queries.add(SoqlLookup.query(object + queries.size(), "query",
                    QUERY.formatted(String.join(", ", fields), PersonObject.sObject(object),
                            SoqlLookup.list(slice.stream().map(SyncItem::getSalesforceId)))));
        }));
        return lookup.compositeRequest(queries);
    }

    /**
     * Each item learns what its record holds in place of the stand-in or the link. A record that is gone holds nothing.
     *
     * @param answer Salesforce's answer to the query of these items
     * @throws PauseDeliveryException if the answer can't be read, or the query was rejected
     */
    public void read(List<SyncItem> items, String answer) {
        Map<String, JsonNode> byId = lookup.records(answer).stream()
                .collect(Collectors.toMap(record -> record.path("Id").asText(), record -> record));
        items.forEach(item -> {
            if (!byId.containsKey(item.getSalesforceId())) {
                item.takeNothingBack(); // it was merged, deleted or is not shared
            }
            show(item, byId.getOrDefault(item.getSalesforceId(), NullNode.getInstance()));
        });
    }

    /** The same for one item whose record is known already. */
    public void show(SyncItem item, JsonNode record) {
        Map<String, JsonNode> held = new TreeMap<>(String.CASE_INSENSITIVE_ORDER); // Salesforce has its own spelling
        record.properties().forEach(field -> held.put(field.getKey(), field.getValue()));
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        unreadFields(item).forEach(field -> fields.set(field, held.getOrDefault(field, NullNode.getInstance())));
        item.shows(fields);
    }

    /**
     * The stand-ins and the links to parents that can be decided about only once it is known what the record holds, and the one-way
     * fields that an edit of a mapping sets, or that are taken back.
     */
    private List<String> unreadFields(SyncItem item) {
        return !item.hasRecord() || item.getRecord() == null ? List.of()
                : Stream.of(links.unread(item), unreadStandIns(item), unread(item, item.getTakenBack().values()),
                        unread(item, item.getEdited())).flatMap(fields -> fields).distinct().toList();
    }

    private Stream<String> unread(SyncItem item, Collection<String> fields) {
        return fields.stream().filter(field -> !item.getShown().has(field) && org.has(item.getObject(), field));
    }

    /** An event that holds a part of the identity does not tell that a source has changed, so nothing is read for it. */
    private Stream<String> unreadStandIns(SyncItem item) {
        return !item.getChange().isComplete() ? Stream.empty()
                : marks(item).entrySet().stream().filter(field -> !item.getShown().has(field.getKey()))
                        .filter(field -> isChanged(item, field.getKey(), field.getValue())).map(Map.Entry::getKey);
    }

    /** The marks of the item's record that no value of a mapping has replaced. */
    private static Map<String, Mark> marks(SyncItem item) {
        Map<String, Mark> marks = new HashMap<>();
        (item.getKnown() == null ? Map.<String, String>of() : item.getKnown().fields()).forEach((field, stored) -> {
            if (Kind.STAND_IN.isOn(stored) && !item.getRecord().hasNonNull(field)) {
                marks.put(field, Kind.STAND_IN.read(stored));
            }
        });
        return marks;
    }

    private boolean isChanged(SyncItem item, String field, Mark mark) {
        JsonNode standIn = item.getRecord().path(Mapping.ON_CREATE).path(field);
        return isStandIn(item, field, standIn) && !mark.isOnly(hash(item, field, standIn));
    }

    private boolean isStandIn(SyncItem item, String field, JsonNode value) {
        return value.isValueNode() && !value.isNull() && !item.getRecord().hasNonNull(field)
                && !item.getDraft().dropped().contains(field) && org.requires(item.getObject(), field);
    }

    /**
     * Called before new records are sent: the ledger will know which of their fields hold a stand-in.
     *
     * @throws PauseDeliveryException if the org can't tell which fields it requires
     */
    public void remember(Batch batch) {
        batch.getPending().stream().filter(item -> !item.hasRecord()).forEach(this::rememberSent);
    }

    /** The same for one item, whose fields have been selected. */
    public void rememberSent(SyncItem item) {
        Map<String, String> hashes = new HashMap<>(item.getDraft().hashes());
        item.getRecord().properties().stream().filter(field -> isOfOnCreate(item, field.getKey(), field.getValue()))
                .filter(field -> org.requires(item.getObject(), field.getKey()))
                .forEach(field -> hashes.put(field.getKey(), mark(item, field.getKey(), field.getValue())));
        item.compared(item.getDraft().with(item.getRecord(), hashes));
    }

    /** Fields of {@code onCreate} have no hash; or the hash of null, if the mapping answers null beside them. */
    private boolean isOfOnCreate(SyncItem item, String field, JsonNode value) {
        String mapped = item.getDraft().hashes().get(field);
        return value.isValueNode() && !value.isNull() && !OryFields.ORY_ID.equals(field) && !OryFields.ORY_UPDATED_AT.equals(field)
                && (mapped == null || mapped.equals(hash.of(item.getIdentity(), field, NullNode.getInstance())));
    }

    /**
     * Decides about the stand-ins of a record that exists.
     *
     * @param toSend gets the stand-ins to send
     * @param hashes gets the marks for the ledger
     */
    void compare(SyncItem item, ObjectNode toSend, Map<String, String> hashes) {
        if (!item.hasRecord()) {
            return;
        }
        if (isOfLostLedger(item)) {
            item.getRecord().path(Mapping.ON_CREATE).properties().stream()
                    .filter(field -> isStandIn(item, field.getKey(), field.getValue()))
                    .forEach(field -> hashes.put(field.getKey(), mark(item, field.getKey(), field.getValue())));
            return;
        }
        marks(item).forEach((field, mark) -> {
            JsonNode held = item.getShown().path(field);
            JsonNode standIn = item.getRecord().path(Mapping.ON_CREATE).path(field);
            if (!isChanged(item, field, mark) || held.isMissingNode()) {
                keep(item, field, mark, hashes);
            } else if (mark.hashes().contains(hash(item, field, held))) {
                hashes.put(field, mark(item, field, standIn));
                if (!hash(item, field, held).equals(hash(item, field, standIn))) {
                    toSend.set(field, standIn);
                }
            }
            // Otherwise sales has typed something: without a mark the record is not read again.
        });
    }

    /** A record that the ledger has lost may hold the present stand-in. A wrong mark costs a call, but no entry of sales. */
    private static boolean isOfLostLedger(SyncItem item) {
        LedgerEntry known = item.getKnown();
        return !item.getTarget().stamp() && (known == null || !known.hasRecord() || known.isOfLostLedger());
    }

    /** The Contact of a converted Lead has the Lead's stand-in if it has the field. */
    private void keep(SyncItem item, String field, Mark mark, Map<String, String> hashes) {
        if (!item.getObject().equals(item.getKnown().object()) && !org.requires(item.getObject(), field)) {
            return;
        }
        hashes.put(field, mark.toString());
        if (!item.getChange().isComplete() && isChanged(item, field, mark)) {
            item.leaveOpen();
        }
    }

    /**
     * What the ledger keeps of a record to which nothing is sent.
     *
     * @param before what the ledger has kept
     * @param hashes as {@link #compare} has left them
     * @return the former with the marks of the latter
     */
    static Map<String, String> learned(Map<String, String> before, Map<String, String> hashes) {
        Map<String, String> learned = new HashMap<>(before);
        before.forEach((field, stored) -> {
            if (Kind.STAND_IN.isOn(stored)) {
                learned.compute(field, (name, mark) -> hashes.get(name)); // none if sales has typed something
            }
        });
        return learned;
    }

    private String mark(SyncItem item, String field, JsonNode value) {
        return Kind.STAND_IN.of(hash(item, field, value)).toString();
    }

    /** The hash of the value as Salesforce keeps it, so that a value that was read has the hash of the one that was sent. */
    private String hash(SyncItem item, String field, JsonNode value) {
        return hash.of(item.getIdentity(), field, value.isTextual()
                ? TextNode.valueOf(org.stored(item.getObject(), field, value.textValue())) : value);
    }
}
