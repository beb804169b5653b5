package dev.orysalesforce.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.ledger.Tombstones;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.Erase;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Makes the app forget identities, and their records by {@code sync.erase}. */
@Component("erasure")
public class Erasure {

    private static final Refusal ERASED = Refusal.of("ERASED", "Somebody has erased this identity.");
    private static final String QUERY = "SELECT Id, %1$s, IsDeleted, MasterRecordId, MasterRecord.%1$s%2$s FROM %3$s"
            + " WHERE %1$s IN (%4$s)";
    private static final String CONVERSION = ", IsConverted, ConvertedContactId, ConvertedContact." + Comparison.ORY_ID;

    private final Ledger ledger;
    private final Tombstones tombstones;
    private final LookUp lookUp;
    private final Mappings mappings;
    private final Erase policy;
    private final ObjectMapper json;
    private final Clock clock;

    Erasure(Ledger ledger, Tombstones tombstones, LookUp lookUp, Mappings mappings, SyncSettings settings,
            ObjectMapper json, Clock clock) {
        this.ledger = ledger;
        this.tombstones = tombstones;
        this.lookUp = lookUp;
        this.mappings = mappings;
        this.policy = settings.erase();
        this.json = json;
        this.clock = clock;
    }

    /** The event that brings it to Salesforce, for the journal. */
    public String event(String identity) throws JsonProcessingException {
        return json.writeValueAsString(IdentityChange.erase(identity, clock.instant()));
    }

    /** Asks whether Salesforce knows an identity that nobody here has heard of. */
    public String ask(String identity) {
        return question(List.of(identity), List.of());
    }

    public boolean isKnown(String answer) {
        return !lookUp.records(answer).isEmpty();
    }

    /**
     * What is about somebody who was erased goes no further. Also once a batch is through: they may have been erased
     * while it was on its way.
     */
    public void leaveOut(Batch batch) {
        List<Row> rows = batch.rows().stream().filter(Row::isLeavingTraces).toList();
        Set<String> erased = tombstones.erased(rows.stream().map(Row::getIdentity).toList());
        rows.stream().filter(row -> erased.contains(row.getIdentity())).forEach(row -> row.superseded(ERASED));
    }

    /** Rows whose record has to be found; the ledger may have been lost since the erasure was accepted. */
    public List<List<Row>> unfound(Batch batch) {
        List<Row> rows = batch.getErasures().stream().filter(row -> !row.hasRecord()).toList();
        List<String> identities = rows.stream().map(Row::getIdentity).toList();
        tombstones.putAll(identities);
        Map<String, LedgerEntry> known = ledger.find(identities);
        rows.stream().filter(row -> known.containsKey(row.getIdentity()))
                .forEach(row -> row.remembered(known.get(row.getIdentity())));
        return Batch.slices(rows, Batch.CHUNK);
    }

    /** Asks for what has the Ory IDs of the rows, or is their record as far as the ledger knows; one call. */
    public String question(List<Row> rows) {
        return question(rows.stream().map(Row::getIdentity).toList(), rows.stream().map(Row::getKnown)
                .filter(known -> known != null && known.hasRecord()).toList());
    }

    private String question(List<String> identities, List<LedgerEntry> known) {
        return lookUp.question(Stream.of("Contact", "Lead").map(object -> {
            List<String> ids = known.stream().filter(entry -> object.equals(entry.object()))
                    .map(LedgerEntry::salesforceId).toList();
            String soql = QUERY.formatted(Comparison.ORY_ID, object.equals("Lead") ? CONVERSION : "", object,
                    LookUp.list(identities.stream()));
            return LookUp.query(object, "queryAll",
                    ids.isEmpty() ? soql : soql + " OR Id IN (" + LookUp.list(ids.stream()) + ")");
        }).toList());
    }

    /**
     * Goes on with the record that is left of each identity: a Contact before the Lead that it was, what has the Ory ID
     * before what the ledger knows. Of whom nothing is left, or only what belongs to somebody else, nothing is to be done.
     */
    public void found(List<Row> rows, String answer) {
        List<JsonNode> records = lookUp.records(answer);
        for (Row row : rows) {
            records.stream().filter(record -> hasId(row, record) || isKnown(row, record))
                    .sorted(Comparator.comparing((JsonNode record) -> record.path("IsDeleted").asBoolean())
                            .thenComparing(record -> !hasId(row, record)))
                    .map(Left::of)
                    .filter(left -> left.salesforceId() != null
                            && (left.identity() == null || left.identity().equals(row.getIdentity())))
                    .findFirst().ifPresentOrElse(
                            left -> row.follow(left.object(), left.salesforceId(), row.getFoundBy(), false),
                            () -> row.unchanged(null));
        }
    }

    private static boolean hasId(Row row, JsonNode record) {
        return row.getIdentity().equals(record.path(Comparison.ORY_ID).asText());
    }

    private static boolean isKnown(Row row, JsonNode record) {
        return row.getKnown() != null && record.path("Id").asText().equals(row.getKnown().salesforceId());
    }

    /** Where a record's data is now; without an ID if it is nowhere. */
    private record Left(String object, String salesforceId, String identity) {

        static Left of(JsonNode record) {
            String object = record.path("attributes").path("type").asText();
            if (record.path("IsDeleted").asBoolean()) {
                return new Left(object, record.path("MasterRecordId").textValue(), identity(record.path("MasterRecord")));
            }
            if (record.hasNonNull("ConvertedContactId")) {
                return new Left("Contact", record.path("ConvertedContactId").textValue(),
                        identity(record.path("ConvertedContact")));
            }
            return new Left(object, record.path("Id").textValue(), identity(record));
        }

        private static String identity(JsonNode record) {
            return record.path(Comparison.ORY_ID).textValue();
        }
    }

    public boolean isAnonymizing() {
        return policy == Erase.ANONYMIZE;
    }

    /** The mapping's input. */
    public String input(Row row) {
        return json.createObjectNode().put("object", row.getObject()).toString();
    }

    /** Takes the mapping's answer. */
    public void anonymize(Row row, String answer) throws JsonProcessingException {
        JsonNode record = answer == null ? null : json.readTree(answer);
        if (record instanceof ObjectNode fields) {
            fields.remove("attributes");
            fields.remove(row.getDropped());
            write(row, fields);
        } else {
            mappings.noRecord(row);
        }
    }

    /** Where no mapping has a say. */
    public void keepOrDelete(Row row) {
        if (policy == Erase.DELETE) {
            row.delete(json.createObjectNode());
        } else {
            write(row, json.createObjectNode());
        }
    }

    private static void write(Row row, ObjectNode fields) {
        row.compared(fields.putNull(Comparison.ORY_ID).putNull(Comparison.ORY_UPDATED_AT), Map.of());
    }
}
