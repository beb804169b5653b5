package dev.orysalesforce.parent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.ledger.FieldHash;
import dev.orysalesforce.ledger.ParentLedger;
import dev.orysalesforce.parent.ParentCall.Row;
import dev.orysalesforce.salesforce.CallFailure;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.ErrorPolicy;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.Action;
import dev.orysalesforce.settings.SyncSettings.Level;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.SyncItem;
import dev.orysalesforce.write.WriteResults;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.apache.camel.util.ObjectHelper;
import org.springframework.stereotype.Component;

/**
 * Makes the calls that create and change parents, and reads their answers. If Salesforce refuses a parent, only the records that
 * hang on it wait or become dead letters. If the user may not write such parents at all, records go on without them.
 */
@Component("parentResults")
public class ParentResults {

    static final String LEFT_OUT = "PARENT_LEFT_OUT";
    private static final String REFUSED = "PARENT_REFUSED";
    private static final String NOT_UPDATED = "PARENT_NOT_UPDATED";
    private static final int BAD_REQUEST = 400;

    private final ErrorPolicy policy;
    private final WriteResults records;
    private final ParentLedger ledger;
    private final FieldHash hash;
    private final Describe org;
    private final SyncSettings.Retry retry;
    private final ObjectMapper json;
    private final Clock clock;

    /** Fewer than 200 once an org's automation has refused more. */
    private volatile int largest = Batch.CHUNK;

    ParentResults(ErrorPolicy policy, WriteResults records, ParentLedger ledger, FieldHash hash, Describe org, SyncSettings settings,
            ObjectMapper json, Clock clock) {
        this.policy = policy;
        this.records = records;
        this.ledger = ledger;
        this.hash = hash;
        this.org = org;
        this.retry = settings.retry();
        this.json = json;
        this.clock = clock;
    }

    List<ParentCall> calls(String object, String externalId, List<Row> rows) {
        List<ParentCall> calls = new ArrayList<>();
        int size = largest;
        for (int from = 0; from < rows.size(); from += size) {
            calls.add(new ParentCall(object, externalId, rows.subList(from, Math.min(from + size, rows.size()))));
        }
        return calls;
    }

    /** All fields that have a value. */
    Row creation(ParentRequest request) {
        ObjectNode fields = request.keys().fields().deepCopy();
        fields.properties().removeIf(field -> field.getValue().isNull());
        return new Row(request, null, fields, Map.of());
    }

    /**
     * The fields that have changed since they were last sent.
     *
     * @param sent what the ledger keeps of them
     */
    Row update(ParentRequest request, String salesforceId, Map<String, String> sent) {
        ObjectNode fields = request.keys().fields().deepCopy();
        Map<String, String> hashes = hashes(salesforceId, fields);
        fields.properties().removeIf(field -> hashes.get(field.getKey()).equals(sent.get(field.getKey())));
        return new Row(request, salesforceId, fields, sent);
    }

    /** The body of a call. */
    public String request(ParentCall call) throws JsonProcessingException {
        ObjectNode body = json.createObjectNode().put("allOrNone", false);
        ArrayNode rows = body.putArray("records");
        call.rows().forEach(row -> {
            ObjectNode record = rows.addObject();
            record.putObject("attributes").put("type", call.object());
            if (row.salesforceId() != null) {
                record.put("id", row.salesforceId());
            }
            record.setAll(row.fields());
        });
        return json.writeValueAsString(body);
    }

    /** What the ledger keeps of fields that were sent to a parent. */
    Map<String, String> hashes(String salesforceId, ObjectNode fields) {
        Map<String, String> hashes = new HashMap<>();
        fields.properties()
                .forEach(field -> hashes.put(field.getKey(), hash.of(salesforceId, field.getKey(), field.getValue())));
        return hashes;
    }

    /**
     * The call succeeded; a row may have failed.
     *
     * @throws PauseDeliveryException if the error of a row concerns the org, or the answer can't be read
     */
    public void accepted(ParentCall call, String answer) {
        JsonNode results = read(answer);
        if (results == null || !results.isArray() || results.size() != call.rows().size()) {
            doubt(call);
            throw new PauseDeliveryException("UNREADABLE_ANSWER",
                    "Salesforce answered 200 with a body that is not a result for each of the parents. A proxy in between?");
        }
        boolean isTooLarge = false;
        for (int i = 0; i < call.rows().size(); i++) {
            Row row = call.rows().get(i);
            JsonNode result = results.get(i);
            if (result.path("success").asBoolean()) {
                saved(call, row, result.path("id").asText());
            } else {
                RecordError error = records.error(result.path("errors").path(0));
                isTooLarge |= refuse(call, row, error.decided(policy.rule(error, Level.ROW)));
            }
        }
        if (isTooLarge) {
            largest = Math.max(1, call.rows().size() / 2);
        } else if (call.rows().size() == largest) {
            largest = Math.min(Batch.CHUNK, 2 * largest);
        }
    }

    private void saved(ParentCall call, Row row, String salesforceId) {
        Map<String, String> hashes = new HashMap<>(row.sent());
        hashes.putAll(hashes(salesforceId, row.fields()));
        if (call.isNew()) {
            ledger.save(call.object(), row.request().keys().references(), salesforceId, hashes);
            row.request().link(salesforceId);
        } else {
            ledger.update(row.salesforceId(), hashes);
        }
    }

    /**
     * The call failed.
     *
     * @throws PauseDeliveryException unless the cause is a row, or what the user may do
     */
    public void failed(ParentCall call, Exception failure) {
        RecordError error = records.error(failure);
        SalesforceException salesforce = ObjectHelper.getException(SalesforceException.class, failure);
        if (error == null || CallFailure.isTimeOut(failure)) {
            doubt(call);
            throw CallFailure.unavailable(failure);
        }
        RecordError decided = error.decided(policy.rule(error, Level.CALL));
        if (policy.action(decided) == Action.PAUSE_UNTIL_FIXED) {
            call.rows().forEach(row -> refuse(call, row, decided));
        } else if (salesforce.getStatusCode() != BAD_REQUEST || policy.action(decided) == Action.PAUSE) {
            throw pause(call, decided);
        } else if (call.rows().size() > 1) {
            largest = call.rows().size() / 2;
        } else {
            refuse(call, call.rows().get(0), decided);
        }
    }

    /** Salesforce may have created parents, or still do so. With an external ID, the same call once more does no harm. */
    private static void doubt(ParentCall call) {
        if (call.isNew() && call.externalId() == null) {
            call.rows().forEach(row -> row.request().doubt());
        }
    }

    /** @return whether the row failed because of the others in its call */
    private boolean refuse(ParentCall call, Row row, RecordError raw) {
        RecordError error = withoutValues(row.request(), raw);
        Action action = policy.action(error);
        boolean isRace = call.externalId() != null && error.code().equals("DUPLICATE_VALUE"); // the next look-up finds it
        if (action == Action.PAUSE) {
            throw pause(call, error);
        } else if (!call.isNew()) {
            row.request().items().forEach(item -> item.note(about(row.request(), NOT_UPDATED, "could not be updated", error)));
        } else if (action == Action.SPLIT && call.rows().size() > 1) {
            return true;
        } else if (action == Action.PAUSE_UNTIL_FIXED || action == Action.PAUSE_OBJECT
                || action == Action.CHECK_ACCESS && !org.isCreateable(call.object(), Duration.ZERO)) {
            row.request().leaveOut(leftOut(row.request(), error));
        } else {
            RecordError refused = about(row.request(), REFUSED, "was refused by Salesforce", error);
            row.request().items().stream().filter(SyncItem::isPending)
                    .forEach(item -> refuse(item, refused, isRace || action == Action.RETRY));
        }
        return false;
    }

    private void refuse(SyncItem item, RecordError error, boolean mayPass) {
        int attempts = item.getChange().attempts() + 1;
        if (mayPass && attempts < retry.attempts()) {
            item.retry(error, clock.instant().plus(retry.pauseAfter(attempts)));
        } else {
            item.deadLetter(error);
        }
    }

    /** What the identity's status says of a parent that it goes on without. */
    RecordError leftOut(ParentRequest request, RecordError error) {
        return about(request, LEFT_OUT, "was left out, because the run-as user may not read or write it", error);
    }

    private static RecordError about(ParentRequest request, String code, String what, RecordError error) {
        return new RecordError(code, "The " + request.parent().object() + " for " + request.parent().field() + " " + what + ": "
                + error.code() + ": " + error.message(), List.of(request.parent().field()));
    }

    /** Salesforce, or a trigger of the org, may quote values of the parent and of the identities. */
    private static RecordError withoutValues(ParentRequest request, RecordError error) {
        return error.redacted(Stream.concat(Stream.<JsonNode>of(request.keys().fields()), request.items().stream()
                .flatMap(item -> Stream.of(item.getRecord(), item.getChange().traits()))).toList());
    }

    private PauseDeliveryException pause(ParentCall call, RecordError error) {
        return new PauseDeliveryException(error.code(), withoutValues(call.rows().get(0).request(), error).message());
    }

    private JsonNode read(String answer) {
        try {
            return answer == null ? null : json.readTree(answer);
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
