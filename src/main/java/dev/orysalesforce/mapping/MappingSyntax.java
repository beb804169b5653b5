package dev.orysalesforce.mapping;

import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import com.datasonnet.MapperBuilder;
import com.schibsted.spt.data.jslt.Parser;
import java.io.StringReader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.thisptr.jackson.jq.JsonQuery;
import net.thisptr.jackson.jq.Versions;
import net.thisptr.jackson.jq.exception.JsonQueryException;

/** Compiles a mapping by the library of its language, as Camel would at its first use. */
public final class MappingSyntax {

    private static final Pattern LINE = Pattern.compile("(?:line |\\(|:)(\\d+)(?::| column|,)");

    private MappingSyntax() {}

    /** The text can't be compiled. */
    public static final class InvalidException extends Exception {

        private final int line;

        private InvalidException(int line, String message) {
            super(message, null, false, false);
            this.line = line;
        }

        /** Counted from 1; 0 if the compiler does not tell. */
        public int line() {
            return line;
        }
    }

    public static void check(String name, String text) throws InvalidException {
        try {
            switch (Mapping.ending(name)) {
                case "ds", "jsonnet" -> new MapperBuilder(Mapping.script(name, text)).withInputNames("body").build();
                case "jslt" -> new Parser(new StringReader(text)).withSource(name).compile();
                case "jsonata" -> Jsonata.jsonata(text);
                default -> JsonQuery.compile(text, Versions.JQ_1_7);
            }
        } catch (JException e) {
            throw new InvalidException(lineOf(text, e.getLocation()), e.getMessage());
        } catch (JsonQueryException | RuntimeException e) {
            Matcher line = LINE.matcher(String.valueOf(e.getMessage()));
            throw new InvalidException(line.find() ? Integer.parseInt(line.group(1)) : 0,
                    e.getMessage() == null ? e.getClass().getSimpleName() : firstLine(e.getMessage()));
        }
    }

    /** JSLT lists on further lines what could stand there instead. */
    private static String firstLine(String message) {
        return message.lines().filter(line -> !line.isBlank()).findFirst().orElse(message);
    }

    private static int lineOf(String text, int position) {
        return position < 0 ? 0 : (int) text.substring(0, Math.min(position, text.length())).lines().count();
    }
}
