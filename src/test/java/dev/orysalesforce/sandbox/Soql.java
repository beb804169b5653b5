package dev.orysalesforce.sandbox;

import dev.orysalesforce.sandbox.Condition.Comparison;
import dev.orysalesforce.sandbox.Condition.Operator;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads the part of SOQL that integrations use: fields (of parents, too), {@code COUNT()}, conditions, order, limit and
 * offset. As strict as Salesforce: {@code AND} and {@code OR} may not be mixed without parentheses, literals must have
 * the type of their field.
 */
final class Soql {
    static final int LONGEST = 100_000;
    /** "4,000 characters for each string within a WHERE clause" (Salesforce Limits Quick Reference). */
    private static final int LONGEST_STRING = 4_000;
    private static final String END = "";

    private final Org org;
    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int next;
    private ObjectTable table;

    /** @param pattern a string's text with the escapes that only LIKE knows, else null */
    private record Token(Kind kind, String text, int at, String pattern) {
        Token(Kind kind, String text, int at) {
            this(kind, text, at, null);
        }
    }

    private enum Kind { WORD, STRING, SYMBOL, END }

    private Soql(String text, Org org) {
        this.text = text;
        this.org = org;
    }

    static SoqlQuery parse(String text, Org org) {
        if (text.length() > LONGEST) {
            throw new ApiError(400, "MALFORMED_QUERY", "SOQL statements cannot be longer than 100000 characters.");
        }
        Soql soql = new Soql(text, org);
        soql.tokenize();
        return soql.query();
    }

    private SoqlQuery query() {
        expect("SELECT");
        List<Token> selected = new ArrayList<>();
        boolean count = false;
        if (isWord("COUNT") && tokens.get(next + 1).text.equals("(")) {
            next += 2;
            expect(")");
            count = true;
        } else {
            do {
                selected.add(word());
            } while (accept(","));
        }
        expect("FROM");
        Token from = word();
        table = org.findTable(from.text).filter(org::isVisible).orElseThrow(() -> new ApiError(400, "INVALID_TYPE", "\n" + text
                + "\n^\nERROR at Row:1:Column:" + (from.at + 1) + "\nsObject type '" + from.text + "' is not "
                + "supported. If you are attempting to use a custom object, be sure to append the '__c' after the "
                + "entity name. Please reference your WSDL or the describe call for the appropriate names."));
        List<FieldPath> fields = new ArrayList<>();
        selected.forEach(token -> fields.add(path(token)));
        if (new HashSet<>(fields).size() < fields.size()) {
            throw malformed("duplicate field selected");
        }
        Condition where = accept("WHERE") ? conditions() : null;
        List<SoqlQuery.Order> orders = new ArrayList<>();
        if (accept("ORDER")) {
            expect("BY");
            do {
                orders.add(order());
            } while (accept(","));
        }
        int limit = accept("LIMIT") ? number() : -1;
        int offset = accept("OFFSET") ? number() : 0;
        if (peek().kind != Kind.END) {
            throw unexpected(peek());
        }
        return new SoqlQuery(table, count ? List.of() : fields, where, orders, limit, offset);
    }

    private SoqlQuery.Order order() {
        FieldPath path = path(word());
        boolean descending = accept("DESC");
        if (!descending) {
            accept("ASC");
        }
        boolean last = false;
        if (accept("NULLS")) {
            last = accept("LAST");
            if (!last) {
                expect("FIRST");
            }
        }
        return new SoqlQuery.Order(path, descending, last);
    }

    private Condition conditions() {
        List<Condition> parts = new ArrayList<>();
        parts.add(condition());
        boolean or = isWord("OR");
        while (accept(or ? "OR" : "AND")) {
            parts.add(condition());
        }
        if (isWord("OR") || isWord("AND")) {
            throw unexpected(peek());
        }
        if (parts.size() == 1) {
            return parts.get(0);
        }
        return or ? new Condition.Any(parts) : new Condition.All(parts);
    }

    private Condition condition() {
        if (accept("NOT")) {
            return new Condition.Not(condition());
        }
        if (accept("(")) {
            Condition inner = conditions();
            expect(")");
            return inner;
        }
        Token name = word();
        FieldPath path = path(name);
        if (!path.field().isFilterable()) {
            throw new ApiError(400, "INVALID_FIELD",
                    "field '" + path.field().name() + "' can not be filtered in a query call");
        }
        Operator operator = operator();
        Set<Object> keys = new HashSet<>();
        Pattern like = null;
        if (operator == Operator.IN || operator == Operator.NOT_IN) {
            expect("(");
            do {
                keys.add(literal(path.field()));
            } while (accept(","));
            expect(")");
        } else if (operator == Operator.LIKE) {
            like = likePattern(token());
        } else {
            keys.add(literal(path.field()));
        }
        return new Comparison(path, operator, Collections.unmodifiableSet(keys), like);
    }

    private Operator operator() {
        Token token = token();
        return switch (token.text.toUpperCase(Locale.ROOT)) {
            case "=" -> Operator.EQUAL;
            case "!=", "<>" -> Operator.NOT_EQUAL;
            case "<" -> Operator.LESS;
            case ">" -> Operator.GREATER;
            case "<=" -> Operator.LESS_OR_EQUAL;
            case ">=" -> Operator.GREATER_OR_EQUAL;
            case "LIKE" -> Operator.LIKE;
            case "IN" -> Operator.IN;
            case "NOT" -> {
                expect("IN");
                yield Operator.NOT_IN;
            }
            default -> throw unexpected(token);
        };
    }

    private Object literal(FieldRule rule) {
        Token token = token();
        if (token.kind == Kind.SYMBOL || token.kind == Kind.END) {
            throw unexpected(token);
        }
        boolean quoted = token.kind == Kind.STRING;
        if (quoted && !token.pattern.equals(token.text.replace("\\", "\\\\"))) {
            throw malformed("Illegal character sequence in string literal: \\_ and \\% belong to LIKE.");
        }
        if (!quoted && token.text.equalsIgnoreCase("null")) {
            return null;
        }
        if (rule.type().isText() != quoted) {
            throw new ApiError(400, "INVALID_FIELD", "value of filter criterion for field '" + rule.name()
                    + "' must be of type " + (rule.type().isText() ? "string and should be enclosed in quotes"
                            : rule.type().wireName() + " and should not be enclosed in quotes"));
        }
        return switch (rule.type()) {
            case BOOLEAN -> switch (token.text.toLowerCase(Locale.ROOT)) {
                case "true" -> Boolean.TRUE;
                case "false" -> Boolean.FALSE;
                default -> throw unexpected(token);
            };
            case DATETIME -> {
                Instant moment = SalesforceTime.parse(token.text);
                if (moment == null) {
                    throw unexpected(token);
                }
                yield moment;
            }
            case DOUBLE -> {
                try {
                    yield new BigDecimal(token.text).stripTrailingZeros();
                } catch (NumberFormatException e) {
                    throw unexpected(token);
                }
            }
            case ID, REFERENCE -> {
                String id = RecordId.normalize(token.text);
                if (id == null) {
                    throw new ApiError(400, "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: " + token.text);
                }
                yield id;
            }
            default -> token.text.isEmpty() ? null : Comparison.key(rule, token.text);
        };
    }

    private FieldPath path(Token token) {
        String[] names = token.text.split("\\.", -1);
        int first = names.length > 1 && names[0].equalsIgnoreCase(table.schema().name()) ? 1 : 0;
        ObjectSchema schema = table.schema();
        List<FieldRule> hops = new ArrayList<>();
        List<String> shown = new ArrayList<>();
        for (int i = first; i < names.length - 1; i++) {
            String name = names[i];
            ObjectSchema at = schema;
            FieldRule hop = at.relationship(name).orElseThrow(() -> new ApiError(400, "INVALID_FIELD",
                    "Didn't understand relationship '" + name + "' in field path. If you are attempting to use a "
                            + "custom relationship, be sure to append the '__r' after the custom relationship name."));
            hops.add(hop);
            shown.add(name);
            schema = org.findTable(hop.referenceTo()).orElseThrow(ApiError::notFound).schema();
        }
        ObjectSchema at = schema;
        String last = names[names.length - 1];
        FieldRule field = at.visible(last).orElseThrow(() -> new ApiError(400, "INVALID_FIELD", "\n" + text
                + "\n^\nERROR at Row:1:Column:" + (token.at + 1) + "\nNo such column '" + last + "' on entity '"
                + at.name() + "'. If you are attempting to use a custom field, be sure to append the '__c' after the "
                + "custom field name. Please reference your WSDL or the describe call for the appropriate names."));
        shown.add(field.name());
        return new FieldPath(List.copyOf(hops), field, List.copyOf(shown));
    }

    private Pattern likePattern(Token token) {
        if (token.kind != Kind.STRING) {
            throw unexpected(token);
        }
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < token.pattern.length(); i++) {
            char c = token.pattern.charAt(i);
            if (c == '\\') {
                regex.append(Pattern.quote(token.pattern.substring(++i, i + 1)));
            } else {
                regex.append(c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex.toString(),
                Pattern.DOTALL | Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    private int number() {
        Token token = token();
        try {
            return Integer.parseInt(token.text);
        } catch (NumberFormatException e) {
            throw unexpected(token);
        }
    }

    private Token word() {
        Token token = token();
        if (token.kind != Kind.WORD) {
            throw unexpected(token);
        }
        return token;
    }

    private boolean isWord(String word) {
        return peek().kind != Kind.STRING && peek().text.equalsIgnoreCase(word);
    }

    private boolean accept(String word) {
        if (isWord(word)) {
            next++;
            return true;
        }
        return false;
    }

    private void expect(String word) {
        if (!accept(word)) {
            throw unexpected(peek());
        }
    }

    private Token peek() {
        return tokens.get(next);
    }

    private Token token() {
        Token token = tokens.get(next);
        if (token.kind == Kind.END) {
            throw unexpected(token);
        }
        next++;
        return token;
    }

    private ApiError unexpected(Token token) {
        return malformed(token.kind == Kind.END ? "unexpected token: <EOF>" : "unexpected token: '" + token.text + "'");
    }

    private ApiError malformed(String what) {
        return new ApiError(400, "MALFORMED_QUERY", "\n" + text + "\n^\nERROR at Row:1:Column:1\n" + what);
    }

    private void tokenize() {
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (Character.isWhitespace(c)) {
                i++;
            } else if (c == '\'') {
                i = string(i);
            } else if (isWordPart(c)) {
                int end = i;
                while (end < text.length() && isWordPart(text.charAt(end))) {
                    end++;
                }
                tokens.add(new Token(Kind.WORD, text.substring(i, end), i));
                i = end;
            } else {
                String two = i + 1 < text.length() ? text.substring(i, i + 2) : "";
                String symbol = Set.of("!=", "<>", "<=", ">=").contains(two) ? two : String.valueOf(c);
                if (!"!=<>=(),".contains(symbol) && !two.equals(symbol)) {
                    throw malformed("unexpected token: '" + symbol + "'");
                }
                tokens.add(new Token(Kind.SYMBOL, symbol, i));
                i += symbol.length();
            }
        }
        tokens.add(new Token(Kind.END, END, text.length()));
        tokens.add(new Token(Kind.END, END, text.length()));
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.' || c == ':' || c == '-' || c == '+';
    }

    private int string(int start) {
        StringBuilder value = new StringBuilder();
        StringBuilder pattern = new StringBuilder();
        int i = start + 1;
        while (i < text.length() && text.charAt(i) != '\'') {
            char c = text.charAt(i++);
            if (c == '\n' || c == '\r') {
                throw malformed("line breaks not allowed in string literals");
            }
            boolean onlyInLike = false;
            if (c == '\\') {
                char escaped = i < text.length() ? text.charAt(i++) : ' ';
                onlyInLike = escaped == '_' || escaped == '%';
                if (escaped == 'u') {
                    c = unicode(i);
                    i += 4;
                } else {
                    c = onlyInLike ? escaped : unescaped(escaped);
                }
            }
            value.append(c);
            pattern.append(onlyInLike || c == '\\' ? "\\" : "").append(c);
        }
        if (i >= text.length()) {
            throw malformed("unexpected token: ''");
        }
        if (value.length() > LONGEST_STRING) {
            throw malformed("string literal is longer than " + LONGEST_STRING + " characters");
        }
        tokens.add(new Token(Kind.STRING, value.toString(), start, pattern.toString()));
        return i + 1;
    }

    private char unescaped(char escaped) {
        return switch (escaped) {
            case 'n', 'N' -> '\n';
            case 'r', 'R' -> '\r';
            case 't', 'T' -> '\t';
            case 'b', 'B' -> '\b';
            case 'f', 'F' -> '\f';
            case '\'', '"', '\\' -> escaped;
            default -> throw malformed("Illegal character sequence '\\" + escaped + "' in string literal.");
        };
    }

    private char unicode(int at) {
        String digits = text.substring(at, Math.min(text.length(), at + 4));
        if (!digits.matches("\\p{XDigit}{4}")) {
            throw malformed("Illegal character sequence '\\u' in string literal.");
        }
        return (char) Integer.parseInt(digits, 16);
    }
}
