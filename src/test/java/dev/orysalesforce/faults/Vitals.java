package dev.orysalesforce.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a process holds at a quiet moment.
 *
 * @param threads of the operating system
 * @param files that are open, sockets included
 * @param heap in KiB, after a collection
 */
record Vitals(int threads, int files, long heap) {

    private static final String JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    private static final Pattern USED = Pattern.compile("(?:generation|heap) +total \\d+K, used (\\d+)K");

    static Vitals of(long process) {
        jcmd(process, "GC.run");
        jcmd(process, "GC.run"); // what finalizers and cleaners held
        long heap = USED.matcher(jcmd(process, "GC.heap_info")).results().map(MatchResult::group)
                .map(line -> line.replaceAll(".* (\\d+)K", "$1")).mapToLong(Long::parseLong).sum();
        if (heap == 0) {
            throw new IllegalStateException("jcmd says nothing of the heap");
        }
        return new Vitals(entries(process, "task"), entries(process, "fd"), heap);
    }

    private static int entries(long process, String folder) {
        try (Stream<Path> entries = Files.list(Path.of("/proc", String.valueOf(process), folder))) {
            return (int) entries.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String jcmd(long process, String command) {
        try {
            Process jcmd = new ProcessBuilder(JCMD, String.valueOf(process), command).redirectErrorStream(true).start();
            return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "%d threads, %d files, %.1f MB".formatted(threads, files, heap / 1024.0);
    }
}
