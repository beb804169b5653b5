package dev.orysalesforce.write;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.mapping.MappingFailedException;
import dev.orysalesforce.salesforce.AssignmentRules;
import dev.orysalesforce.salesforce.CallFailure;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.ErrorPolicy;
import dev.orysalesforce.salesforce.PersonObject;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.salesforce.ServedVersions;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.Action;
import dev.orysalesforce.settings.SyncSettings.Level;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.Chunk;
import dev.orysalesforce.sync.SyncItem;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.apache.camel.util.ObjectHelper;
import org.springframework.stereotype.Component;

/**
 * Reads Salesforce's answer to a chunk: a result for each row, an error of the whole call, or a reason to pause delivery.
 *
 * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.242.0.api_rest.meta/api_rest/resources_composite_sobjects_collections_upsert.htm">
 *     sObject Collections upsert</a>
 */
@Component("writeResults")
public class WriteResults {

    /** If so many rows in succession fail with the same set-up error, the cause is the org, not the records. */
    private static final int SUCCESSION = 3;
    private static final String ROW_ERRORS = "ory.sync.salesforce.row.errors";

    private final ErrorPolicy policy;
    private final Describe describe;
    private final ServedVersions versions;
    private final AssignmentRules rules;
    private final CallSizes sizes;
    private final ObjectPauses objects;
    private final SyncSettings.Retry retry;
    private final ObjectMapper json;
    private final MeterRegistry meters;
    private final Clock clock;

    WriteResults(ErrorPolicy policy, Describe describe, ServedVersions versions, AssignmentRules rules, CallSizes sizes,
            ObjectPauses objects, SyncSettings settings, ObjectMapper json, MeterRegistry meters, Clock clock) {
        this.versions = versions;
        this.rules = rules;
        this.policy = policy;
        this.describe = describe;
        this.sizes = sizes;
        this.objects = objects;
        this.retry = settings.retry();
        this.json = json;
        this.meters = meters;
        policy.codes().forEach(code -> meters.counter(ROW_ERRORS, "code", code));
        this.clock = clock;
    }

    /** The body of the call. */
    public String request(Chunk chunk) throws JsonProcessingException {
        if (chunk.isDeletion()) {
            return ""; // the path holds the IDs
        }
        ObjectNode body = json.createObjectNode().put("allOrNone", false);
        ArrayNode records = body.putArray("records");
        for (SyncItem item : chunk.getItems()) {
            ObjectNode record = records.addObject();
            record.putObject("attributes").put("type", PersonObject.sObject(item.getObject()));
            if (!chunk.isNew()) {
                record.put("id", item.getSalesforceId());
            }
            record.setAll(item.getRecord());
        }
        return json.writeValueAsString(body);
    }

    /**
     * The call succeeded.
     *
     * @throws PauseDeliveryException if the error of a row concerns the org, or the answer can't be read; the write may have
     *     been executed, and is safe to repeat
     */
    public void accepted(Chunk chunk, String body) {
        JsonNode results = read(body);
        List<SyncItem> items = chunk.getItems();
        if (results == null || !results.isArray() || results.size() != items.size()) {
            throw new PauseDeliveryException("UNREADABLE_ANSWER",
                    "Salesforce answered 200 with a body that is not a result for each of the records. A proxy in between?");
        }
        List<RecordError> errors = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            JsonNode result = results.get(i);
            if (result.path("success").asBoolean()) {
                objects.took(items.get(i).getObject());
                errors.add(null);
            } else {
                RecordError raw = danglingOr(error(result.path("errors").path(0)), items.get(i).getRecord());
                RecordError recordError = withoutValues(items.get(i), raw).decided(policy.rule(raw,
                        chunk.isDeletion() ? Level.DELETION : Level.ROW));
                meters.counter(ROW_ERRORS, "code", recordError.code()).increment();
                if (policy.action(recordError) == Action.PAUSE) {
                    throw pause(items.get(i), recordError);
                }
                errors.add(recordError);
            }
        }
        checkAccess(chunk, errors);
        pauseOnSetUpError(items, errors, chunk.isComplete() ? Math.min(SUCCESSION, items.size()) : SUCCESSION);
        List<SyncItem> tooMany = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            if (errors.get(i) == null) {
                items.get(i).synced(results.get(i).path("id").textValue(), results.get(i).path("created").asBoolean());
            } else if (policy.action(errors.get(i)) == Action.SPLIT && items.size() > 1) {
                tooMany.add(items.get(i));
                chunk.reject(errors.get(i), tooMany);
            } else {
                refuse(items.get(i), errors.get(i));
            }
        }
        if (tooMany.isEmpty()) {
            sizes.fits(chunk);
        } else {
            sizes.isTooLarge(chunk, tooMany);
        }
    }

    /**
     * The error may mean a lost permission on the object, or a trigger that fails. Its words depend on the user's language, so
     * the describe tells, unless a record of the object was taken.
     */
    private void checkAccess(Chunk chunk, List<RecordError> errors) {
        List<SyncItem> items = chunk.getItems();
        Map<String, Boolean> allowed = new HashMap<>();
        for (int i = 0; i < items.size(); i++) {
            if (errors.get(i) == null) {
                allowed.put(items.get(i).getObject(), true);
            }
        }
        for (int i = 0; i < items.size(); i++) {
            RecordError recordError = errors.get(i);
            if (recordError != null && policy.action(recordError) == Action.CHECK_ACCESS) {
                String object = items.get(i).getObject();
                boolean mayWrite = allowed.computeIfAbsent(object, name -> chunk.isNew()
                        ? describe.isCreateable(name, Duration.ZERO) : describe.isUpdateable(name, Duration.ZERO));
                Action otherwise = objects.isPaused(object, recordError.code())
                        ? Action.RETRY : Action.DEAD_LETTER; // the permission may have come back between the call and the describe
                errors.set(i, recordError.acting(mayWrite ? otherwise : Action.PAUSE_OBJECT,
                        mayWrite ? recordError.message() : "The run-as user may not " + (chunk.isNew() ? "create " : "edit ") + object
                                + " records — Give it the permission " + (chunk.isNew() ? "Create" : "Edit") + " on "
                                + PersonObject.sObject(object) + ", with the permission set "
                                + (PersonObject.PERSON_ACCOUNT.is(object) ? "Ory_Identity_Person_Accounts" : "Ory_Identity_Sync")
                                + " of salesforce/ or another one"));
            }
        }
    }

    /** Salesforce, or a trigger of the org, may quote values of this event, and values that earlier events wrote. */
    private static RecordError withoutValues(SyncItem item, RecordError error) {
        return item.isErasure() ? new RecordError(error.code(), "Salesforce rejected the erasure of the record.", error.fields())
                : error.redacted(Arrays.asList(item.getRecord(), item.getChange().traits()));
    }

    /** Salesforce may quote the body of the call. */
    private static RecordError withoutValues(Chunk chunk, RecordError error) {
        List<SyncItem> items = chunk.getItems();
        return items.size() == 1 || chunk.isDeletion() ? withoutValues(items.get(0), error)
                : error.redacted(items.stream().<JsonNode>map(SyncItem::getRecord).toList());
    }

    /** A child was refused as if the record were gone, but it is there, so what the child refers to is gone. */
    public void refuseChild(SyncItem item) {
        RecordError error = item.getError();
        int attempts = item.getChange().attempts() + 1;
        item.childRefused(new RecordError("CHILD_REFUSED", "A child was refused by Salesforce: " + error.code() + ": " + error.message()
                + ". The record itself is written.", error.fields()),
                attempts < retry.attempts() ? clock.instant().plus(retry.pauseAfter(attempts)) : null);
    }

    private void refuse(SyncItem item, RecordError recordError) {
        int attempts = item.getChange().attempts() + 1;
        switch (policy.action(recordError)) {
            case FOLLOW_CONVERSION, FOLLOW_MERGE, RESOLVE_DUPLICATE, DROP_REFERENCE, DROP_FIELD, TRUNCATE ->
                item.recover(policy.action(recordError), recordError);
            case PAUSE_OBJECT -> objects.pause(item, recordError);
            case RETRY -> {
                if (objects.concernsAll(item, recordError)) {
                    objects.pause(item, recordError);
                } else if (attempts < retry.attempts()) {
                    item.retry(recordError, clock.instant().plus(retry.pauseAfter(attempts)));
                } else {
                    item.deadLetter(recordError);
                }
            }
            default -> item.deadLetter(recordError);
        }
    }

    /**
     * The call failed. The cause of a 400 is a row or the set-up of the org; bisecting the chunk shows which.
     *
     * @throws PauseDeliveryException for everything else
     */
    public void failed(Chunk chunk, Exception failure) {
        SalesforceException salesforce = ObjectHelper.getException(SalesforceException.class, failure);
        RecordError recordError = salesforce == null ? null : error(salesforce);
        if (CallFailure.isTimeOut(failure)) {
            sizes.timedOut(chunk);
        }
        if (recordError == null) {
            throw CallFailure.unavailable(failure);
        }
        versions.check(recordError);
        recordError = withoutValues(chunk, recordError).decided(policy.rule(recordError, Level.CALL));
        boolean alone = chunk.isComplete() && chunk.getSize() == 1 && policy.action(recordError) == Action.PAUSE_UNTIL_FIXED;
        if (salesforce.getStatusCode() != 400 || policy.action(recordError) == Action.PAUSE || alone) {
            throw pause(chunk.getItems().get(0), recordError);
        }
        chunk.reject(recordError);
    }

    /**
     * A query failed.
     *
     * @throws PauseDeliveryException always
     */
    public void failed(Exception failure) {
        RecordError recordError = error(failure);
        if (recordError == null) {
            throw CallFailure.unavailable(failure);
        }
        versions.check(recordError);
        throw new PauseDeliveryException(recordError.code(), policy.adviseOnQuery(recordError).message());
    }

    /**
     * Both halves of a rejected call have been tried.
     *
     * @throws PauseDeliveryException if both were rejected with the same error, and that error concerns the set-up of the org
     */
    public void detectCommonCause(List<Chunk> halves) {
        RecordError first = halves.get(0).getError();
        RecordError second = halves.get(halves.size() - 1).getError();
        if (halves.size() == 2 && first != null && second != null && first.code().equals(second.code())
                && policy.action(first) == Action.PAUSE_UNTIL_FIXED) {
            throw pause(halves.get(0).getItems().get(0), first);
        }
    }

    /** Bisecting has found the row that Salesforce rejects. */
    public void rejectSingleRecord(Chunk chunk) {
        refuse(chunk.getItems().get(0), chunk.getError());
    }

    /**
     * Decides after the last portion whether the batch is rolled back, because its errors come from the org or a mapping.
     *
     * @throws Exception the failure of a portion
     */
    public void applyErrorPolicy(Batch batch) throws Exception {
        if (batch.failure() != null) {
            throw batch.failure();
        }
        List<SyncItem> unmapped = batch.items().stream()
                .filter(item -> item.isDeadLettered() && item.getError().code().equals(MappingFailedException.CODE)).toList();
        if (unmapped.size() >= SUCCESSION && unmapped.size() == batch.items().size()) {
            throw new PauseDeliveryException(MappingFailedException.CODE, unmapped.get(0).getMapping().name()
                    + " fails for all identities. Fix it, and delivery resumes. The first failure: "
                    + unmapped.get(0).getError().message());
        }
        pauseOnSetUpError(batch.items(), batch.items().stream().map(SyncItem::getError).toList(), SUCCESSION);
    }

    private void pauseOnSetUpError(List<SyncItem> items, List<RecordError> errors, int enough) {
        int succession = 0;
        String code = null;
        for (int i = 0; i < items.size(); i++) {
            RecordError recordError = errors.get(i);
            boolean setUp = recordError != null && policy.action(recordError) == Action.PAUSE_UNTIL_FIXED;
            succession = !setUp ? 0 : recordError.code().equals(code) ? succession + 1 : 1;
            code = setUp ? recordError.code() : null;
            if (succession == enough) {
                throw pause(items.get(i), recordError);
            }
        }
    }

    private PauseDeliveryException pause(SyncItem item, RecordError recordError) {
        RecordError safe = rules.name(recordError.without(item.getRecord()), item.getObject());
        return new PauseDeliveryException(safe.code(), safe.message());
    }

    /** The error of a row, as Salesforce answered it. */
    public RecordError error(JsonNode error) {
        String code = error.path("statusCode").asText(error.path("errorCode").asText("UNKNOWN_EXCEPTION"));
        List<String> fields = new ArrayList<>();
        error.path("fields").forEach(field -> fields.add(field.asText()));
        String message = error.path("message").asText("");
        return new RecordError(code, message, fields);
    }

    /**
     * Salesforce has one code for a missing field and for a reference without a target, and says which in the user's language.
     * In any language only the latter names a reference's field together with the value that leads nowhere.
     */
    private static RecordError danglingOr(RecordError error, JsonNode record) {
        boolean isDangling = error.code().equals("INVALID_FIELD") && (error.message().startsWith("Foreign key external ID")
                || record != null && record.properties().stream().flatMap(field -> field.getValue().properties().stream())
                        .anyMatch(key -> error.message().contains(key.getKey()) && !key.getValue().asText().isEmpty()
                                && error.message().contains(key.getValue().asText())));
        return isDangling ? new RecordError("DANGLING_REFERENCE", error.message(), error.fields()) : error;
    }

    /** The error of a call that failed; null if the answer, of Salesforce or of a proxy, has no code. */
    public RecordError error(Exception failure) {
        SalesforceException salesforce = ObjectHelper.getException(SalesforceException.class, failure);
        return salesforce == null ? null : error(salesforce);
    }

    private RecordError error(SalesforceException failure) {
        if (failure.getErrors() != null && !failure.getErrors().isEmpty()) {
            var error = failure.getErrors().get(0);
            return new RecordError(error.getErrorCode(), error.getMessage(),
                    error.getFields() == null ? List.of() : error.getFields());
        }
        JsonNode body = read(failure.getMessage()); // the raw operation puts the body there
        JsonNode error = body == null ? null : body.isArray() ? body.path(0) : body;
        return error != null && error.has("errorCode") ? error(error) : null;
    }

    private JsonNode read(String body) {
        try {
            return body == null ? null : json.readTree(body);
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
