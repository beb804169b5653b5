package dev.orysalesforce.sandbox;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** A condition of a query. */
sealed interface Condition {

    boolean matches(SandboxRecord record, Org org);

    /** IDs among which all matches are, or null when only a look at every record tells. */
    Set<String> candidates(ObjectTable table);

    /** How two values compare. */
    enum Operator { EQUAL, NOT_EQUAL, LESS, GREATER, LESS_OR_EQUAL, GREATER_OR_EQUAL, IN, NOT_IN, LIKE }

    record All(List<Condition> parts) implements Condition {
        @Override
        public boolean matches(SandboxRecord record, Org org) {
            for (Condition part : parts) {
                if (!part.matches(record, org)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public Set<String> candidates(ObjectTable table) {
            Set<String> fewest = null;
            for (Condition part : parts) {
                Set<String> some = part.candidates(table);
                if (some != null && (fewest == null || some.size() < fewest.size())) {
                    fewest = some;
                }
            }
            return fewest;
        }
    }

    record Any(List<Condition> parts) implements Condition {
        @Override
        public boolean matches(SandboxRecord record, Org org) {
            for (Condition part : parts) {
                if (part.matches(record, org)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public Set<String> candidates(ObjectTable table) {
            Set<String> all = new HashSet<>();
            for (Condition part : parts) {
                Set<String> some = part.candidates(table);
                if (some == null) {
                    return null;
                }
                all.addAll(some);
            }
            return all;
        }
    }

    record Not(Condition negated) implements Condition {
        @Override
        public boolean matches(SandboxRecord record, Org org) {
            return !negated.matches(record, org);
        }

        @Override
        public Set<String> candidates(ObjectTable table) {
            return null;
        }
    }

    /** @param keys the operands in comparable form, null for {@code null} */
    record Comparison(FieldPath path, Operator operator, Set<Object> keys, Pattern like) implements Condition {
        @Override
        public boolean matches(SandboxRecord record, Org org) {
            Object value = key(path.field(), path.value(record, org));
            return switch (operator) {
                case EQUAL, IN -> keys.contains(value);
                case NOT_EQUAL, NOT_IN -> !keys.contains(value);
                case LIKE -> value != null && like.matcher(value.toString()).matches();
                default -> value != null && ordered(value, keys.iterator().next());
            };
        }

        @Override
        public Set<String> candidates(ObjectTable table) {
            boolean equality = operator == Operator.EQUAL || operator == Operator.IN;
            if (!equality || !path.hops().isEmpty() || keys.contains(null)) {
                return null;
            }
            Set<String> ids = new HashSet<>();
            if (path.field().type() == FieldType.ID) {
                keys.forEach(key -> ids.add(key.toString()));
                return ids;
            }
            if (!path.field().isIndexed()) {
                return null;
            }
            keys.forEach(key -> ids.addAll(table.ids(path.field(), key)));
            return ids;
        }

        @SuppressWarnings("unchecked")
        private boolean ordered(Object value, Object operand) {
            if (operand == null) {
                return false;
            }
            int order = ((Comparable<Object>) value).compareTo(operand);
            return switch (operator) {
                case LESS -> order < 0;
                case GREATER -> order > 0;
                case LESS_OR_EQUAL -> order <= 0;
                default -> order >= 0;
            };
        }

        /** Text compares without case, but for IDs and case-sensitive fields. */
        static Object key(FieldRule rule, Object value) {
            if (value == null || value instanceof Boolean || value instanceof Instant) {
                return value;
            }
            return switch (rule.type()) {
                case DATETIME -> SalesforceTime.parse(value.toString());
                case DOUBLE -> new BigDecimal(value.toString()).stripTrailingZeros();
                case ID, REFERENCE -> value.toString();
                default -> rule.is(FieldRule.Trait.CASE_SENSITIVE)
                        ? value.toString()
                        : value.toString().toLowerCase(Locale.ROOT);
            };
        }
    }
}
