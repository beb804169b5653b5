package dev.orysalesforce.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.ledger.FieldHash;
import dev.orysalesforce.ledger.Mark.Kind;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.OryFields;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.LedgerEntries;
import dev.orysalesforce.sync.RecordDraft;
import dev.orysalesforce.sync.SyncItem;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Selects the fields to send: those that changed at Ory since they were last sent, so that entries of sales stay. */
@Component("fieldDiff")
public class FieldDiff {

    /** Precedes the hash of a field that came from a prebuilt record, which no mapping clears. No hash starts with it. */
    private static final String GIVEN = "~";

    private static final String COMPANY = "Company";

    private final FieldHash hash;
    private final Describe org;
    private final StandIns standIns;
    private final OneWay oneWay;
    private final LinkDiff links;

    FieldDiff(FieldHash hash, Describe org, StandIns standIns, OneWay oneWay, LinkDiff links) {
        this.links = links;
        this.hash = hash;
        this.org = org;
        this.standIns = standIns;
        this.oneWay = oneWay;
    }

    /**
     * All items that have no outcome yet, without a Camel exchange for each of them. An item whose parents are not known yet is
     * compared once they are; the others are not compared again then.
     */
    public void compareAll(Batch batch) {
        batch.getPending().stream().filter(item -> !item.isReducedToChanges() && !item.isAwaitingParents()).forEach(this::compare);
    }

    /** The items that {@link #compareAll} has left out, without links to their parents. */
    public void compareUnlinked(Batch batch) {
        batch.getPending().stream().filter(SyncItem::isAwaitingParents).forEach(this::compare);
    }

    public void compare(SyncItem item) {
        if (item.isLate()) {
            oneWay.compareLate(item);
            return;
        }
        ObjectNode answer = oneWay.spelled(item.getRecord());
        JsonNode stopGaps = answer.path(Mapping.ON_CREATE);
        RecordDraft mapped = reduced(item, answer);
        Map<String, String> hashes = hashes(item, mapped);
        ObjectNode toSend = toSend(item, mapped, hashes, stopGaps);
        standIns.compare(item, toSend, hashes);
        links.compare(item, toSend, hashes);
        oneWay.tighten(item, toSend, hashes);
        if (item.hasRecord() && toSend.isEmpty() && !item.getTarget().stamp()) {
            boolean isUnknown = item.isSentBefore() || before(item).isEmpty() || item.getTarget().followed();
            item.primed(mapped.with(mapped.fields(), // the record has these values
                    isUnknown ? marked(item, hashes) : withLinks(oneWay.with(StandIns.learned(before(item), hashes), hashes), hashes)));
            return;
        }
        if (!item.hasRecord() || item.getTarget().stamp()) {
            toSend.put(OryFields.ORY_ID, item.getIdentity());
        }
        truncate(toSend, mapped.truncated());
        if (item.isVersioned()) {
            toSend.put(OryFields.ORY_UPDATED_AT, item.getChange().version().at().truncatedTo(ChronoUnit.MILLIS).toString());
        }
        item.compared(mapped.with(toSend, marked(item, hashes)));
    }

    private ObjectNode toSend(SyncItem item, RecordDraft mapped, Map<String, String> hashes, JsonNode stopGaps) {
        if (item.isSentBefore()) {
            return mapped.fields().objectNode();
        }
        return item.hasRecord() ? changed(item, mapped.fields(), hashes) : fresh(item, mapped, stopGaps);
    }

    /** Without fields for new records only, fields that Salesforce rejected, and fields that the record's object lacks. */
    private RecordDraft reduced(SyncItem item, ObjectNode answer) {
        ObjectNode fields = answer.deepCopy();
        fields.remove(Mapping.ON_CREATE);
        fields.remove(item.getDraft().dropped());
        fields.remove(item.getLinks().keySet());
        if (item.isOfOtherObject()) {
            List<String> lacking = fields.properties().stream().map(Map.Entry::getKey)
                    .filter(field -> !org.has(item.getObject(), field)).toList();
            fields.remove(lacking);
            item.lacks(lacking);
        }
        return item.getDraft().with(fields);
    }

    private Map<String, String> hashes(SyncItem item, RecordDraft mapped) {
        Map<String, String> hashes = new HashMap<>();
        mapped.fields().properties()
                .forEach(field -> hashes.put(field.getKey(), hash.of(item.getIdentity(), field.getKey(), field.getValue())));
        return hashes;
    }

    private static void truncate(ObjectNode toSend, Map<String, Integer> lengths) {
        lengths.forEach((field, length) -> {
            String text = toSend.path(field).asText("");
            if (text.length() > length) {
                toSend.put(field, Describe.cut(text, length));
            }
        });
    }

    private Map<String, String> marked(SyncItem item, Map<String, String> hashes) {
        item.getDraft().prebuilt().stream().filter(field -> isMapped(hashes.get(field)) && !oneWay.isOneWay(field))
                .filter(field -> !isMapped(before(item).get(field)))
                .forEach(field -> hashes.put(field, GIVEN + hashes.get(field)));
        return hashes;
    }

    private Map<String, String> before(SyncItem item) {
        if (item.getKnown() == null) {
            return Map.of();
        }
        Map<String, String> others = oneWay.others(item.getKnown().fields());
        return others.values().stream().noneMatch(Kind.LINK::isOn) ? others : others.entrySet().stream()
                .filter(field -> !Kind.LINK.isOn(field.getValue())).collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private static Map<String, String> withLinks(Map<String, String> stored, Map<String, String> hashes) {
        Map<String, String> all = new HashMap<>(stored);
        hashes.entrySet().stream().filter(field -> Kind.LINK.isOn(field.getValue()))
                .forEach(field -> all.put(field.getKey(), field.getValue()));
        return all;
    }

    /** What the ledger keeps of a value, wherever that came from; null if it keeps nothing. */
    static String value(String hash) {
        return hash != null && hash.startsWith(GIVEN) ? hash.substring(GIVEN.length()) : hash;
    }

    /** Whether a mapping has set the field before. */
    private static boolean isMapped(String hash) {
        return hash != null && !hash.startsWith(GIVEN) && !hash.equals(LedgerEntries.IN_DOUBT) && !Kind.STAND_IN.isOn(hash);
    }

    /**
     * A new record: all fields, and the placeholders for required fields that the mapping left empty. In an org with person
     * accounts, which does not require {@code Company}, a Lead with a company would be converted to a business account.
     */
    private ObjectNode fresh(SyncItem item, RecordDraft mapped, JsonNode stopGaps) {
        ObjectNode record = mapped.fields();
        if (stopGaps instanceof ObjectNode) {
            stopGaps.properties().stream()
                    .filter(field -> !record.hasNonNull(field.getKey()) && !mapped.dropped().contains(field.getKey()))
                    .filter(field -> !field.getKey().equals(COMPANY) || org.requires(item.getObject(), COMPANY))
                    .forEach(field -> record.set(field.getKey(), field.getValue()));
        }
        return record;
    }

    /**
     * A known record: the fields that differ from the last sent ones, and null for fields that the newest state lacks. A field
     * with a stand-in never becomes empty, because the org requires it.
     */
    private ObjectNode changed(SyncItem item, ObjectNode mapped, Map<String, String> hashes) {
        Map<String, String> before = before(item);
        ObjectNode record = mapped.objectNode();
        mapped.properties().stream().filter(field -> !hashes.get(field.getKey()).equals(value(before.get(field.getKey()))))
                .filter(field -> !field.getValue().isNull() || !Kind.STAND_IN.isOn(before.get(field.getKey())))
                .filter(field -> !item.getDraft().filled().contains(field.getKey()))
                .filter(field -> !field.getValue().equals(item.getShown().get(field.getKey())))
                .forEach(field -> record.set(field.getKey(), field.getValue()));
        before.forEach((field, sent) -> {
            String cleared = hash.of(item.getIdentity(), field, NullNode.getInstance());
            if (mapped.has(field) || Kind.STAND_IN.isOn(sent) || !item.getObject().equals(item.getKnown().object())) {
                return; // a Contact that was converted from a Lead does not get the Lead's fields
            }
            boolean stays = sent.startsWith(GIVEN) || item.keeps(field) || item.getDraft().dropped().contains(field) || sent.equals(cleared)
                    || org.requires(item.getObject(), field);
            boolean isOpen = !stays && !item.getChange().isComplete();
            if (isOpen) {
                item.leaveOpen();
            }
            if (stays || isOpen) {
                hashes.put(field, sent);
            } else if (org.has(item.getObject(), field)) { // a Contact lacks some fields of the Lead it was
                record.putNull(field);
                hashes.put(field, cleared);
            }
        });
        return record;
    }
}
