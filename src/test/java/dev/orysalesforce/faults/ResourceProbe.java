package dev.orysalesforce.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a process holds at a quiet moment.
 *
 * @param pools threads of the operating system, by their names without numbers
 * @param files that are open, sockets included
 * @param heap in KiB, after a collection
 */
record ResourceProbe(Map<String, Integer> pools, int files, long heap) {

    private static final String JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    private static final Pattern USED = Pattern.compile("(?:generation|heap) +total \\d+K, used (\\d+)K");

    static ResourceProbe of(long process) {
        jcmd(process, "GC.run");
        jcmd(process, "GC.run"); // frees memory held by finalizers and cleaners
        long heap = USED.matcher(jcmd(process, "GC.heap_info")).results().map(MatchResult::group)
                .map(line -> line.replaceAll(".* (\\d+)K", "$1")).mapToLong(Long::parseLong).sum();
        if (heap == 0) {
            throw new IllegalStateException("jcmd says nothing of the heap");
        }
        Path folder = Path.of("/proc", String.valueOf(process));
        try (Stream<Path> threads = Files.list(folder.resolve("task")); Stream<Path> files = Files.list(folder.resolve("fd"))) {
            return new ResourceProbe(threads.collect(Collectors.toMap(ResourceProbe::pool, thread -> 1, Integer::sum, TreeMap::new)),
                    (int) files.count(), heap);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String pool(Path thread) {
        try {
            return Files.readString(thread.resolve("comm")).strip().replaceAll("[-#\\d]+", "-");
        } catch (IOException e) {
            return "ended";
        }
    }

    int threads() {
        return pools.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Which pools have more threads than before, and how many. */
    Map<String, Integer> more(ResourceProbe before) {
        Map<String, Integer> more = new TreeMap<>(pools);
        before.pools.forEach((pool, count) -> more.computeIfPresent(pool, (name, now) -> now - count));
        more.values().removeIf(count -> count <= 0);
        return more;
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
        return "%d threads, %d files, %.1f MB".formatted(threads(), files, heap / 1024.0);
    }
}
