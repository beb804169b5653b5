package dev.orysalesforce.ledger;

import static org.awaitility.Awaitility.await;

import dev.orysalesforce.FreePort;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A real PostgreSQL with an empty database, on a free port and in a folder that goes away with it. It needs the server's
 * programs and nothing else: no running cluster, no root. As it refuses to run as root, root runs it as nobody.
 */
public final class PostgreSqlServer implements AutoCloseable {

    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
    private static final String USER = "ledger";
    private static PostgreSqlServer shared;

    private final Path programs;
    private final Path folder;
    private final int port;
    private Process server;

    private PostgreSqlServer(Path programs) throws IOException {
        this.programs = programs;
        folder = Files.createTempDirectory("postgresql");
        if (isRoot()) {
            Files.setOwner(folder, folder.getFileSystem().getUserPrincipalLookupService()
                    .lookupPrincipalByName("nobody"));
        }
        run("initdb", "-D", "data", "-U", USER, "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C");
        port = FreePort.next();
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        startAgain();
    }

    /** The path of the newest installed version, or empty if there is none. */
    public static Optional<Path> installed() {
        Stream<Path> onPath = Arrays.stream(System.getenv("PATH").split(File.pathSeparator)).map(Path::of);
        Stream<Path> debians = Files.isDirectory(DEBIAN) ? versions().stream() : Stream.of();
        return Stream.concat(debians, onPath).filter(folder -> Files.isExecutable(folder.resolve("initdb"))
                && Files.isExecutable(folder.resolve("postgres"))).findFirst();
    }

    public static PostgreSqlServer start() {
        try {
            return new PostgreSqlServer(installed().orElseThrow(() -> new IllegalStateException(
                    "PostgreSQL is neither in PATH nor in " + DEBIAN + ": apt-get install postgresql-15")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One for all tests of this JVM. */
    public static synchronized PostgreSqlServer shared() {
        if (shared == null) {
            shared = start();
        }
        return shared;
    }

    /** User included. */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=" + USER;
    }

    /** All connections are lost at once; committed data is there after {@link #startAgain}. */
    public synchronized void crash() throws IOException {
        run("pg_ctl", "-D", "data", "-m", "immediate", "stop");
        server.onExit().join();
    }

    /** With what its disk holds; waits until it answers. */
    public synchronized void startAgain() throws IOException {
        // -F: without fsync, because the data need not survive a crash of the machine.
        server = command("postgres", "-D", "data", "-F", "-h", "127.0.0.1", "-p", String.valueOf(port),
                "-k", folder.toString()).start();
        await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(50)).until(this::answers);
    }

    @Override
    public synchronized void close() {
        try {
            if (server.isAlive()) {
                run("pg_ctl", "-D", "data", "-m", "immediate", "stop");
            }
            if (Files.exists(folder)) {
                try (Stream<Path> files = Files.walk(folder)) {
                    files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers() {
        if (!server.isAlive()) {
            throw new IllegalStateException("PostgreSQL ended:\n" + log());
        }
        try {
            DriverManager.getConnection(url()).close();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private void run(String... command) throws IOException {
        Process process = command(command).start();
        if (process.onExit().join().exitValue() != 0) {
            throw new IllegalStateException(command[0] + " failed:\n" + log());
        }
    }

    private ProcessBuilder command(String... command) {
        List<String> words = new ArrayList<>();
        if (isRoot()) {
            words.addAll(List.of("setpriv", "--reuid=nobody", "--regid=65534", "--clear-groups"));
        }
        words.add(programs.resolve(command[0]).toString());
        words.addAll(List.of(command).subList(1, command.length));
        return new ProcessBuilder(words).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static List<Path> versions() {
        try (Stream<Path> versions = Files.list(DEBIAN)) {
            return versions.sorted(Comparator.comparingInt(PostgreSqlServer::number).reversed())
                    .map(version -> version.resolve("bin")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int number(Path version) {
        String name = version.getFileName().toString();
        return name.matches("\\d{1,3}") ? Integer.parseInt(name) : 0;
    }
}
