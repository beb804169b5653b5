package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The live objects of a process by class, after a full collection, which the histogram begins with. */
record ClassHistogram(String text) {

    private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

    static ClassHistogram of(AppProcess app) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(app.pid()), "GC.class_histogram").redirectErrorStream(true).start();
        String text = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(jcmd.waitFor()).as(text).isZero();
        return new ClassHistogram(text);
    }

    /** How many objects there are of a class. */
    long count(Class<?> type) {
        Matcher line = Pattern.compile("(?m)^ *\\d+: +(\\d+) +\\d+ +" + Pattern.quote(type.getName()) + "( |$)").matcher(text);
        return line.find() ? Long.parseLong(line.group(1)) : 0;
    }

    long bytes() {
        Matcher total = TOTAL.matcher(text);
        assertThat(total.find()).isTrue();
        return Long.parseLong(total.group(1));
    }
}
