package dev.orysalesforce.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.Describe.Field;
import dev.orysalesforce.sync.SyncItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * Predicts what Salesforce would reject in a record, as far as the org's description of its fields tells. Validation rules,
 * duplicate rules and triggers are not described.
 */
@Component
class RecordCheck {

    /** Short, because a person who fixes a field in Setup checks again soon. */
    private static final Duration GOOD_FOR = Duration.ofSeconds(30);
    private static final Pattern EMAIL = Pattern.compile("[^\\s@]+@[^\\s@]+\\.[^\\s@.]+");
    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");
    private static final Pattern DATE_TIME = Pattern.compile(DATE.pattern() + "T\\d\\d:\\d\\d.*");

    private final Describe org;

    RecordCheck(Describe org) {
        this.org = org;
    }

    /**
     * A value that Salesforce would reject.
     *
     * @param what without the name of the field, no value quoted
     * @param remedy the same for every record that has it
     */
    record Complaint(String field, String what, String remedy) {}

    /** Problems that would make Salesforce reject the item; no value is quoted. */
    List<RecordProblem> problems(SyncItem item) {
        return complaints(item).stream().map(complaint -> RecordProblem.error(complaint.field(),
                complaint.field() + " " + complaint.what() + ". " + complaint.remedy())).toList();
    }

    List<Complaint> complaints(SyncItem item) {
        ObjectNode record = item.getRecord();
        Map<String, Field> fields = org.fields(item.getObject(), GOOD_FOR);
        List<Complaint> complaints = new ArrayList<>();
        record.properties().forEach(sent -> {
            Complaint complaint = complaint(sent.getKey(), fields.get(sent.getKey()), sent.getValue(), item);
            if (complaint != null) {
                complaints.add(complaint);
            }
        });
        if (!item.hasRecord()) {
            fields.forEach((name, field) -> {
                if (field.isRequired() && !record.hasNonNull(name)) {
                    complaints.add(new Complaint(name, "is required in a new " + item.getObject() + ", and the mapping has no"
                            + " value for it", "Let the mapping fill it; put a placeholder into onCreate."));
                }
            });
        }
        return complaints;
    }

    private static Complaint complaint(String name, Field field, JsonNode value, SyncItem item) {
        boolean exists = item.hasRecord();
        if (field == null) {
            return new Complaint(name, "is not a field of " + item.getObject() + " that this user can see",
                    "Create it, give the run-as user access to it (permission set, field-level security), or take it out of"
                            + " the mapping.");
        }
        if (exists ? !field.updateable() : !field.createable()) {
            return new Complaint(name, "can't be written by this user" + (exists ? " once the record is there" : ""),
                    "Give the run-as user edit access to it, or take it out of the mapping.");
        }
        if (value.isNull()) {
            return exists && field.isRequired() ? new Complaint(name, "can't be emptied",
                    "Let the mapping leave it out instead of returning null.") : null;
        }
        String text = value.asText();
        boolean isTooLong = field.length() > 0 && text.length() > field.length();
        return switch (field.type()) {
            case "boolean" -> value.isBoolean() ? null : wrongType(name, "takes true or false");
            case "double", "currency", "percent", "int" -> value.isNumber() ? null : wrongType(name, "takes a number");
            case "date" -> DATE.matcher(text).matches() ? null : wrongType(name, "takes a date like 2026-11-24");
            case "datetime" -> DATE_TIME.matcher(text).matches() ? null
                    : wrongType(name, "takes a time like 2026-11-24T08:00:00Z");
            default -> !value.isTextual() && !(value.isObject() && field.type().equals("reference"))
                    ? wrongType(name, "takes a text")
                    : !field.values().isEmpty() && !takes(field, text)
                            ? new Complaint(name, "takes only values of its picklist: " + field.values(),
                                    "Add the value to the picklist, or change the mapping.")
                    : isTooLong ? new Complaint(name, "takes " + field.length() + " characters, not " + text.length(),
                            "Truncate it to " + field.length() + " in the mapping, or widen the field.")
                    : field.type().equals("email") && !EMAIL.matcher(text).matches()
                            ? wrongType(name, "is no e-mail address that Salesforce takes")
                    : null;
        };
    }

    private static boolean takes(Field field, String text) {
        return field.values().containsAll(field.type().equals("multipicklist") ? List.of(text.split(";")) : List.of(text));
    }

    private static Complaint wrongType(String name, String what) {
        return new Complaint(name, what, "Change what the mapping writes, or the type of the field.");
    }
}
