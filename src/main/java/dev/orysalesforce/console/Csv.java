package dev.orysalesforce.console;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;

/** Writes a list as a file of RFC 4180, a part at a time, so that a long list needs no memory. */
final class Csv {

    /** Spreadsheets take a text for a formula that begins so, also after characters that they skip. */
    private static final Pattern FORMULA = Pattern.compile("[\\p{Z}\\p{C}]*[=+@\uFF1D\uFF0B\uFF20\uFF0D-]|[\t\r\n]");

    private Csv() {}

    /**
     * @param name of the file, without its extension
     * @param part the rows from an offset on; empty at the end of the list
     */
    static void write(HttpServletResponse response, String name, List<String> columns, IntFunction<List<List<Object>>> part)
            throws IOException {
        List<List<Object>> rows = part.apply(0); // first: if it fails, a page says so, and there is no file
        response.setContentType("text/csv");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, ContentDisposition.attachment().filename(name + ".csv").build().toString());
        PrintWriter out = response.getWriter();
        out.print(line(columns.stream()));
        for (int offset = 0; !rows.isEmpty(); rows = part.apply(offset)) {
            rows.forEach(row -> out.print(line(row.stream())));
            offset += rows.size();
        }
    }

    private static String line(Stream<?> cells) {
        return cells.map(Csv::cell).collect(Collectors.joining(",", "", "\r\n"));
    }

    private static String cell(Object value) {
        String text = value == null ? "" : value.toString();
        return '"' + (FORMULA.matcher(text).lookingAt() ? "'" : "") + text.replace("\"", "\"\"") + '"';
    }
}
