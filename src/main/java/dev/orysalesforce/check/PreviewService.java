package dev.orysalesforce.check;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.Coalescer;
import dev.orysalesforce.sync.Mappings;
import dev.orysalesforce.sync.SyncItem;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.util.ObjectHelper;
import org.springframework.stereotype.Component;

/** Shows what would be sent, by the routes that prepare a batch. */
@Component("previewService")
public class PreviewService {

    private final Coalescer coalescer;
    private final RecordCheck check;
    private final ObjectMapper json;

    PreviewService(Coalescer coalescer, RecordCheck check, ObjectMapper json) {
        this.coalescer = coalescer;
        this.check = check;
        this.json = json;
    }

    /** A batch that holds just this event. */
    public Batch alone(IdentityChange change) {
        return coalescer.coalesce(List.of(change)).toBeShown();
    }

    /**
     * @param fresh the event as if the identity were unknown
     * @param now the event with the identity's current state
     * @param failure why Salesforce could not be queried; null if it could
     */
    public Preview show(Batch fresh, Batch now, Exception failure) {
        SyncItem asNew = fresh.items().get(0);
        SyncItem shown = failure == null ? now.items().get(0) : asNew;
        List<ObjectNode> records = new ArrayList<>();
        List<RecordProblem> problems = new ArrayList<>();
        if (failure != null) {
            PauseDeliveryException pause = ObjectHelper.getException(PauseDeliveryException.class, failure);
            problems.add(RecordProblem.warning("Salesforce could not be queried for an existing record, nor for what its fields"
                    + " take" + (pause == null ? "." : ": " + pause.getMessage())));
        }
        say(shown, problems);
        if (shown.isPending()) {
            records.add(json(shown));
            if (failure == null) {
                problems.addAll(check.problems(shown));
            }
        }
        if (asNew.isPending() && (records.isEmpty() || shown.hasRecord())) {
            records.add(json(asNew));
        }
        return new Preview(records, problems, shown.getMapping().label());
    }

    private static void say(SyncItem item, List<RecordProblem> problems) {
        switch (item.getOutcome()) {
            case UNCHANGED -> problems.add(RecordProblem.info("Nothing would be sent: Salesforce has the same values already."));
            case SUPERSEDED -> problems.add(RecordProblem.info(item.getError() == null
                    ? "Nothing would be sent: a newer state of the identity was sent already."
                    : "Nothing would be sent: " + item.getError().message()));
            case SKIPPED -> problems.add(item.getError() == null
                    ? RecordProblem.info("Nothing would be sent: the mapping returns null.")
                    : RecordProblem.warning(item.getError().code() + ": " + item.getError().message()));
            case DEAD_LETTER -> problems.add(RecordProblem.error(null,
                    item.getError().code() + ": " + item.getError().message().replace(Mappings.REMEDY, "")));
            default -> {}
        }
        item.getWantedParents().forEach(parent -> problems.add(RecordProblem.info(parent.object() + " of " + parent.field()
                + (parent.create() ? " would be created, unless it is found." : " would be looked for."))));
        item.getChildren().forEach(child -> problems.add(RecordProblem.info(child.object() + " would be written after the record,"
                + " unless it is there already.")));
        if (item.getNote() != null) {
            problems.add(RecordProblem.warning(item.getNote().code() + ": " + item.getNote().message()));
        }
    }

    private ObjectNode json(SyncItem item) {
        ObjectNode record = json.createObjectNode();
        record.putObject("attributes").put("type", item.getObject());
        if (item.hasRecord()) {
            record.put("id", item.getSalesforceId());
        }
        record.setAll(item.getRecord());
        item.getWantedParents().forEach(parent -> record.set(parent.field(), parent.shown()));
        if (!item.getChildren().isEmpty()) {
            ArrayNode children = record.putArray(Mapping.CHILDREN);
            item.getChildren().forEach(child -> children.add(child.shown()));
        }
        return record;
    }
}
