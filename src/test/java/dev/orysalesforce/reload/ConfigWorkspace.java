package dev.orysalesforce.reload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** Copies of the shipped files, for a test to change as people and their tools do. */
final class ConfigWorkspace {

    static final Path FOLDER = Path.of("target/edited-" + System.getProperty("fork", "1"));
    static final Path ROUTES = FOLDER.resolve("routes");
    static final Path MAPPINGS = FOLDER.resolve("mappings");
    static final Path SETTINGS = FOLDER.resolve("config/application.yaml");

    private ConfigWorkspace() {}

    /** Everything as shipped, whatever was there. */
    static void lay() {
        mirror(Path.of("routes"), ROUTES);
        mirror(Path.of("mappings"), MAPPINGS);
        directories(SETTINGS.getParent());
        write(SETTINGS, "sync:\n  mappings:\n    default: " + MAPPINGS + "/lead.jslt\n");
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As an editor does that keeps the old file until the new one is complete. */
    static void write(Path file, String text) {
        try {
            Path aside = Files.writeString(file.resolveSibling("." + file.getFileName() + ".swp"), text);
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As an editor does that writes into the file itself: for a moment it is empty. */
    static void overwrite(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void replace(Path file, String what, String with) {
        String text = read(file);
        if (!text.contains(what)) {
            throw new IllegalArgumentException(file + " does not say " + what);
        }
        write(file, text.replace(what, with));
    }

    static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void move(Path file, Path to) {
        try {
            Files.move(file, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void link(Path link, Path to) {
        try {
            Files.createSymbolicLink(link, to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void directories(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void mirror(Path shipped, Path copy) {
        directories(copy);
        for (Path file : files(copy)) {
            if (Files.isSymbolicLink(file) || !Files.exists(shipped.resolve(file.getFileName()))) {
                delete(file);
            }
        }
        files(shipped).forEach(file -> write(copy.resolve(file.getFileName()), read(file)));
    }
}
