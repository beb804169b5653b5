package dev.orysalesforce.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.settings.SyncSettings.Action;
import dev.orysalesforce.settings.SyncSettings.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Why Salesforce or the app rejected a record or a whole call.
 *
 * @param code Salesforce's status or error code, or one of this app
 * @param message what happened, without a value of the identity
 * @param fields the fields that Salesforce named; may be empty
 * @param action what the app does about it; null if only the code decides
 */
public record RecordError(String code, String message, List<String> fields, Action action) {

    private static final int LONGEST = 500;
    /**
     * Matches from the beginning of a word only; otherwise a long word without an @ would be searched from each of its
     * letters.
     */
    private static final Pattern ADDRESS = Pattern.compile("(?<!\\S)[^\\s@]*+@\\S++");

    /** Salesforce repeats a part of the query before this. */
    private static final Pattern END_OF_QUERY = Pattern.compile("(?s).*ERROR at Row:\\d+:Column:\\d+\\s*");

    public RecordError(String code, String message, List<String> fields) {
        this(code, message, fields, null);
    }

    public static RecordError of(String code, String message) {
        return new RecordError(code, message, List.of());
    }

    /** The same error without the record's values in its message, because Salesforce quotes what it rejects. */
    public RecordError without(JsonNode record) {
        List<String> values = new ArrayList<>();
        collect(record, values);
        values.sort(Comparator.comparing(String::length).reversed());
        String redacted = message == null ? "" : ADDRESS.matcher(message).replaceAll("…");
        for (String value : values) {
            redacted = redacted.replace(value, "…");
        }
        return new RecordError(code, redacted.length() > LONGEST ? redacted.substring(0, LONGEST) + "…" : redacted, fields, action);
    }

    /**
     * The same with nothing of what is known of an identity in its message, in whatever form Salesforce quotes it. It may take
     * out more than that, so it is for Salesforce's words, not for the app's own.
     *
     * @param known records that were sent, traits; each may be null
     */
    public RecordError redacted(Collection<JsonNode> known) {
        String words = message == null ? "" : message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message;
        return new RecordError(code, Redaction.of(words, known), fields, action);
    }

    /** The same without the part of a query that Salesforce repeats. */
    RecordError withoutQuery() {
        return message == null ? this : new RecordError(code, END_OF_QUERY.matcher(message).replaceFirst(""), fields, action).without(null);
    }

    /** The same with another action and message. */
    public RecordError acting(Action other, String reason) {
        return new RecordError(code, reason, fields, other);
    }

    /** The same with what the app does about it, and what the operator can do. */
    public RecordError decided(Rule rule) {
        return new RecordError(code, rule.remedy() == null ? message : message + " — " + rule.remedy(), fields, rule.action());
    }

    private static void collect(JsonNode node, List<String> values) {
        if (node == null) {
            return;
        }
        if (node.isContainerNode()) {
            node.forEach(child -> collect(child, values));
        } else if (node.isTextual() && node.textValue().strip().length() > 1) {
            values.add(node.textValue().strip());
        }
    }
}
