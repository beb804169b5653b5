package dev.orysalesforce.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * How a program is started, with the memory of a 2 GB container.
 *
 * @param name {@code app} for this app, else the folder in apps/
 * @param jar as it was built, or beside its unpacked parts
 * @param flags of Java
 */
record Launch(String name, Jdk jdk, Path jar, List<String> flags) {

    private static final List<String> CONTAINER = List.of("-XX:MaxRAM=2g", "-XX:MaxRAMPercentage=60");

    /** {@code java -jar}, nothing tuned. */
    static Launch asBuilt(String name, Jdk jdk) {
        String jar = name.equals("app") ? "target/ory-salesforce-sync.jar" : "bench/apps/%1$s/target/%1$s.jar".formatted(name);
        return new Launch(name, jdk, Path.of(jar).toAbsolutePath(), CONTAINER);
    }

    /** As the Dockerfile does it, with the flags of its ENTRYPOINT: unpacked, and with what a start has left in a cache. */
    static Launch asInTheImage(String name, Jdk jdk, Path folder, Sandbox salesforce) throws Exception {
        Launch built = asBuilt(name, jdk);
        Files.createDirectories(folder);
        run(List.of(jdk.java(), "-Djarmode=tools", "-jar", built.jar.toString(), "extract", "--force", "--destination",
                folder.toString()));
        Path cache = folder.resolve("classes.cache");
        Path jar = folder.resolve(built.jar.getFileName());
        List<String> flags = new ArrayList<>(imageFlags());
        flags.addAll(CONTAINER);
        try (Candidate training = new Candidate(new Launch(name, jdk, jar, with(flags, jdk.record(cache))),
                folder.resolve("training"), salesforce)) {
            training.server().start();
            training.server().stop();
        }
        if (!Files.exists(cache)) {
            throw new IllegalStateException("The training of " + name + " left no cache, see its log");
        }
        return new Launch(name, jdk, jar, with(flags, jdk.use(cache)));
    }

    Launch with(String flag) {
        return new Launch(name, jdk, jar, with(flags, flag));
    }

    List<String> command() {
        List<String> command = new ArrayList<>(List.of(jdk.java()));
        command.addAll(flags);
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }

    /** What it is made of, as layers of an image: name and bytes. */
    List<Layer> layers() throws IOException {
        return List.of(new Layer("libraries", size(jar.resolveSibling("lib"))), new Layer("the app", size(jar)),
                new Layer("cache of classes", size(jar.resolveSibling("classes.cache"))));
    }

    record Layer(String name, long bytes) {
    }

    private static List<String> with(List<String> flags, String more) {
        return Stream.concat(flags.stream(), Stream.of(more)).toList();
    }

    private static List<String> imageFlags() throws IOException {
        String file = Files.readString(Path.of("Dockerfile"));
        JsonNode entrypoint = new ObjectMapper().readTree(
                file.substring(file.indexOf("\nENTRYPOINT") + "\nENTRYPOINT".length()).replace("\\\n", ""));
        return StreamSupport.stream(entrypoint.spliterator(), false).map(JsonNode::asText)
                .filter(word -> word.matches("-[XD].*") && !word.startsWith("-XX:AOTCache")).toList();
    }

    private static long size(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private static void run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IllegalStateException(said);
        }
    }
}
