package dev.orysalesforce.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Runs all parts on one machine and writes one report. */
public final class Bench {

    private Bench() {
    }

    /** @param args where the report goes, a folder for data, then {@code --short} and names of parts, if not all */
    public static void main(String[] args) throws Exception {
        Path into = Path.of(args[0]);
        List<String> told = List.of(args).subList(2, args.length);
        Plan plan = new Plan(Path.of(args[1]).toAbsolutePath(), told.contains("--short"));
        List<String> parts = told.stream().filter(word -> !word.startsWith("--")).toList();
        List<Jdk> installed = Jdk.oldestAndNewest();
        Jdk newest = installed.get(installed.size() - 1);
        List<Jdk> jdks = plan.isShort() ? List.of(newest) : installed;
        Report report = new Report();
        Files.createDirectories(plan.folder());
        Instant start = Instant.now();
        String machine = machine(jdks, plan.folder());
        try (Sandbox salesforce = new Sandbox(plan.folder())) {
            Images images = new Images(plan, salesforce);
            if (isWanted("accept", parts)) {
                new Accepting(plan, newest, images, salesforce, report).measure();
            }
            if (isWanted("sync", parts)) {
                new EndToEnd(plan, newest, images, salesforce, report).measure();
            }
            if (isWanted("start", parts)) {
                new Starting(plan, jdks, images, salesforce, report).measure();
            }
            if (isWanted("growth", parts)) {
                new Growing(plan, newest, images, salesforce, report).measure();
            }
            if (isWanted("console", parts)) {
                new ConsolePages(plan, newest, salesforce, report).measure();
            }
            report.append(Files.readString(Path.of("bench/steps.md")));
            report.write(into, """
                    # Benchmark

                    Written by `bench/run`%s in %d minutes, at commit %s. %s
                    Everything ran on this one machine, load and sandbox included: take the ratios, not the figures.
                    """.formatted(plan.isShort() ? ", too short for its figures to mean much," : "",
                    Duration.between(start, Instant.now()).toMinutes() + 1, System.getProperty("commit", "unknown"), machine));
        }
    }

    private static boolean isWanted(String part, List<String> parts) {
        return parts.isEmpty() || parts.contains(part);
    }

    private static String machine(List<Jdk> jdks, Path disk) throws IOException {
        String processor = Files.readAllLines(Path.of("/proc/cpuinfo")).stream().filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 2)).findFirst().orElse(System.getProperty("os.arch"));
        String memory = Files.readAllLines(Path.of("/proc/meminfo")).get(0).replaceAll("\\D", "");
        return String.format(Locale.ROOT, "%d processors (%s), %d GB of memory, %s; a synced write of 4 kB takes %s; %s.",
                Runtime.getRuntime().availableProcessors(), processor, Long.parseLong(memory) >> 20,
                System.getProperty("os.name") + " " + System.getProperty("os.version"), Report.millis(syncedWrite(disk)),
                String.join(" and ", jdks.stream().map(Jdk::toString).toList()));
    }

    /** In microseconds, the median: what a durable accept can't be faster than. */
    private static long syncedWrite(Path folder) throws IOException {
        Path file = folder.resolve("synced");
        long[] micros = new long[101];
        try (var channel = java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.CREATE,
                java.nio.file.StandardOpenOption.WRITE)) {
            for (int i = 0; i < micros.length; i++) {
                long start = System.nanoTime();
                channel.write(java.nio.ByteBuffer.allocate(4096));
                channel.force(false);
                micros[i] = (System.nanoTime() - start) / 1000;
            }
        }
        Files.delete(file);
        java.util.Arrays.sort(micros);
        return micros[micros.length / 2];
    }
}
