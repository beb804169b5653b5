package dev.orysalesforce.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.web.util.HtmlUtils;

/**
 * Removes an identity's values from a text, in whatever form the text has them: other case, escaped for HTML, cut, in
 * another normal form, words in another order, numbers with other separators. It may remove more than that.
 */
final class Redaction {

    private static final String MARK = "…";
    private static final int LONGEST = 4_000;

    /** Shorter words do not identify anybody, and many messages contain them. */
    private static final int WORD = 4;

    /** Only from the start of a word; otherwise a long word without an @ is searched from each of its letters. */
    private static final Pattern ADDRESS = Pattern.compile("(?<!\\S)[^\\s@]*+@\\S++");
    private static final Pattern WORDS = Pattern.compile("[\\p{L}\\p{M}\\p{Nd}]+");
    private static final Pattern NUMBERS = Pattern.compile("(?<![\\p{L}\\p{Nd}])\\p{Nd}[\\p{Nd} ().,'’/-]*\\p{Nd}(?![\\p{L}\\p{Nd}])");

    private final List<String> values = new ArrayList<>();
    private final TreeSet<String> words = new TreeSet<>();
    private final Set<String> numbers = new HashSet<>();

    Redaction(Collection<JsonNode> known) {
        for (JsonNode one : known) {
            collect(one);
        }
        values.sort(Comparator.comparing(String::length).reversed());
    }

    private void collect(JsonNode node) {
        if (node == null) {
            return;
        }
        if (node.isContainerNode()) {
            node.forEach(this::collect);
        } else if (node.isTextual() || node.isNumber()) {
            String value = (node.isNumber() ? node.decimalValue().toPlainString() : node.textValue()).strip();
            if (value.length() > 1 && node.isTextual()) {
                values.add(Normalizer.normalize(value, Normalizer.Form.NFC));
            }
            WORDS.matcher(value).results().map(word -> comparable(word.group())).filter(word -> word.length() >= WORD)
                    .forEach(words::add);
            add(digits(value));
        }
    }

    private void add(String digits) {
        if (digits.length() >= WORD) {
            numbers.add(digits);
        }
    }

    String of(String message) {
        String text = message.length() > LONGEST ? message.substring(0, LONGEST) : message;
        text = Normalizer.normalize(HtmlUtils.htmlUnescape(text), Normalizer.Form.NFC);
        text = ADDRESS.matcher(text).replaceAll(MARK);
        for (String value : values) {
            if (value.length() <= text.length()) {
                text = text.replace(value, MARK);
                text = whole(value).matcher(text).replaceAll(MARK);
            }
        }
        text = NUMBERS.matcher(text).replaceAll(number -> isKnownNumber(number) ? MARK : Matcher.quoteReplacement(number.group()));
        return WORDS.matcher(text).replaceAll(word -> isKnownWord(comparable(word.group())) ? MARK
                : Matcher.quoteReplacement(word.group()));
    }

    private static Pattern whole(String value) {
        return Pattern.compile("(?<![\\p{L}\\p{Nd}])" + Pattern.quote(value) + "(?![\\p{L}\\p{Nd}])",
                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    private boolean isKnownNumber(MatchResult number) {
        String digits = digits(number.group());
        return digits.length() >= WORD && numbers.stream().anyMatch(known -> known.contains(digits) || digits.contains(known));
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

    private static String comparable(String word) {
        return Normalizer.normalize(word, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    }

    private static String digits(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFKC).replaceAll("\\D", "");
    }
}
