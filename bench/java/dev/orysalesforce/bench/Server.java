package dev.orysalesforce.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A program in a process of its own, which is ready when it answers 200. */
final class Server implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

    private static final Pattern COMMITTED = Pattern.compile("-? *([A-Z][A-Za-z ]+) \\(reserved=\\d+KB, committed=(\\d+)KB");

    private final String name;
    private final List<String> command;
    private final Path folder;
    private final Map<String, String> environment;
    private final URI ready;
    private Process process;

    Server(String name, List<String> command, Path folder, Map<String, String> environment, String ready) {
        this.name = name;
        this.command = command;
        this.folder = folder;
        this.environment = new HashMap<>(environment);
        this.ready = URI.create(ready);
        Runtime.getRuntime().addShutdownHook(new Thread(this::close)); // where a run is broken off
    }

    /** @return how long it took to be ready */
    Duration start() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().putAll(environment);
        long start = System.nanoTime();
        process = builder.start();
        while (!isReady()) {
            if (!process.isAlive()) {
                throw new IllegalStateException(name + " ended:\n" + Files.readString(log()));
            }
            if (System.nanoTime() - start > Duration.ofMinutes(5).toNanos()) {
                throw new IllegalStateException(name + " does not get ready:\n" + Files.readString(log()));
            }
            Thread.sleep(20);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private boolean isReady() throws InterruptedException {
        try {
            return HTTP.send(HttpRequest.newBuilder(ready).timeout(Duration.ofSeconds(5)).build(), BodyHandlers.ofString())
                    .statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    long pid() {
        return process.pid();
    }

    private Path log() {
        return folder.resolve(name + ".log");
    }

    /** Resident memory in MB. */
    long residentMegabytes() throws IOException {
        return Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:")).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum() / 1024;
    }

    /** Processor time that it has used. */
    Duration processorTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Milliseconds of processor by the names of its threads, numbers left out; the largest first, without crumbs. */
    Map<String, Long> processorTimeByThread() throws IOException {
        Map<String, Long> times = new HashMap<>();
        try (Stream<Path> threads = Files.list(Path.of("/proc", String.valueOf(pid()), "task"))) {
            for (Path thread : threads.toList()) {
                String stat = stat(thread);
                if (stat == null) {
                    continue;
                }
                String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')).replaceAll("[-#\\d]+$", "");
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                times.merge(name, 10 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12])), Long::sum);
            }
        }
        Map<String, Long> sorted = new LinkedHashMap<>();
        times.entrySet().stream().filter(time -> time.getValue() >= 50)
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .forEach(time -> sorted.put(time.getKey(), time.getValue()));
        return sorted;
    }

    /** Null if the thread has ended since it was listed. */
    private static String stat(Path thread) {
        try {
            return Files.readString(thread.resolve("stat"));
        } catch (IOException e) {
            return null;
        }
    }

    /** Megabytes that are committed by kind of use, for a process that was told to track its native memory. */
    Map<String, Long> memory(Jdk jdk) throws IOException {
        Map<String, Long> parts = new LinkedHashMap<>();
        Matcher part = COMMITTED.matcher(jdk.command(pid(), "VM.native_memory", "summary", "scale=KB"));
        while (part.find()) {
            long megabytes = Math.round(Long.parseLong(part.group(2)) / 1024.0);
            if (megabytes > 0) {
                parts.put(part.group(1).trim(), megabytes);
            }
        }
        return parts;
    }

    /** SIGTERM, and waits. */
    void stop() {
        process.destroy();
        process.onExit().join();
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            process.destroyForcibly().onExit().join();
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
