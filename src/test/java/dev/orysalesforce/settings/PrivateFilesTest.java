package dev.orysalesforce.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFilesTest {

    @Test
    void aNewDirectoryIsForItsOwnerOnly(@TempDir Path folder) throws IOException {
        Path data = folder.resolve("some/data");
        new PrivateFiles(data).create();
        assertThat(permissions(data)).isEqualTo("rwx------");
    }

    /** An app of an earlier version has made them. */
    @Test
    void whatIsThereIsTightenedAndOtherFilesAreLeftAlone(@TempDir Path folder) throws IOException {
        Path data = make(folder.resolve("data"), true);
        make(data.resolve("journal"), true);
        Path journal = make(data.resolve("journal/largemessages"), true);
        Path message = make(journal.resolve("1.msg"), false);
        Path ledger = make(data.resolve("ledger.db-wal"), false);
        Path other = make(data.resolve("README"), false);
        new PrivateFiles(data).create();
        assertThat(permissions(data)).isEqualTo("rwx------");
        assertThat(permissions(journal)).isEqualTo("rwx------");
        assertThat(permissions(message)).isEqualTo("rw-------");
        assertThat(permissions(ledger)).isEqualTo("rw-------");
        assertThat(permissions(other)).isEqualTo("rw-r--r--");
    }

    private static Path make(Path path, boolean directory) throws IOException {
        Path made = directory ? Files.createDirectory(path) : Files.createFile(path);
        return Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(directory ? "rwxr-xr-x" : "rw-r--r--"));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
