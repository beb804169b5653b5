package dev.orysalesforce.console;

import dev.orysalesforce.check.DiffCounts;
import java.util.ArrayList;
import java.util.List;

/**
 * A value that candidates would change.
 *
 * @param field object and field
 * @param identity its ID, or the name of an example
 * @param before what the mappings in use make; null if nothing
 * @param after what the candidates make; null if nothing
 */
record ChangedValue(String field, DiffCounts.Kind kind, String identity, String before, String after) {

    static List<ChangedValue> of(DiffCounts counts) {
        List<ChangedValue> values = new ArrayList<>();
        counts.fields().forEach((field, kinds) -> kinds.forEach((kind, count) -> count.examples().forEach(example -> values
                .add(new ChangedValue(field, kind, example.identity(), MappingComparison.words(example.before()),
                        MappingComparison.words(example.after()))))));
        return values;
    }
}
