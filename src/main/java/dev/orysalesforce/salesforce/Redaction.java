package dev.orysalesforce.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.web.util.HtmlUtils;

/**
 * Removes an identity's values from a text, in whatever form the text has them: other case, escaped for HTML, cut, in
 * another normal form, words in another order, numbers with other separators. It may remove more than that. The values may be
 * many and large, the text is short, so only what the text may quote is kept of them.
 */
final class Redaction {

    private static final String MARK = "…";

    /** Shorter words do not identify anybody, and many messages contain them. */
    private static final int WORD = 4;
    private static final int MOST_DIGITS = 400;

    /** Only from the start of a word; otherwise a long word without an @ is searched from each of its letters. */
    private static final Pattern ADDRESS = Pattern.compile("(?<!\\S)[^\\s@]*+@\\S++");
    private static final Pattern WORDS = Pattern.compile("[\\p{L}\\p{M}\\p{Nd}]+");
    private static final Pattern NUMBERS = Pattern.compile("(?<![\\p{L}\\p{Nd}])\\p{Nd}[\\p{Nd} ().,'’/-]*\\p{Nd}(?![\\p{L}\\p{Nd}])");

    private final String text;
    private final String lowerCase;
    private final Set<String> beginnings;
    private final List<String> quotedNumbers;

    private final Set<String> values = new HashSet<>();
    private final TreeSet<String> words = new TreeSet<>();
    private final Set<String> numbers = new HashSet<>();

    private Redaction(String message) {
        this.text = ADDRESS.matcher(Normalizer.normalize(HtmlUtils.htmlUnescape(message), Normalizer.Form.NFC)).replaceAll(MARK);
        this.lowerCase = text.toLowerCase(Locale.ROOT);
        this.beginnings = WORDS.matcher(text).results().map(word -> comparable(word.group()))
                .filter(word -> word.length() >= WORD).map(word -> word.substring(0, WORD)).collect(Collectors.toSet());
        this.quotedNumbers = NUMBERS.matcher(text).results().map(number -> digits(number.group()))
                .filter(number -> number.length() >= WORD).distinct().toList();
    }

    /**
     * @param message a few hundred characters
     * @param known records, traits; each may be null
     */
    static String of(String message, Collection<JsonNode> known) {
        Redaction redaction = new Redaction(message);
        known.forEach(redaction::collect);
        return redaction.redacted();
    }

    private void collect(JsonNode node) {
        if (node == null) {
            return;
        }
        if (node.isContainerNode()) {
            node.forEach(this::collect);
        } else if (node.isTextual() || node.isNumber()) {
            String value = node.isNumber() ? written(node.decimalValue()) : node.textValue().strip();
            if (node.isTextual() && value.length() > 1 && value.length() <= 2 * text.length()) {
                collectValue(Normalizer.normalize(value, Normalizer.Form.NFC));
            }
            collectWords(comparable(value));
            if (!quotedNumbers.isEmpty()) {
                collectNumber(digits(value));
            }
        }
    }

    /** 1e999999999 has a billion digits, which no message quotes. */
    private static String written(BigDecimal number) {
        return Math.abs(number.scale()) > MOST_DIGITS ? number.toString() : number.toPlainString();
    }

    private void collectValue(String value) {
        if (lowerCase.contains(value.toLowerCase(Locale.ROOT))) {
            values.add(value);
        }
    }

    /** By hand, because a pattern takes ten times as long, and a rejected call has megabytes of values. */
    private void collectWords(String value) {
        for (int end, start = 0; start < value.length(); start = end + 1) {
            end = start;
            while (end < value.length() && isOfWord(value.charAt(end))) {
                end++;
            }
            if (end - start >= WORD && beginnings.contains(value.substring(start, start + WORD))) {
                words.add(value.substring(start, end));
            }
        }
    }

    private void collectNumber(String digits) {
        if (digits.length() >= WORD && quotedNumbers.stream().anyMatch(quoted -> isSame(quoted, digits))) {
            numbers.add(digits);
        }
    }

    private String redacted() {
        String rest = text;
        for (String value : values.stream().sorted(Comparator.comparing(String::length).reversed()).toList()) {
            rest = whole(value).matcher(rest.replace(value, MARK)).replaceAll(MARK);
        }
        rest = NUMBERS.matcher(rest).replaceAll(number -> isKnownNumber(digits(number.group())) ? MARK
                : Matcher.quoteReplacement(number.group()));
        return WORDS.matcher(rest).replaceAll(word -> isKnownWord(comparable(word.group())) ? MARK
                : Matcher.quoteReplacement(word.group()));
    }

    private static Pattern whole(String value) {
        return Pattern.compile("(?<![\\p{L}\\p{Nd}])" + Pattern.quote(value) + "(?![\\p{L}\\p{Nd}])",
                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    private boolean isKnownNumber(String digits) {
        return digits.length() >= WORD && numbers.stream().anyMatch(known -> isSame(known, digits));
    }

    /** With or without a country's code, decimals or an extension. */
    private static boolean isSame(String one, String other) {
        return one.contains(other) || other.contains(one);
    }

    /** Also the start of a known word, and a word that starts with a known one. */
    private boolean isKnownWord(String word) {
        if (word.length() < WORD) {
            return false;
        }
        String next = words.ceiling(word);
        if (next != null && next.startsWith(word)) {
            return true;
        }
        for (int length = WORD; length < word.length(); length++) {
            if (words.contains(word.substring(0, length))) {
                return true;
            }
        }
        return false;
    }

    /** As WORDS; surrogates, for letters that are two characters. */
    private static boolean isOfWord(char c) {
        int type = Character.getType(c);
        return Character.isLetterOrDigit(c) || Character.isSurrogate(c) || type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK || type == Character.ENCLOSING_MARK;
    }

    private static String comparable(String word) {
        return Normalizer.normalize(word, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    }

    /** In whatever script they are written. */
    private static String digits(String text) {
        StringBuilder digits = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (Character.isDigit(text.charAt(i))) {
                digits.append(Character.digit(text.charAt(i), 10));
            }
        }
        return digits.toString();
    }
}
