package dev.orysalesforce.match;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.OryFields;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.salesforce.SoqlLookup;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.OnDeletedRecord;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.SyncItem;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Finds the record that replaces one that Salesforce does not let the app write any more. */
@Component("recordRecovery")
public class RecordRecovery {

    private static final String CONVERTED = "SELECT Id, " + OryFields.ORY_ID + ", ConvertedContactId, ConvertedContact."
            + OryFields.ORY_ID + " FROM Lead WHERE IsConverted = true AND %s IN (%s)";

    private static final String AMENDED = "ory.sync.amended";
    private static final String REFERENCE_LEFT_OUT = "REFERENCE_LEFT_OUT";
    private static final String FIELD_LEFT_OUT = "FIELD_LEFT_OUT";
    private static final String SHORTENED = "SHORTENED";

    private final SoqlLookup lookup;
    private final Describe org;
    private final MeterRegistry meters;
    private final OnDeletedRecord onDeletedRecord;

    RecordRecovery(SoqlLookup lookup, Describe org, MeterRegistry meters, SyncSettings settings) {
        this.lookup = lookup;
        this.org = org;
        this.meters = meters;
        Stream.of(REFERENCE_LEFT_OUT, FIELD_LEFT_OUT, SHORTENED).forEach(how -> meters.counter(AMENDED, "how", how));
        this.onDeletedRecord = settings.onDeletedRecord();
    }

    /** Changes the fields of records that Salesforce rejects otherwise, and notes the changes for the identity's status. */
    public void amend(Batch batch) {
        batch.items().stream().filter(SyncItem::isRecovering).forEach(item -> {
            List<String> named = item.getError().fields();
            switch (item.getRecoveryAction()) {
                case DROP_REFERENCE -> drop(item, references(item), REFERENCE_LEFT_OUT,
                        "The record that it refers to is not in Salesforce; the reference was left out: ");
                case DROP_FIELD -> drop(item, named, FIELD_LEFT_OUT,
                        "This user may not write the field; it was left out: ");
                case TRUNCATE -> shorten(item, named);
                default -> { }
            }
        });
    }

    private void drop(SyncItem item, List<String> fields, String code, String message) {
        if (fields.isEmpty()) {
            item.deadLetter();
            return;
        }
        meters.counter(AMENDED, "how", code).increment();
        item.drop(fields, new RecordError(code, message + String.join(", ", fields) + ".", fields));
    }

    private void shorten(SyncItem item, List<String> fields) {
        Map<String, Integer> lengths = new LinkedHashMap<>();
        fields.forEach(field -> lengths.put(field, org.length(item.getObject(), field)));
        lengths.values().removeIf(length -> length <= 0);
        if (lengths.isEmpty()) {
            item.deadLetter();
            return;
        }
        meters.counter(AMENDED, "how", SHORTENED).increment();
        item.truncate(lengths, new RecordError(SHORTENED, "Cut to what the field takes: " + lengths + ".", fields));
    }

    /** Fields such as {@code Account: {Ory_Organization_Id__c: …}}. */
    private static List<String> references(SyncItem item) {
        return item.getRecord().properties().stream().filter(field -> field.getValue().isObject())
                .map(Map.Entry::getKey).toList();
    }

    /** The query for the Contacts that the Leads were converted to. */
    public String locateConverted(List<SyncItem> items) {
        return lookup.compositeRequest(List.of(
                SoqlLookup.query("byId", "query", CONVERTED.formatted("Id", SoqlLookup.list(items.stream().map(SyncItem::getSalesforceId)
                        .filter(id -> id != null)))),
                SoqlLookup.query("byOryId", "query", CONVERTED.formatted(OryFields.ORY_ID,
                        SoqlLookup.list(items.stream().map(SyncItem::getIdentity))))));
    }

    /**
     * Continues with the Contacts. A conversion does not always copy the Ory ID to the Contact; then the app writes it
     * there.
     */
    public void converted(List<SyncItem> items, String answer) {
        for (JsonNode lead : lookup.records(answer)) {
            items.stream().filter(item -> lead.path("Id").asText().equals(item.getSalesforceId())
                            || lead.path(OryFields.ORY_ID).asText().equals(item.getIdentity()))
                    .filter(SyncItem::isRecovering)
                    .forEach(item -> follow(item, "Contact", lead.path("ConvertedContactId").textValue(),
                            lead.path("ConvertedContact"), "conversion"));
        }
        deadLetter(items);
    }

    /** The query for records that are gone: were they merged or deleted? */
    public String locateMissing(List<SyncItem> items) {
        return lookup.compositeRequest(items.stream().collect(Collectors.groupingBy(SyncItem::getObject)).entrySet().stream()
                .map(object -> SoqlLookup.query("gone" + object.getKey(), "queryAll",
                        "SELECT Id, MasterRecordId, MasterRecord.%s FROM %s WHERE Id IN (%s)".formatted(OryFields.ORY_ID,
                                object.getKey(), SoqlLookup.list(object.getValue().stream().map(SyncItem::getSalesforceId)
                                        .filter(id -> id != null)))))
                .toList());
    }

    /** Continues with the winner of a merge. A deleted record is left deleted or created again, by policy. */
    public void missing(List<SyncItem> items, String answer) {
        for (JsonNode record : lookup.records(answer)) {
            items.stream().filter(item -> record.path("Id").asText().equals(item.getSalesforceId())).filter(SyncItem::isRecovering)
                    .forEach(item -> {
                        if (record.hasNonNull("MasterRecordId")) {
                            follow(item, item.getObject(), record.path("MasterRecordId").textValue(),
                                    record.path("MasterRecord"), "merge");
                        } else {
                            deleted(item);
                        }
                    });
        }
        items.stream().filter(item -> item.isRecovering() && item.hasRecord())
                .forEach(this::deleted); // purged: not in the recycle bin either
        deadLetter(items); // the item had no record: a trigger referred to another record that is deleted
    }

    private void deleted(SyncItem item) {
        if (item.isErasure()) {
            item.unchanged(null);
        } else if (onDeletedRecord == OnDeletedRecord.RECREATE) {
            item.reset();
        } else {
            item.skipped("DELETED_IN_SALESFORCE", "The record was deleted in Salesforce; the app leaves it deleted"
                    + " (sync.on-deleted-record).");
        }
    }

    private static void follow(SyncItem item, String object, String id, JsonNode successor, String how) {
        String itsIdentity = successor.path(OryFields.ORY_ID).textValue();
        if (item.isErasure() && itsIdentity != null && !itsIdentity.equals(item.getIdentity())) {
            item.unchanged(null); // it belongs to another identity
        } else if (id != null) {
            item.follow(object, id, how, itsIdentity == null);
        }
    }

    private static void deadLetter(List<SyncItem> items) {
        items.stream().filter(SyncItem::isRecovering).forEach(SyncItem::deadLetter);
    }
}
