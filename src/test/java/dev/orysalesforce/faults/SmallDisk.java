package dev.orysalesforce.faults;

import dev.orysalesforce.process.AppProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A disk for the app's data that can be filled. Where the system permits a mount, it is a small one of its own; otherwise
 * the app is configured to keep nearly all of the machine's disk free.
 */
final class SmallDisk implements AutoCloseable {

    private static final long MB = 1 << 20;
    private static final long SIZE = 512 * MB;
    private static final long MIN_FREE = 64 * MB;
    /** Other programs use the machine's disk, too. */
    private static final long MARGIN = 2048 * MB;

    private final Path folder;
    private final Path ballast;
    private final boolean own;
    private final long minFree;

    SmallDisk(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        own = run("mount", "-t", "tmpfs", "-o", "size=" + SIZE, "tmpfs", folder.toString());
        ballast = folder.resolve("ballast");
        minFree = own ? MIN_FREE : folder.toFile().getUsableSpace() - MARGIN;
    }

    SmallDisk under(AppProcess app) {
        app.with("SYNC_DATA_DIR", folder.toString()).with("SYNC_JOURNAL_MINDISKFREE", minFree + "B");
        return this;
    }

    boolean isOwn() {
        return own;
    }

    /** To half of the free space that the app requires. */
    void fill() {
        fill(own ? folder.toFile().getUsableSpace() - minFree / 2 : 2 * MARGIN);
    }

    void free() {
        try {
            Files.deleteIfExists(ballast);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        free();
        if (own) {
            run("umount", "-l", folder.toString());
        }
    }

    private void fill(long bytes) {
        if (bytes > 0 && !run("fallocate", "-l", String.valueOf(bytes), ballast.toString())) {
            throw new IllegalStateException("fallocate failed");
        }
    }

    private static boolean run(String... command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().onExit().join().exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
