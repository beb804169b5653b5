package dev.orysalesforce.faults;

import dev.orysalesforce.process.AppProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The wall clock of a process, which a test can shift: libfaketime between it and the system. The monotonic clock is not
 * affected, as when a machine's clock is set.
 */
public final class ShiftedClock {

    /** How often the library reads its file; by the clock that it shifts. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Path file;

    private ShiftedClock(Path file) {
        this.file = file;
    }

    /** @return empty if there is no libfaketime */
    static Optional<ShiftedClock> of(AppProcess app, Path folder) {
        return library().map(library -> {
            ShiftedClock clock = new ShiftedClock(folder.resolve("clock"));
            clock.shift(Duration.ZERO);
            app.with("LD_PRELOAD", library.toString()).with("FAKETIME_TIMESTAMP_FILE", clock.file.toString())
                    .with("FAKETIME_CACHE_DURATION", String.valueOf(LOOK.toSeconds()))
                    .with("FAKETIME_DONT_FAKE_MONOTONIC", "1")
                    .with("FAKETIME_FORCE_MONOTONIC_FIX", "0") // else a thread of the JVM never waits
                    .with("NO_FAKE_STAT", "1");
            return clock;
        });
    }

    /** How far it is from the machine's. */
    void shift(Duration by) {
        try {
            Path next = file.resolveSibling("clock.next");
            Files.writeString(next, "%+d\n".formatted(by.toSeconds()));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its path, or empty if it is not installed. */
    public static Optional<Path> library() {
        try (Stream<Path> folders = Files.list(Path.of("/usr/lib"))) {
            return folders.map(folder -> folder.resolve("faketime/libfaketime.so.1")).filter(Files::exists).findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
