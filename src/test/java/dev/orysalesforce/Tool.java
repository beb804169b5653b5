package dev.orysalesforce;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.orysalesforce.faults.ShiftedClock;
import dev.orysalesforce.ledger.PostgreSqlServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A program that some tests need. A newcomer can build without it: the tests that need it are skipped. The nightly build
 * ({@code -Dnightly=true}) and CI ({@code CI=true}) run every test, so there a missing tool is a failure.
 *
 * @param remedy what to do if it is missing; names the Debian package
 * @param search where it is, or empty if it is missing
 */
public record Tool(String name, String remedy, Supplier<Optional<Path>> search) {

    public static final Tool BASH = onPath("bash", "bash");
    public static final Tool CHROMEDRIVER = onPath("chromedriver", "chromium-driver");
    public static final Tool CHROMIUM = onPath("chromium", "chromium");
    public static final Tool CURL = onPath("curl", "curl");
    public static final Tool FALLOCATE = onPath("fallocate", "util-linux");
    public static final Tool JQ = onPath("jq", "jq");
    public static final Tool JSONNET = onPath("jsonnet", "jsonnet");
    public static final Tool LIBFAKETIME = new Tool("libfaketime", install("libfaketime"), ShiftedClock::library);
    public static final Tool MOUNT = new Tool("mount", "run the tests as root, in a container with the right to mount: "
            + "docker run --privileged; " + install("util-linux"), Tool::mount);
    public static final Tool NODE = onPath("node", "nodejs");
    public static final Tool PATCH = onPath("patch", "patch");
    public static final Tool PERL = onPath("perl", "perl");
    public static final Tool POSTGRESQL = new Tool("PostgreSQL", install("postgresql"), PostgreSqlServer::installed);
    public static final Tool PROMETHEUS = onPath("prometheus", "prometheus");
    public static final Tool PROMTOOL = onPath("promtool", "prometheus");

    static Tool onPath(String program, String debianPackage) {
        return new Tool(program, install(debianPackage), () -> Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program)).filter(Files::isExecutable).findFirst());
    }

    /** Skips the test if one of them is missing, or fails it where every test has to run. */
    public static void require(Tool... tools) {
        for (Tool tool : tools) {
            assumeTrue(tool.isAvailable(), tool::missing);
        }
    }

    /**
     * Whether a test can use it.
     *
     * @throws IllegalStateException if it is missing where every test has to run
     */
    public boolean isAvailable() {
        return isAvailable(Boolean.getBoolean("nightly") || "true".equals(System.getenv("CI")));
    }

    boolean isAvailable(boolean required) {
        boolean available = search.get().isPresent();
        if (required && !available) {
            throw new IllegalStateException(missing());
        }
        return available;
    }

    /** The program's path. */
    public Path path() {
        return search.get().orElseThrow(() -> new IllegalStateException(missing()));
    }

    /** The remedy for the person who runs the tests. */
    public String missing() {
        return name + " is missing: " + remedy;
    }

    private static String install(String debianPackage) {
        return "apt-get install " + debianPackage;
    }

    /** Some containers do not let root mount a file system. */
    private static Optional<Path> mount() {
        try {
            return new ProcessBuilder("unshare", "--mount", "mount", "-t", "tmpfs", "try", "/mnt").start().onExit().join()
                    .exitValue() == 0 ? Optional.of(Path.of("mount")) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
