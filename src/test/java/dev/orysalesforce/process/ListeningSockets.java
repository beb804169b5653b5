package dev.orysalesforce.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The TCP sockets on which a process waits for connections, as Linux tells them. */
final class ListeningSockets {

    private static final int ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final String LISTEN = "0A";

    private ListeningSockets() {}

    /** @return an address each, as in {@code /proc/net/tcp}: hexadecimal, with the port behind a colon */
    static List<String> of(long pid) throws IOException {
        Path process = Path.of("/proc", String.valueOf(pid));
        Set<String> sockets;
        try (Stream<Path> files = Files.list(process.resolve("fd"))) {
            sockets = files.map(ListeningSockets::target).collect(Collectors.toSet());
        }
        return Stream.concat(Files.readAllLines(process.resolve("net/tcp")).stream(),
                Files.readAllLines(process.resolve("net/tcp6")).stream())
                .map(line -> line.strip().split("\\s+"))
                .filter(socket -> socket[STATE].equals(LISTEN) && sockets.contains("socket:[" + socket[INODE] + "]"))
                .map(socket -> socket[ADDRESS]).toList();
    }

    private static String target(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException e) {
            return ""; // it was closed meanwhile
        }
    }
}
