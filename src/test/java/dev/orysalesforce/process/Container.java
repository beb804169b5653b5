package dev.orysalesforce.process;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kernel mounts of a container of the image: a read-only root, other folders mounted as configured, and the process as
 * the Dockerfile's USER. The machine's own programs replace those of the image, and its network is used. For root on Linux.
 */
final class Container {

    private static final String ENTER = """
            set -eu
            root=$1; user=$2; shift 2
            mount -t tmpfs -o mode=755 root "$root"
            for top in bin sbin lib lib64; do [ ! -L /$top ] || cp -P /$top "$root/"; done
            while [ "$1" != -- ]; do
                mkdir -p "$root$2"
                case $3 in
                tmpfs,*) mount -t tmpfs -o "${3#*,},mode=1777" tmpfs "$root$2" ;;
                *) mount --rbind "$1" "$root$2"
                   case $3 in ro) mount -o remount,bind,ro "$root$2" ;; esac ;;
                esac
                shift 3
            done
            shift
            mount -o remount,ro "$root"
            exec chroot --userspec="$user" "$root" env -C /app "$@"
            """;
    private static final Path UNPACKED = Path.of("target", "unpacked");
    private static final Pattern USER = Pattern.compile("(?m)^USER (\\d+):(\\d+)$");
    /** Made for the image's own Java by its build; {@code .ci/dockerfile} tests that. */
    private static final String CACHE = "-XX:AOTCache=";
    private static final Pattern ENTRYPOINT = Pattern.compile("(?m)^ENTRYPOINT (\\[.*])$");

    private final Path folder;
    private final String dockerfile;
    private final int user;
    private final Map<String, List<String>> mounts = new TreeMap<>(); // by target, the outer ones first

    /** With the files that the Dockerfile copies into /app. */
    Container(Path folder) throws IOException {
        this.folder = folder;
        dockerfile = Files.readString(Path.of("Dockerfile")).replace("\\\n", "");
        user = Integer.parseInt(first(USER));
        Path app = Files.createDirectories(folder.resolve("app"));
        Files.copy(UNPACKED.resolve("ory-salesforce-sync.jar"), app.resolve("ory-salesforce-sync.jar"));
        Files.copy(Path.of("application.yaml"), app.resolve("application.yaml"));
        for (String mountPoint : List.of("lib", "routes", "mappings", "data")) {
            Files.createDirectories(app.resolve(mountPoint));
        }
        Files.createDirectories(folder.resolve("root"));
        for (String readOnly : List.of("/usr", "/etc")) {
            mount(Path.of(readOnly), readOnly, "ro");
        }
        for (String kernel : List.of("/proc", "/dev")) {
            mount(Path.of(kernel), kernel, "rw");
        }
        mount(app, "/app", "ro");
        mount(UNPACKED.resolve("lib"), "/app/lib", "ro");
    }

    int user() {
        return user;
    }

    /** @param how {@code ro} or {@code rw} */
    Container mount(Path source, String target, String how) {
        mounts.put(target, List.of(source.toAbsolutePath().toString(), target, how));
        return this;
    }

    /** @param options such as {@code noexec} */
    Container tmpfs(String target, String options) {
        mounts.put(target, List.of("tmpfs", target, "tmpfs," + options));
        return this;
    }

    /** A new folder that belongs to the image's user. */
    Path empty(String name) throws IOException {
        Path empty = Files.createDirectory(folder.resolve(name));
        Files.setAttribute(empty, "unix:uid", user);
        Files.setAttribute(empty, "unix:gid", user);
        return empty;
    }

    /** The command that starts it. */
    List<String> command() throws IOException {
        List<String> command = new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", ENTER,
                "container", folder.resolve("root").toString(), user + ":" + user));
        mounts.values().forEach(command::addAll);
        command.add("--");
        List<String> entrypoint = List.of(new ObjectMapper().readValue(first(ENTRYPOINT), String[].class));
        command.add(Path.of(System.getProperty("java.home"), "bin", entrypoint.get(0)).toString());
        entrypoint.stream().skip(1).filter(word -> !word.startsWith(CACHE)).forEach(command::add);
        return command;
    }

    /**
     * Lays files out like a kubelet for a ConfigMap or a Secret: links to a link to a folder, so that all change at once,
     * even if there are some already.
     */
    static void project(Path volume, Map<String, String> files) throws IOException {
        Path version = Files.createTempDirectory(Files.createDirectories(volume), "..");
        Files.setPosixFilePermissions(version, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path laid = version.resolve(file.getKey());
            Files.createDirectories(laid.getParent());
            Files.writeString(laid, file.getValue());
            Path top = Path.of(file.getKey()).getName(0); // a file, or a folder of files
            if (!Files.isSymbolicLink(volume.resolve(top))) {
                Files.createSymbolicLink(volume.resolve(top), Path.of("..data").resolve(top));
            }
        }
        Path next = Files.createSymbolicLink(volume.resolve("..data_tmp"), version.getFileName());
        Files.move(next, volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }

    private String first(Pattern pattern) {
        Matcher matcher = pattern.matcher(dockerfile);
        if (!matcher.find()) {
            throw new IllegalStateException("The Dockerfile has no " + pattern);
        }
        return matcher.group(1);
    }
}
