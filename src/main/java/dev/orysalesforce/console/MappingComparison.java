package dev.orysalesforce.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.check.Preview;
import dev.orysalesforce.check.RecordProblem;
import dev.orysalesforce.salesforce.OryFields;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Two records of the same sample, field by field.
 *
 * @param inUse what the mapping in use makes
 * @param candidate what the candidate makes; null if there is none
 * @param file the file that would have to change
 * @param place the line of the candidate that has an error; null if none is known
 * @param text of the candidate, or without one, of the mapping in use
 */
record MappingComparison(Preview inUse, Preview candidate, String file, Line place, String text) {

    private static final Pattern PLACE = Pattern.compile("candidate/[^/:\\s]+:(\\d{1,6})\\b");
    private static final Set<String> NO_FIELDS = Set.of("attributes", "id");

    /**
     * @param number counted from 1
     */
    record Line(int number, String text) {}

    /**
     * @param before the value that the mapping in use makes; null if it makes none
     * @param after the value that the candidate makes; null if it makes none
     * @param change same, changes, appears or disappears; unknown if the candidate failed; null without a candidate
     * @param lines of the mapping's text that name the field
     * @param problems what Salesforce would say to the value of the candidate, or without a candidate, to the one in use
     */
    record Row(String field, String before, String after, String change, List<Integer> lines, List<String> problems) {

        /** Where the mapping names the field; null if it does not, e.g. because it computes the name. */
        public String place() {
            int last = lines.size() - 1;
            return last < 0 ? null : last == 0 ? "Line " + lines.get(0) + " of the mapping names this field."
                    : "Lines " + lines.subList(0, last).stream().map(String::valueOf).collect(Collectors.joining(", ")) + " and "
                            + lines.get(last) + " of the mapping name this field.";
        }

        /** Whether there is a value that Salesforce would take. */
        public boolean isTaken() {
            return problems.isEmpty() && (change == null ? before : after) != null;
        }
    }

    static MappingComparison of(Preview inUse, Preview candidate, String file, String text) {
        return new MappingComparison(inUse, candidate, file, candidate == null ? null : place(candidate, text), text);
    }

    private static Line place(Preview candidate, String text) {
        List<String> lines = text.lines().toList();
        return candidate.problems().stream().map(problem -> PLACE.matcher(problem.message())).filter(Matcher::find)
                .map(found -> Integer.parseInt(found.group(1))).filter(line -> line > 0 && line <= lines.size()).findFirst()
                .map(line -> new Line(line, lines.get(line - 1))).orElse(null);
    }

    private Preview shown() {
        return candidate == null ? inUse : candidate;
    }

    /** Whether there is a candidate that could be used: it makes a record, or skips the sample. */
    public boolean isUsable() {
        return candidate != null && !isFailed();
    }

    private boolean isFailed() {
        return candidate != null && candidate.records().isEmpty()
                && candidate.problems().stream().anyMatch(problem -> problem.severity().equals("error"));
    }

    /** The object and version of a record, for the head of its column. */
    public String title(Preview preview) {
        return preview.records().isEmpty() ? preview.mapping()
                : preview.records().get(0).path("attributes").path("type").asText() + ", " + preview.mapping();
    }

    /** What concerns the whole record. */
    public List<RecordProblem> notes(Preview preview) {
        return preview.problems().stream().filter(problem -> problem.field() == null).toList();
    }

    /** The fields of both, and those that are missing. */
    public List<Row> rows() {
        ObjectNode before = record(inUse);
        ObjectNode after = candidate == null ? null : record(candidate);
        Set<String> names = new LinkedHashSet<>();
        Stream.of(after, before).filter(Objects::nonNull).forEach(record -> record.fieldNames().forEachRemaining(names::add));
        names.removeAll(NO_FIELDS);
        shown().problems().stream().map(RecordProblem::field).filter(Objects::nonNull).forEach(names::add);
        return names.stream().map(name -> row(name, before == null ? null : before.get(name), after == null ? null : after.get(name)))
                .toList();
    }

    private Row row(String name, JsonNode before, JsonNode after) {
        return new Row(name, words(before), words(after),
                candidate == null ? null : isFailed() ? "unknown" : before == null && after == null ? "same" : before == null ? "appears"
                        : after == null ? "disappears" : isSame(name, before, after) ? "same" : "changes",
                lines(name),
                shown().problems().stream().filter(problem -> name.equals(problem.field())).map(RecordProblem::message).toList());
    }

    private List<Integer> lines(String field) {
        Pattern key = Pattern.compile("(?<![\\w.$])[\"']?" + Pattern.quote(field) + "[\"']?\\s*:");
        List<String> lines = text.lines().toList();
        return IntStream.range(0, lines.size()).filter(i -> key.matcher(lines.get(i)).find()).mapToObj(i -> i + 1).toList();
    }

    /** The version of a sample that tells none is the time at which it was read. */
    private static boolean isSame(String name, JsonNode before, JsonNode after) {
        return name.equals(OryFields.ORY_UPDATED_AT) || before.equals(after);
    }

    private static ObjectNode record(Preview preview) {
        return preview.records().isEmpty() ? null : preview.records().get(0);
    }

    /** A value as people read it; null if there is none. */
    static String words(JsonNode value) {
        return value == null ? null : value.isNull() ? "(empty)" : value.isTextual() ? value.textValue() : value.toString();
    }
}
