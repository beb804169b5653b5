package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.IdentityChange;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.util.ObjectHelper;
import org.springframework.stereotype.Component;

/** Shows what would be sent, by the routes that prepare what is sent. */
@Component("previews")
public class Previews {

    private final Coalescer coalescer;
    private final RecordCheck check;
    private final ObjectMapper json;

    Previews(Coalescer coalescer, RecordCheck check, ObjectMapper json) {
        this.coalescer = coalescer;
        this.check = check;
        this.json = json;
    }

    /** A batch that holds just this event. */
    public Batch alone(IdentityChange change) {
        return coalescer.coalesce(List.of(change));
    }

    /**
     * @param fresh the event as if nobody had heard of the identity
     * @param now the event as things stand
     * @param failure why Salesforce could not be asked; null if it could
     */
    public Preview show(Batch fresh, Batch now, Exception failure) {
        Row asNew = fresh.rows().get(0);
        Row shown = failure == null ? now.rows().get(0) : asNew;
        List<ObjectNode> records = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        if (failure != null) {
            HoldException hold = ObjectHelper.getException(HoldException.class, failure);
            problems.add(Problem.warning("Salesforce could not be asked whether there is a record, nor what its fields"
                    + " take" + (hold == null ? "." : ": " + hold.getMessage())));
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

    private static void say(Row row, List<Problem> problems) {
        switch (row.getOutcome()) {
            case UNCHANGED -> problems.add(Problem.info("Nothing would be sent: Salesforce has all of it already."));
            case SUPERSEDED -> problems.add(Problem.info(row.getRefusal() == null
                    ? "Nothing would be sent: a newer state of the identity has been."
                    : "Nothing would be sent: " + row.getRefusal().message()));
            case SKIPPED -> problems.add(row.getRefusal() == null
                    ? Problem.info("Nothing would be sent: the mapping answers null.")
                    : Problem.warning(row.getRefusal().code() + ": " + row.getRefusal().message()));
            case DEAD_LETTER -> problems.add(Problem.error(null,
                    row.getRefusal().code() + ": " + row.getRefusal().message()));
            default -> { }
        }
        if (row.getNote() != null) {
            problems.add(Problem.warning(row.getNote().code() + ": " + row.getNote().message()));
        }
    }

    private ObjectNode json(Row row) {
        ObjectNode record = json.createObjectNode();
        record.putObject("attributes").put("type", row.getObject());
        if (row.hasRecord()) {
            record.put("id", row.getSalesforceId());
        }
        return record.setAll(row.getRecord());
    }
}
