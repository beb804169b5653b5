package dev.orysalesforce.sandbox;

import dev.orysalesforce.sandbox.Condition.Comparison;
import dev.orysalesforce.sandbox.Condition.Operator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * A query that was understood.
 *
 * @param fields what to answer; empty for {@code COUNT()}
 * @param where  null when there is no condition
 * @param limit  most records, -1 for all
 */
record SoqlQuery(ObjectTable table, List<FieldPath> fields, Condition where, List<Order> orders, int limit,
        int offset) {

    /** One {@code ORDER BY} field. */
    record Order(FieldPath path, boolean descending, boolean nullsLast) {
    }

    boolean isCount() {
        return fields.isEmpty();
    }

    List<SandboxRecord> run(Org org, boolean deletedToo) {
        List<SandboxRecord> found = new ArrayList<>();
        Set<String> candidates = where == null ? null : where.candidates(table);
        if (candidates == null && isInOrderOfIndex() && where instanceof Comparison range && !range.keys().contains(null)) {
            return table.from(range.path().field(), range.keys().iterator().next(), range.operator() == Operator.GREATER_OR_EQUAL)
                    .filter(record -> isAnswered(record, org, deletedToo)).skip(offset).limit(limit).toList();
        }
        if (candidates == null) {
            table.all().forEach(record -> add(found, record, org, deletedToo));
        } else {
            candidates.stream().sorted().forEach(id -> add(found, table.get(id), org, deletedToo));
        }
        if (!orders.isEmpty()) {
            found.sort(comparator(org));
        }
        int from = Math.min(offset, found.size());
        int to = limit < 0 ? found.size() : Math.min(found.size(), from + limit);
        return found.subList(from, to);
    }

    /**
     * How many records the database looks at: those that an index leads to, or the first ones in the order of an index. Without
     * an index, e.g. for {@code != null}, it looks at all.
     */
    int scanned() {
        Set<String> candidates = where == null ? null : where.candidates(table);
        if (candidates != null) {
            return candidates.size();
        }
        int all = table.all().size();
        return isInOrderOfIndex() ? Math.min(limit, all) : all;
    }

    /** Whether it asks for the first records from a value on, in the order of an index. */
    private boolean isInOrderOfIndex() {
        return limit >= 0 && orders.size() == 1 && !orders.get(0).descending() && orders.get(0).path().field().isIndexed()
                && orders.get(0).path().hops().isEmpty() && where instanceof Comparison range
                && (range.operator() == Operator.GREATER || range.operator() == Operator.GREATER_OR_EQUAL)
                && range.path().equals(orders.get(0).path());
    }

    private void add(List<SandboxRecord> found, SandboxRecord record, Org org, boolean deletedToo) {
        if (record != null && isAnswered(record, org, deletedToo)) {
            found.add(record);
        }
    }

    private boolean isAnswered(SandboxRecord record, Org org, boolean deletedToo) {
        return !org.isHidden(record.id()) && (deletedToo || !record.isDeleted()) && (where == null || where.matches(record, org));
    }

    @SuppressWarnings("unchecked")
    private Comparator<SandboxRecord> comparator(Org org) {
        return (a, b) -> {
            for (Order order : orders) {
                Object left = Condition.Comparison.key(order.path.field(), order.path.value(a, org));
                Object right = Condition.Comparison.key(order.path.field(), order.path.value(b, org));
                int result;
                if (left == null || right == null) {
                    result = left == right ? 0 : (left == null) == order.nullsLast ? 1 : -1;
                } else {
                    result = ((Comparable<Object>) left).compareTo(right) * (order.descending ? -1 : 1);
                }
                if (result != 0) {
                    return result;
                }
            }
            return 0;
        };
    }
}
