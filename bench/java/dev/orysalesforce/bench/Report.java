package dev.orysalesforce.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Markdown, written part by part, so that a run that breaks off leaves what it has found. */
final class Report {

    private final StringBuilder parts = new StringBuilder();
    private final List<String> targets = new ArrayList<>();
    private final List<Chart> charts = new ArrayList<>();

    private record Chart(String title, String unit, List<Bar> bars) {
    }

    record Bar(String name, double value) {
    }

    void heading(String text) {
        System.out.println("\n== " + text);
        parts.append("\n## ").append(text).append('\n');
    }

    void say(String text, Object... values) {
        String paragraph = String.format(Locale.ROOT, text, values);
        System.out.println(paragraph);
        parts.append('\n').append(paragraph).append('\n');
    }

    void append(String markdown) {
        parts.append('\n').append(markdown);
    }

    void head(String... columns) {
        parts.append('\n');
        row((Object[]) columns);
        parts.append("|---|").append("--:|".repeat(columns.length - 1)).append('\n');
    }

    void row(Object... cells) {
        StringBuilder line = new StringBuilder("|");
        for (Object cell : cells) {
            line.append(' ').append(cell instanceof Double number ? number(number) : cell).append(" |");
        }
        System.out.println(line);
        parts.append(line).append('\n');
    }

    void target(String what, String target, String reached, boolean met) {
        targets.add("| %s | %s | %s | %s |".formatted(what, target, reached, met ? "yes" : "**no**"));
    }

    void chart(String title, String unit, List<Bar> bars) {
        charts.add(new Chart(title, unit, List.copyOf(bars)));
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    }

    static String millis(long micros) {
        return number(micros / 1000.0) + " ms";
    }

    void write(Path folder, String head) throws IOException {
        Files.writeString(folder.resolve("chart.svg"), svg());
        Files.writeString(folder.resolve("report.md"), head + "\n![The main figures](chart.svg)\n\n## Targets\n\n"
                + "| what | target | reached | met |\n|---|--:|--:|---|\n" + String.join("\n", targets) + "\n" + parts);
    }

    private String svg() {
        StringBuilder svg = new StringBuilder();
        int y = 0;
        for (Chart chart : charts) {
            y += 34;
            svg.append("<text class=\"t\" x=\"10\" y=\"%d\">%s</text>\n".formatted(y, chart.title()));
            double most = chart.bars().stream().mapToDouble(Bar::value).max().orElse(1);
            for (Bar bar : chart.bars()) {
                y += 24;
                long width = Math.round(400 * bar.value() / Math.max(most, 1e-9));
                svg.append("<text x=\"250\" y=\"%d\" text-anchor=\"end\">%s</text>".formatted(y, bar.name()))
                        .append("<rect x=\"260\" y=\"%d\" width=\"%d\" height=\"16\"/>".formatted(y - 13, width))
                        .append("<text x=\"%d\" y=\"%d\">%s %s</text>\n".formatted(266 + width, y, number(bar.value()),
                                chart.unit()));
            }
        }
        return """
                <svg xmlns="http://www.w3.org/2000/svg" width="800" height="%d" font-family="system-ui, sans-serif" font-size="13">
                <style>text{fill:#24292f}.t{font-weight:600}rect{fill:#0969da}</style>
                <rect width="100%%" height="100%%" style="fill:#fff"/>
                %s</svg>
                """.formatted(y + 20, svg);
    }
}
