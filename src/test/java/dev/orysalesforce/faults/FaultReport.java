package dev.orysalesforce.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** The injected faults and their results. Each test writes its section; they may run in parallel. */
public final class FaultReport {

    private static final Path WHOLE = Path.of(System.getProperty("faults.report", "target/faults.md"));
    private static final Path SECTIONS = Path.of("target/faults");
    private static final String HEAD = """
            # Faults

            What `mvn -Pfaults verify` has thrown at the packaged jar and what survived. Each line was judged by itself, once
            nothing was pending any more: no event that was answered 2xx is lost, each identity has one record, in its newest
            state; no write carried an older state than one before it; and `/api/status` balances. Else the suite is red.

            %d processors, %s, Java %s.

            """.formatted(Runtime.getRuntime().availableProcessors(), System.getProperty("os.name") + " "
            + System.getProperty("os.version"), System.getProperty("java.version"));

    private FaultReport() {}

    /** @param name sections are sorted by it */
    public static void section(String name, String text) {
        try {
            Files.createDirectories(SECTIONS);
            try (FileChannel turn = FileChannel.open(SECTIONS.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock held = turn.lock()) {
                Files.writeString(SECTIONS.resolve(name + ".md"), text);
                StringBuilder whole = new StringBuilder(HEAD);
                for (Path section : sections()) {
                    whole.append(Files.readString(section)).append('\n');
                }
                Files.writeString(WHOLE, whole);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> sections() throws IOException {
        try (Stream<Path> files = Files.list(SECTIONS)) {
            return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
        }
    }
}
