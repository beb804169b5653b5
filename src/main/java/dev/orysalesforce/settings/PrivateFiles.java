package dev.orysalesforce.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the data directory to the user that runs the app, for it holds traits. Files that are made later are as the umask
 * says, but no other user gets to them through the directory.
 */
final class PrivateFiles {

    private static final Logger LOG = LoggerFactory.getLogger(PrivateFiles.class);
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

    /** What the app itself writes; the directory may hold other things. */
    private static final List<String> OURS = List.of("journal", "journal.count", "ledger.db", "ledger.db-wal", "ledger.db-shm",
            "ledger.key", "in-use");

    private final Path directory;

    PrivateFiles(Path directory) {
        this.directory = directory;
    }

    void create() throws IOException {
        Files.createDirectories(directory);
        if (Files.getFileAttributeView(directory, PosixFileAttributeView.class) == null) {
            return; // Windows
        }
        boolean isPrivate = tighten(directory);
        for (String name : OURS) {
            Path ours = directory.resolve(name);
            if (Files.exists(ours)) {
                try (Stream<Path> files = Files.walk(ours)) {
                    for (Path file : files.toList()) {
                        tighten(file); // if it fails, the directory keeps others out
                    }
                }
            }
        }
        if (!isPrivate) {
            LOG.warn("The data directory {} can be read by other users of this machine, and it holds traits. Make the user that"
                    + " runs the app its owner, or take the permissions of group and others away.", directory);
        }
    }

    /** Whether only the owner can reach it then; the owner may be another user, as of a mounted volume. */
    private static boolean tighten(Path file) throws IOException {
        Set<PosixFilePermission> wanted = Files.isDirectory(file) ? DIRECTORY : FILE;
        Set<PosixFilePermission> there = Files.getPosixFilePermissions(file);
        if (wanted.containsAll(there)) {
            return true;
        }
        try {
            Files.setPosixFilePermissions(file, wanted);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
