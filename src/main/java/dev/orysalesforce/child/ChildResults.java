package dev.orysalesforce.child;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.salesforce.CallFailure;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.ErrorPolicy;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.Action;
import dev.orysalesforce.settings.SyncSettings.Level;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.write.WriteResults;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.apache.camel.util.ObjectHelper;
import org.springframework.stereotype.Component;

/**
 * Reads the answers to calls that create and change children. A child that Salesforce refuses is retried or becomes a dead letter;
 * its record is as it is. If the user may not write such children at all, records go on without them.
 */
@Component("childResults")
public class ChildResults {

    private static final String REFUSED = "CHILD_REFUSED";
    private static final int BAD_REQUEST = 400;

    /** The rows of a call share a description. */
    private static final Duration JUST_NOW = Duration.ofSeconds(1);

    private final ErrorPolicy policy;
    private final WriteResults records;
    private final ChildReferences references;
    private final Describe org;
    private final SyncSettings.Retry retry;
    private final ObjectMapper json;
    private final Clock clock;

    /** Fewer than 200 once an org's automation has refused more. */
    private volatile int largest = Batch.CHUNK;

    ChildResults(ErrorPolicy policy, WriteResults records, ChildReferences references, Describe org, SyncSettings settings,
            ObjectMapper json, Clock clock) {
        this.policy = policy;
        this.records = records;
        this.references = references;
        this.org = org;
        this.retry = settings.retry();
        this.json = json;
        this.clock = clock;
    }

    /** How many children a call may have. */
    public int getLargest() {
        return largest;
    }

    /**
     * The call succeeded; a row may have failed.
     *
     * @throws PauseDeliveryException if the error of a row concerns the org, or the answer can't be read
     */
    public void accepted(ChildCall call, String answer) {
        JsonNode results = read(answer);
        if (results == null || !results.isArray() || results.size() != call.rows().size()) {
            throw new PauseDeliveryException("UNREADABLE_ANSWER",
                    "Salesforce answered 200 with a body that is not a result for each of the children. A proxy in between?");
        }
        boolean isTooLarge = false;
        for (int i = 0; i < call.rows().size(); i++) {
            JsonNode result = results.get(i);
            if (result.path("success").asBoolean()) {
                call.rows().get(i).sentAs(result.path("id").asText());
            } else {
                RecordError error = records.error(result.path("errors").path(0));
                isTooLarge |= refuse(call, call.rows().get(i), error.decided(policy.rule(error, Level.ROW)));
            }
        }
        if (isTooLarge) {
            largest = Math.max(1, call.rows().size() / 2);
        } else if (call.rows().size() >= largest) {
            largest = Math.min(Batch.CHUNK, 2 * largest);
        }
    }

    /**
     * The call failed.
     *
     * @throws PauseDeliveryException unless the cause is a row, or what the user may do
     */
    public void failed(ChildCall call, Exception failure) {
        RecordError error = records.error(failure);
        SalesforceException salesforce = ObjectHelper.getException(SalesforceException.class, failure);
        if (CallFailure.isTimeOut(failure)) {
            largest = Math.max(1, call.rows().size() / 2); // it would take as long again
        }
        if (error == null || CallFailure.isTimeOut(failure)) {
            throw CallFailure.unavailable(failure);
        }
        RecordError decided = error.decided(policy.rule(error, Level.CALL));
        if (policy.action(decided) == Action.PAUSE_UNTIL_FIXED) {
            call.rows().forEach(row -> refuse(call, row, decided));
        } else if (salesforce.getStatusCode() != BAD_REQUEST || policy.action(decided) == Action.PAUSE) {
            throw new PauseDeliveryException(decided.code(), withoutValues(call.rows().get(0), decided).message());
        } else if (call.rows().size() > 1) {
            call.rows().forEach(row -> row.limit((call.rows().size() + 1) / 2));
        } else {
            refuse(call, call.rows().get(0), decided);
        }
    }

    /** @return whether the row failed because of the others in its call */
    private boolean refuse(ChildCall call, ChildRow row, RecordError raw) {
        RecordError error = withoutValues(row, raw);
        Action action = policy.action(error);
        if (action == Action.PAUSE) {
            throw new PauseDeliveryException(error.code(), error.message());
        } else if (action == Action.SPLIT && call.rows().size() > 1) {
            return true;
        } else if (call.isNew() && error.code().equals("DUPLICATE_VALUE") && row.askAgain()) {
            return false; // it was made meanwhile, perhaps by the org itself
        } else if (action == Action.FOLLOW_CONVERSION && !row.item().isOvertaken()) {
            row.item().recoverForChild(action, error);
            row.leaveOut(null);
        } else if (action == Action.FOLLOW_MERGE && !call.isNew()) {
            row.done(); // sales has deleted it
        } else if (action == Action.FOLLOW_MERGE && !row.item().isOvertaken()) {
            references.forget(); // the record is gone, or what the child refers to
            row.item().recoverForChild(action, error);
            row.leaveOut(null);
        } else if (action == Action.PAUSE_UNTIL_FIXED || action == Action.PAUSE_OBJECT
                || action == Action.CHECK_ACCESS && !isAllowed(call)) {
            row.leaveOut(about(row, ChildRecords.LEFT_OUT, "was left out, because the run-as user may not write it", error));
        } else {
            references.forget(); // what it refers to may be gone
            int attempts = row.item().getChange().attempts() + 1;
            boolean mayPass = action == Action.RETRY || action == Action.FOLLOW_MERGE || error.code().equals("DUPLICATE_VALUE");
            row.refuse(about(row, REFUSED, "was refused by Salesforce", error), mayPass && attempts < retry.attempts()
                    ? clock.instant().plus(retry.pauseAfter(attempts)) : null);
        }
        return false;
    }

    private boolean isAllowed(ChildCall call) {
        return call.isNew() ? org.isCreateable(call.object(), JUST_NOW) : org.isUpdateable(call.object(), JUST_NOW);
    }

    private static RecordError about(ChildRow row, String code, String what, RecordError error) {
        return new RecordError(code, "The " + row.object() + " " + what + ": " + error.code() + ": " + error.message()
                + ". The record itself is written.", error.fields());
    }

    /** Salesforce, or a trigger of the org, may quote values of the child and of the identity. */
    private static RecordError withoutValues(ChildRow row, RecordError error) {
        return error.redacted(Arrays.asList(row.fields(), row.item().getRecord(), row.item().getChange().traits()));
    }

    private JsonNode read(String answer) {
        try {
            return answer == null ? null : json.readTree(answer);
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
