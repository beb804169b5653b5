package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.sync.Describe.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * Finds beforehand what Salesforce would refuse in a record, as far as the org's description of its fields says it.
 * Validation rules, duplicate rules and triggers are not described.
 */
@Component
class RecordCheck {

    /** Whoever mends a field in Setup wants to see it mended. */
    private static final Duration GOOD_FOR = Duration.ofSeconds(30);
    private static final Pattern EMAIL = Pattern.compile("[^\\s@]+@[^\\s@]+\\.[^\\s@.]+");
    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");
    private static final Pattern DATE_TIME = Pattern.compile(DATE.pattern() + "T\\d\\d:\\d\\d.*");

    private final Describe org;

    RecordCheck(Describe org) {
        this.org = org;
    }

    /** Problems that would have Salesforce refuse the row; no value is quoted. */
    List<Problem> problems(Row row) {
        ObjectNode record = row.getRecord();
        Map<String, Field> fields = org.fields(row.getObject(), GOOD_FOR);
        List<Problem> problems = new ArrayList<>();
        record.properties().forEach(sent -> {
            Field field = fields.get(sent.getKey());
            String message = field == null
                    ? "is not a field of " + row.getObject() + " that this user can see: create it, grant it, or take it out"
                    : message(field, sent.getValue(), row.hasRecord());
            if (message != null) {
                problems.add(Problem.error(sent.getKey(), sent.getKey() + " " + message + "."));
            }
        });
        if (!row.hasRecord()) {
            fields.forEach((name, field) -> {
                if (field.isRequired() && !record.hasNonNull(name)) {
                    problems.add(Problem.error(name, name + " is required in a new " + row.getObject()
                            + ", and the mapping has no value for it (onCreate is the place for a stop-gap)."));
                }
            });
        }
        return problems;
    }

    private static String message(Field field, JsonNode value, boolean exists) {
        if (exists ? !field.updateable() : !field.createable()) {
            return "can't be written by this user";
        }
        if (value.isNull()) {
            return exists && field.isRequired() ? "can't be emptied" : null;
        }
        String text = value.asText();
        return switch (field.type()) {
            case "email" -> text.length() > field.length() ? tooLong(field, text)
                    : EMAIL.matcher(text).matches() ? null : "is no e-mail address that Salesforce takes";
            case "boolean" -> value.isBoolean() ? null : "takes true or false";
            case "double", "currency", "percent", "int" -> value.isNumber() ? null : "takes a number";
            case "date" -> DATE.matcher(text).matches() ? null : "takes a date like 2026-11-24";
            case "datetime" -> DATE_TIME.matcher(text).matches() ? null : "takes a time like 2026-11-24T08:00:00Z";
            default -> !field.values().isEmpty() && !field.values().contains(text)
                    ? "takes only values of its picklist: " + field.values()
                    : field.length() > 0 && text.length() > field.length() ? tooLong(field, text) : null;
        };
    }

    private static String tooLong(Field field, String text) {
        return "takes " + field.length() + " characters, not " + text.length();
    }
}
