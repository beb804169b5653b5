package dev.orysalesforce.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/** A Java that is installed here. */
record Jdk(int version, Path home) {

    /** The one that runs this. */
    static Jdk own() {
        return new Jdk(Runtime.version().feature(), Path.of(System.getProperty("java.home")));
    }

    /** The oldest that will do, and the newest. */
    static List<Jdk> oldestAndNewest() throws IOException {
        Path all = Path.of("/usr/lib/jvm");
        List<Jdk> found;
        try (Stream<Path> homes = Files.isDirectory(all) ? Files.list(all) : Stream.empty()) {
            found = Stream.concat(Stream.of(own()), homes.filter(home -> Files.isExecutable(home.resolve("bin/java")))
                            .map(Jdk::in)).filter(jdk -> jdk.version() >= 17)
                    .sorted(Comparator.comparingInt(Jdk::version)).toList();
        }
        Jdk oldest = found.get(0);
        Jdk newest = found.get(found.size() - 1);
        return oldest.version() == newest.version() ? List.of(oldest) : List.of(oldest, newest);
    }

    private static Jdk in(Path home) {
        Properties release = new Properties();
        try (var file = Files.newBufferedReader(home.resolve("release"))) {
            release.load(file);
        } catch (IOException e) {
            return new Jdk(0, home);
        }
        return new Jdk(Runtime.Version.parse(release.getProperty("JAVA_VERSION", "\"1\"").replace("\"", "")).feature(), home);
    }

    String java() {
        return home.resolve("bin/java").toString();
    }

    /** The flag to record what a start has loaded: JEP 514's cache, which older ones have of classes only. */
    String record(Path cache) {
        return (hasAotCache() ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + cache;
    }

    /** The flag to start from that. */
    String use(Path cache) {
        return (hasAotCache() ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + cache;
    }

    /** What jcmd says. */
    String command(long process, String... command) throws IOException {
        List<String> words = new ArrayList<>(List.of(home.resolve("bin/jcmd").toString(), String.valueOf(process)));
        words.addAll(List.of(command));
        Process jcmd = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(jcmd.getInputStream().readAllBytes());
        if (jcmd.onExit().join().exitValue() != 0) {
            throw new IllegalStateException(said);
        }
        return said;
    }

    private boolean hasAotCache() {
        return version >= 25;
    }

    @Override
    public String toString() {
        return "Java " + version;
    }
}
