package dev.orysalesforce.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import java.text.Normalizer;
import java.util.BitSet;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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

    private final String text;
    private final String lowerCase;
    /** The hashes of all its parts of four characters: most values are not in it, and this tells so at once. */
    private final BitSet anywhere = new BitSet();
    private final Set<String> beginnings;
    private final List<String> told;

    private final Set<String> values = new HashSet<>();
    private final TreeSet<String> words = new TreeSet<>();
    private final Set<String> numbers = new HashSet<>();

    private Redaction(String message) {
        String beginning = message.length() > LONGEST ? message.substring(0, LONGEST) : message;
        String whole = Normalizer.normalize(HtmlUtils.htmlUnescape(beginning), Normalizer.Form.NFC);
        this.text = ADDRESS.matcher(whole).replaceAll(MARK);
        this.lowerCase = text.toLowerCase(Locale.ROOT);
        IntStream.rangeClosed(0, lowerCase.length() - WORD).forEach(at -> anywhere.set(hash(lowerCase, at)));
        this.beginnings = WORDS.matcher(text).results().map(word -> comparable(word.group()))
                .filter(word -> word.length() >= WORD).map(word -> word.substring(0, WORD)).collect(Collectors.toSet());
        this.told = NUMBERS.matcher(text).results().map(number -> digits(comparable(number.group())))
                .filter(number -> number.length() >= WORD).distinct().toList();
    }

    /**
     * The message without the values.
     *
     * @param known records, traits; each may be null. They may be many and large, so only what the message may quote is kept
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
            String value = node.isNumber() ? node.decimalValue().toPlainString() : node.textValue().strip();
            if (node.isTextual()) {
                collectValue(value);
            }
            String comparable = comparable(value);
            collectWords(comparable);
            if (!told.isEmpty()) {
                collectNumber(digits(comparable));
            }
        }
    }

    private void collectValue(String value) {
        if (value.length() > 1 && value.length() <= 2 * LONGEST) {
            String composed = Normalizer.normalize(value, Normalizer.Form.NFC);
            String lower = composed.toLowerCase(Locale.ROOT);
            if ((lower.length() < WORD || anywhere.get(hash(lower, 0))) && lowerCase.contains(lower)) {
                values.add(composed);
            }
        }
    }

    private static int hash(String text, int at) {
        int hash = 0;
        for (int i = at; i < at + WORD; i++) {
            hash = 31 * hash + text.charAt(i);
        }
        return hash & 0xFFFFF;
    }

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
        if (digits.length() >= WORD && told.stream().anyMatch(number -> digits.contains(number) || number.contains(digits))) {
            numbers.add(digits);
        }
    }

    private String redacted() {
        String rest = text;
        for (String value : values.stream().sorted(Comparator.comparing(String::length).reversed()).toList()) {
            rest = whole(value).matcher(rest.replace(value, MARK)).replaceAll(MARK);
        }
        rest = NUMBERS.matcher(rest).replaceAll(number -> isKnownNumber(number) ? MARK : Matcher.quoteReplacement(number.group()));
        return WORDS.matcher(rest).replaceAll(word -> isKnownWord(comparable(word.group())) ? MARK
                : Matcher.quoteReplacement(word.group()));
    }

    private static Pattern whole(String value) {
        return Pattern.compile("(?<![\\p{L}\\p{Nd}])" + Pattern.quote(value) + "(?![\\p{L}\\p{Nd}])",
                Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    private boolean isKnownNumber(MatchResult number) {
        String digits = digits(comparable(number.group()));
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

    /** As WORDS; surrogates, for letters that are two characters. */
    private static boolean isOfWord(char c) {
        int type = Character.getType(c);
        return Character.isLetterOrDigit(c) || Character.isSurrogate(c) || type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK || type == Character.ENCLOSING_MARK;
    }

    private static String comparable(String word) {
        return Normalizer.normalize(word, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    }

    /** Of a comparable text, which has no other digits than those of ASCII that matter here. */
    private static String digits(String text) {
        StringBuilder digits = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= '0' && text.charAt(i) <= '9') {
                digits.append(text.charAt(i));
            }
        }
        return digits.toString();
    }
}
