package dev.orysalesforce.console;

import dev.orysalesforce.check.DiffCounts;
import dev.orysalesforce.check.DiffCounts.Count;
import dev.orysalesforce.check.DiffCounts.Example;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The changes as a file: the counts, without values, or the values of the examples. */
final class ChangesCsv {

    private ChangesCsv() {}

    /** First the identities by their outcomes, then the fields by their kinds of change. */
    static void write(HttpServletResponse response, DiffCounts counts) throws IOException {
        List<List<Object>> rows = new ArrayList<>();
        counts.fates().forEach((fate, count) -> rows.add(row("identities", fate.words(), count)));
        counts.fields().forEach((field, kinds) -> kinds.forEach((kind, count) -> rows.add(row(field, kind.words(), count))));
        write(response, "changes", List.of("field", "kind", "records", "examples"), rows);
    }

    private static List<Object> row(String field, String kind, Count count) {
        return List.of(field, kind, count.records(),
                count.examples().stream().map(Example::identity).collect(Collectors.joining(" ")));
    }

    static void writeValues(HttpServletResponse response, List<ChangedValue> values) throws IOException {
        write(response, "changed-values", List.of("field", "kind", "identity", "inUse", "candidate"), values.stream()
                .map(value -> Arrays.<Object>asList(value.field(), value.kind().words(), value.identity(), value.before(),
                        value.after()))
                .toList());
    }

    private static void write(HttpServletResponse response, String name, List<String> columns, List<List<Object>> rows)
            throws IOException {
        Csv.write(response, name, columns, offset -> rows.subList(Math.min(offset, rows.size()), rows.size()));
    }
}
