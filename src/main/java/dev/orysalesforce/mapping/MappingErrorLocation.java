package dev.orysalesforce.mapping;

import com.dashjoin.jsonata.JException;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.impl.BuiltinFunctions;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.camel.util.ObjectHelper;

/**
 * The place in its file where a mapping failed.
 *
 * @param file as {@code sync.mappings} names it
 * @param line counted from 1; 0 if the language does not tell, as jq never does
 * @param missing the absent key that is read there; null if the cause is another
 * @param words what the mapping itself says of it, if its text holds these words, so that they are no trait; else null
 * @param call what failed, if that was a function of JSLT, whose failures do not tell a line; else null
 */
record MappingErrorLocation(String file, int line, String missing, String words, Call call) {

    private static final Pattern DATASONNET = Pattern.compile("\\n    at line (\\d{1,6}) column \\d+ of the transformation");
    private static final Set<String> DATASONNETS = Set.of("ds", "jsonnet");
    private static final Pattern SAID = Pattern.compile("error: (.{5,200})");
    private static final Pattern MISSING = Pattern.compile("Error: Field does not exist: (\\w+)\\n");

    /** The beginning of what a function of JSLT says before it quotes a value. */
    private static final Pattern FUNCTION = Pattern.compile("^(?:Function )?([A-Za-z][a-z0-9-]*)(?:\\(| can|: )");
    private static final Pattern NO_CODE = Pattern.compile("\"(?:\\\\.|[^\"\\\\])*+\"|//.*");
    private static final Pattern IMPORT = Pattern.compile("(?m)^\\s*import\\b");

    /**
     * A function that failed.
     *
     * @param lines those of the file that call it
     */
    record Call(String function, List<Integer> lines) {

        @Override
        public String toString() {
            return function + "()" + (lines.size() < 2 ? "" : " in line " + lines.stream().map(String::valueOf)
                    .collect(Collectors.joining(" or ")))
                    + (function.equals("error") ? "" : " with a value that it does not take");
        }
    }

    /** @param text of the file; null if it is not known */
    static MappingErrorLocation of(String file, String text, Throwable failure) {
        List<String> lines = text == null ? List.of() : text.lines().toList();
        int line = line(file, text, lines.size(), failure);
        String words = words(text, failure);
        Call call = line > 0 ? null : call(lines, failure);
        if (call != null && call.lines().size() == 1 && !IMPORT.matcher(text).find()) {
            line = call.lines().get(0);
        }
        return line < 1 || line > lines.size() ? new MappingErrorLocation(file, 0, null, words, call)
                : new MappingErrorLocation(file, line, missing(lines.get(line - 1), failure), words, call);
    }

    /** @param name of a Jsonnet template, which need not be a file's */
    static MappingErrorLocation ofTemplate(String name, String text, Throwable failure) {
        MappingErrorLocation found = of("template.jsonnet", text, failure);
        return new MappingErrorLocation(name, found.line(), found.missing(), found.words(), null);
    }

    private static int line(String file, String text, int last, Throwable failure) {
        JException jsonata = ObjectHelper.getException(JException.class, failure);
        if (jsonata != null) {
            int position = jsonata.getLocation();
            return text == null || position < 0 ? 0
                    : (int) text.substring(0, Math.min(position, text.length())).lines().count();
        }
        JsltException jslt = ObjectHelper.getException(JsltException.class, failure);
        if (jslt != null) {
            return jslt.getLine();
        }
        if (!DATASONNETS.contains(Mapping.ending(file))) {
            return 0; // jq does not tell; a text that looks like a location is a trait
        }
        return DATASONNET.matcher(String.valueOf(root(failure).getMessage())).results()
                .map(place -> Integer.parseInt(place.group(1))).filter(line -> line <= last).findFirst().orElse(0);
    }

    /** Only if the line itself contains the key. A computed key may be a trait's value. */
    private static String missing(String line, Throwable failure) {
        Matcher missing = MISSING.matcher(String.valueOf(root(failure).getMessage()));
        return missing.find() && line.matches(".*\\." + missing.group(1) + "\\b.*") ? missing.group(1) : null;
    }

    /** Of {@code error("…")} in JSLT. */
    private static String words(String text, Throwable failure) {
        Matcher said = SAID.matcher(String.valueOf(root(failure).getMessage()));
        return text != null && said.matches() && text.contains('"' + said.group(1) + '"') ? said.group(1) : null;
    }

    /** Null if it is no function of JSLT, or if its words do not tell which one. */
    private static Call call(List<String> lines, Throwable failure) {
        JsltException jslt = ObjectHelper.getException(JsltException.class, failure);
        Matcher named = FUNCTION.matcher(jslt == null ? "" : String.valueOf(jslt.getMessageWithoutLocation()));
        String function = named.find() ? named.group(1).toLowerCase(Locale.ROOT) : null;
        if (!BuiltinFunctions.functions.containsKey(function)) {
            return null;
        }
        Pattern call = Pattern.compile("(?<![\\w:-])" + function + "\\s*\\(");
        return new Call(function, IntStream.range(0, lines.size())
                .filter(i -> call.matcher(NO_CODE.matcher(lines.get(i)).replaceAll("")).find()).mapToObj(i -> i + 1).toList());
    }

    private static Throwable root(Throwable failure) {
        return failure.getCause() == null ? failure : root(failure.getCause());
    }

    @Override
    public String toString() {
        return line > 0 ? file + ":" + line : file;
    }
}
