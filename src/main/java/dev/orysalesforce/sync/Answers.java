package dev.orysalesforce.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.Action;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.apache.camel.util.ObjectHelper;
import org.springframework.stereotype.Component;

/**
 * Reads what Salesforce says about a chunk: an outcome for each row, a refusal of the whole call, or a reason to hold.
 *
 * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.242.0.api_rest.meta/api_rest/resources_composite_sobjects_collections_upsert.htm">
 *     sObject Collections upsert</a>
 */
@Component("answers")
public class Answers {

    /** So many rows in succession that fail by the same set-up error are no coincidence. */
    private static final int SUCCESSION = 3;
    private static final String ROW_ERRORS = "ory.sync.salesforce.row.errors";

    private final ErrorPolicy policy;
    private final SyncSettings.Retry retry;
    private final ObjectMapper json;
    private final MeterRegistry meters;
    private final Clock clock;

    Answers(ErrorPolicy policy, SyncSettings settings, ObjectMapper json, MeterRegistry meters, Clock clock) {
        this.policy = policy;
        this.retry = settings.retry();
        this.json = json;
        this.meters = meters;
        policy.codes().forEach(code -> meters.counter(ROW_ERRORS, "code", code));
        this.clock = clock;
    }

    /** The body of the call. */
    public String request(Chunk chunk) throws JsonProcessingException {
        if (chunk.isDeletion()) {
            return ""; // the IDs are in the path
        }
        ObjectNode body = json.createObjectNode().put("allOrNone", false);
        ArrayNode records = body.putArray("records");
        for (Row row : chunk.getRows()) {
            ObjectNode record = records.addObject();
            record.putObject("attributes").put("type", row.getObject());
            if (!chunk.isNew()) {
                record.put("id", row.getSalesforceId());
            }
            record.setAll(row.getRecord());
        }
        return json.writeValueAsString(body);
    }

    /**
     * The call went through.
     *
     * @throws HoldException if a row says something about the org, or the answer can't be read: the write may have
     *     happened, and is safe to repeat
     */
    public void accepted(Chunk chunk, String body) {
        JsonNode results = read(body);
        List<Row> rows = chunk.getRows();
        if (results == null || !results.isArray() || results.size() != rows.size()) {
            throw new HoldException("UNREADABLE_ANSWER",
                    "Salesforce answered 200 with a body that is not a result for each of the rows. A proxy in between?");
        }
        List<Refusal> refusals = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            JsonNode result = results.get(i);
            if (result.path("success").asBoolean()) {
                refusals.add(null);
            } else {
                Refusal refusal = policy.advise(told(rows.get(i), refusal(result.path("errors").path(0))));
                meters.counter(ROW_ERRORS, "code", refusal.code()).increment();
                if (policy.action(refusal.code()) == Action.HOLD) {
                    throw hold(rows.get(i), refusal);
                }
                refusals.add(refusal);
            }
        }
        holdOnSetUpError(rows, refusals, chunk.isWhole() ? Math.min(SUCCESSION, rows.size()) : SUCCESSION);
        for (int i = 0; i < rows.size(); i++) {
            if (refusals.get(i) == null) {
                rows.get(i).synced(results.get(i).path("id").textValue(), results.get(i).path("created").asBoolean());
            } else {
                refuse(rows.get(i), refusals.get(i));
            }
        }
    }

    /** Salesforce may name the person: "Your attempt to delete … could not be completed". Here nobody knows the name. */
    private static Refusal told(Row row, Refusal refusal) {
        return !row.isErasure() ? refusal
                : new Refusal(refusal.code(), "Salesforce did not let the record be erased.", refusal.fields());
    }

    private void refuse(Row row, Refusal refusal) {
        int attempts = row.getChange().attempts() + 1;
        switch (policy.action(refusal.code())) {
            case FOLLOW_CONVERSION, FOLLOW_MERGE, ASK_DUPLICATES, DROP_REFERENCE, DROP_FIELD, SHORTEN ->
                    row.heal(policy.action(refusal.code()), refusal);
            case RETRY -> {
                if (attempts < retry.attempts()) {
                    row.retry(refusal, clock.instant().plus(retry.pauseAfter(attempts)));
                } else {
                    row.refuse(refusal);
                }
            }
            default -> row.refuse(refusal);
        }
    }

    /**
     * The call failed. A 400 is the fault of a row, or of the set-up of the org: halving will tell.
     *
     * @throws HoldException for everything else
     */
    public void failed(Chunk chunk, Exception failure) {
        SalesforceException salesforce = ObjectHelper.getException(SalesforceException.class, failure);
        Refusal refusal = salesforce == null ? null : refusal(salesforce);
        if (refusal == null) {
            throw unavailable(failure);
        }
        refusal = policy.advise(refusal);
        boolean alone = chunk.isWhole() && chunk.getSize() == 1 && policy.action(refusal.code()) == Action.SET_UP;
        if (salesforce.getStatusCode() != 400 || policy.action(refusal.code()) == Action.HOLD || alone) {
            throw hold(chunk.getRows().get(0), refusal);
        }
        chunk.refuse(refusal);
    }

    /**
     * A call that is not about single records failed.
     *
     * @throws HoldException always
     */
    public void failed(Exception failure) {
        SalesforceException salesforce = ObjectHelper.getException(SalesforceException.class, failure);
        Refusal refusal = salesforce == null ? null : refusal(salesforce);
        throw refusal == null ? unavailable(failure)
                : new HoldException(refusal.code(), policy.advise(refusal).without(null).message());
    }

    /** Nobody gave a reason that Salesforce would give. */
    static HoldException unavailable(Exception failure) {
        SalesforceException salesforce = ObjectHelper.getException(SalesforceException.class, failure);
        int status = salesforce == null ? 0 : salesforce.getStatusCode();
        return status == 0
                ? new HoldException("UNREACHABLE", "Salesforce could not be reached: " + root(failure)
                        + " — Check the network and SALESFORCE_LOGIN_URL, or see status.salesforce.com.")
                : new HoldException("SERVER_UNAVAILABLE", "Salesforce answered " + status + " without saying why"
                        + " — Nothing to do if it passes; see status.salesforce.com.");
    }

    /**
     * Both halves of a refused call have been tried.
     *
     * @throws HoldException if they were refused for the same reason, and that reason is the set-up of the org
     */
    public void compareHalves(List<Chunk> halves) {
        Refusal first = halves.get(0).getRefusal();
        Refusal second = halves.get(1).getRefusal();
        if (first != null && second != null && first.code().equals(second.code())
                && policy.action(first.code()) == Action.SET_UP) {
            throw hold(halves.get(0).getRows().get(0), first);
        }
    }

    /** Halving has come down to one row: it is the one that can't be sent. */
    public void blame(Chunk chunk) {
        Row row = chunk.getRows().get(0);
        refuse(row, row.isErasure() ? policy.advise(told(row, chunk.getRefusal())) : chunk.getRefusal());
    }

    /**
     * Once a batch is through: is it to be rolled back? Was it the set-up of the org, or a mapping, and not the records?
     *
     * @throws Exception what was the matter with one of its portions
     */
    public void judge(Batch batch) throws Exception {
        if (batch.held() != null) {
            throw batch.held();
        }
        List<Row> unmapped = batch.rows().stream().filter(row ->
                row.isRefused() && row.getRefusal().code().equals(Mappings.FAILED)).toList();
        if (unmapped.size() >= SUCCESSION && unmapped.size() == batch.rows().size()) {
            throw new HoldException(Mappings.FAILED, unmapped.get(0).getMapping().name() + " answers for nobody. Mend it,"
                    + " and events go on. Of the first one: " + unmapped.get(0).getRefusal().message());
        }
        holdOnSetUpError(batch.rows(), batch.rows().stream().map(Row::getRefusal).toList(), SUCCESSION);
    }

    private void holdOnSetUpError(List<Row> rows, List<Refusal> refusals, int enough) {
        int succession = 0;
        String code = null;
        for (int i = 0; i < rows.size(); i++) {
            Refusal refusal = refusals.get(i);
            boolean setUp = refusal != null && policy.action(refusal.code()) == Action.SET_UP;
            succession = !setUp ? 0 : refusal.code().equals(code) ? succession + 1 : 1;
            code = setUp ? refusal.code() : null;
            if (succession == enough) {
                throw hold(rows.get(i), refusal);
            }
        }
    }

    private static HoldException hold(Row row, Refusal refusal) {
        Refusal safe = refusal.without(row.getRecord());
        return new HoldException(safe.code(), safe.message());
    }

    private Refusal refusal(JsonNode error) {
        String code = error.path("statusCode").asText(error.path("errorCode").asText("UNKNOWN_EXCEPTION"));
        List<String> fields = new ArrayList<>();
        error.path("fields").forEach(field -> fields.add(field.asText()));
        String message = error.path("message").asText("");
        // Salesforce has one code for a field that is not there and for a reference that leads nowhere.
        boolean dangling = code.equals("INVALID_FIELD") && message.startsWith("Foreign key external ID");
        return new Refusal(dangling ? "DANGLING_REFERENCE" : code, message, fields);
    }

    /** Null if Salesforce (or who answered in its place) gave no code. */
    private Refusal refusal(SalesforceException failure) {
        if (failure.getErrors() != null && !failure.getErrors().isEmpty()) {
            var error = failure.getErrors().get(0);
            return new Refusal(error.getErrorCode(), error.getMessage(),
                    error.getFields() == null ? List.of() : error.getFields());
        }
        JsonNode body = read(failure.getMessage()); // where the raw operation puts it
        JsonNode error = body == null ? null : body.isArray() ? body.path(0) : body;
        return error != null && error.has("errorCode") ? refusal(error) : null;
    }

    private JsonNode read(String body) {
        try {
            return body == null ? null : json.readTree(body);
        } catch (JsonProcessingException e) {
            return null;
        }
    }

    /** The kind of the innermost failure: its message may quote what was sent. */
    private static String root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getClass().getSimpleName();
    }
}
