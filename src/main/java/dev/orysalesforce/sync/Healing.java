package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.OnDeletedRecord;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Finds the record that took the place of one which Salesforce no longer lets us write. */
@Component("healing")
public class Healing {

    private static final String CONVERTED = "SELECT Id, " + Comparison.ORY_ID + ", ConvertedContactId, ConvertedContact."
            + Comparison.ORY_ID + " FROM Lead WHERE IsConverted = true AND %s IN (%s)";

    private static final String AMENDED = "ory.sync.amended";
    private static final String REFERENCE_LEFT_OUT = "REFERENCE_LEFT_OUT";
    private static final String FIELD_LEFT_OUT = "FIELD_LEFT_OUT";
    private static final String SHORTENED = "SHORTENED";

    private final LookUp lookUp;
    private final Describe org;
    private final MeterRegistry meters;
    private final OnDeletedRecord onDeletedRecord;

    Healing(LookUp lookUp, Describe org, MeterRegistry meters, SyncSettings settings) {
        this.lookUp = lookUp;
        this.org = org;
        this.meters = meters;
        Stream.of(REFERENCE_LEFT_OUT, FIELD_LEFT_OUT, SHORTENED).forEach(how -> meters.counter(AMENDED, "how", how));
        this.onDeletedRecord = settings.onDeletedRecord();
    }

    /** Changes the records that Salesforce takes only so, and says what was changed. */
    public void amend(Batch batch) {
        batch.rows().stream().filter(Row::isHealing).forEach(row -> {
            List<String> named = row.getRefusal().fields();
            switch (row.getHealing()) {
                case DROP_REFERENCE -> drop(row, references(row), REFERENCE_LEFT_OUT,
                        "The record that it refers to is not in Salesforce; the reference was left out: ");
                case DROP_FIELD -> drop(row, named, FIELD_LEFT_OUT,
                        "This user may not write the field; it was left out: ");
                case SHORTEN -> shorten(row, named);
                default -> { }
            }
        });
    }

    private void drop(Row row, List<String> fields, String code, String message) {
        if (fields.isEmpty()) {
            row.giveUp();
            return;
        }
        meters.counter(AMENDED, "how", code).increment();
        row.drop(fields, new Refusal(code, message + String.join(", ", fields) + ".", fields));
    }

    private void shorten(Row row, List<String> fields) {
        Map<String, Integer> lengths = new LinkedHashMap<>();
        fields.forEach(field -> lengths.put(field, org.length(row.getObject(), field)));
        lengths.values().removeIf(length -> length <= 0);
        if (lengths.isEmpty()) {
            row.giveUp();
            return;
        }
        meters.counter(AMENDED, "how", SHORTENED).increment();
        row.shorten(lengths, new Refusal(SHORTENED, "Cut to what the field takes: " + lengths + ".", fields));
    }

    /** Fields such as {@code Account: {Ory_Organization_Id__c: …}}. */
    private static List<String> references(Row row) {
        return row.getRecord().properties().stream().filter(field -> field.getValue().isObject())
                .map(Map.Entry::getKey).toList();
    }

    /** Asks which Contacts the converted Leads have become. */
    public String whereConverted(List<Row> rows) {
        return lookUp.question(List.of(
                LookUp.query("byId", "query", CONVERTED.formatted("Id", LookUp.list(rows.stream().map(Row::getSalesforceId)
                        .filter(id -> id != null)))),
                LookUp.query("byOryId", "query", CONVERTED.formatted(Comparison.ORY_ID,
                        LookUp.list(rows.stream().map(Row::getIdentity))))));
    }

    /** Goes on with the Contacts. A conversion does not always carry the Ory ID over; then it is stamped on the Contact. */
    public void converted(List<Row> rows, String answer) {
        for (JsonNode lead : lookUp.records(answer)) {
            rows.stream().filter(row -> lead.path("Id").asText().equals(row.getSalesforceId())
                            || lead.path(Comparison.ORY_ID).asText().equals(row.getIdentity()))
                    .filter(Row::isHealing)
                    .forEach(row -> follow(row, "Contact", lead.path("ConvertedContactId").textValue(),
                            lead.path("ConvertedContact"), "conversion"));
        }
        giveUp(rows);
    }

    /** Asks what became of records that are gone: merged into others, or deleted. */
    public String whereGone(List<Row> rows) {
        return lookUp.question(rows.stream().collect(Collectors.groupingBy(Row::getObject)).entrySet().stream()
                .map(object -> LookUp.query("gone" + object.getKey(), "queryAll",
                        "SELECT Id, MasterRecordId, MasterRecord.%s FROM %s WHERE Id IN (%s)".formatted(Comparison.ORY_ID,
                                object.getKey(), LookUp.list(object.getValue().stream().map(Row::getSalesforceId)
                                        .filter(id -> id != null)))))
                .toList());
    }

    /** Goes on with the winner of a merge; what was plainly deleted is left alone or made again, by policy. */
    public void gone(List<Row> rows, String answer) {
        for (JsonNode record : lookUp.records(answer)) {
            rows.stream().filter(row -> record.path("Id").asText().equals(row.getSalesforceId())).filter(Row::isHealing)
                    .forEach(row -> {
                        if (record.hasNonNull("MasterRecordId")) {
                            follow(row, row.getObject(), record.path("MasterRecordId").textValue(),
                                    record.path("MasterRecord"), "merge");
                        } else {
                            deleted(row);
                        }
                    });
        }
        rows.stream().filter(row -> row.isHealing() && row.hasRecord())
                .forEach(this::deleted); // not even in the recycle bin any more
        giveUp(rows); // it never had a record: what is deleted is something else, which a trigger wanted
    }

    private void deleted(Row row) {
        if (row.isErasure()) {
            row.unchanged(null);
        } else if (onDeletedRecord == OnDeletedRecord.RECREATE) {
            row.startOver();
        } else {
            row.skipped("DELETED_IN_SALESFORCE", "Somebody deleted the record in Salesforce; it is left deleted"
                    + " (sync.on-deleted-record).");
        }
    }

    private static void follow(Row row, String object, String id, JsonNode successor, String how) {
        String itsIdentity = successor.path(Comparison.ORY_ID).textValue();
        if (row.isErasure() && itsIdentity != null && !itsIdentity.equals(row.getIdentity())) {
            row.unchanged(null); // it is somebody else's
        } else if (id != null) {
            row.follow(object, id, how, itsIdentity == null);
        }
    }

    private static void giveUp(List<Row> rows) {
        rows.stream().filter(Row::isHealing).forEach(Row::giveUp);
    }
}
