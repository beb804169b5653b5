package dev.orysalesforce.mapping;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Hosts that do not tell which company a web address or an e-mail address belongs to: free mail, social networks, hosting, public
 * suffixes. They are lines of {@code mappings/shared-hosts.txt}: a host, {@code *.} and a host for it and all below it, or a
 * comment after {@code #}.
 *
 * @param hosts in lower case, maybe with {@code *.}
 */
public record SharedHosts(Set<String> hosts) {

    /** The name of the file. */
    public static final String FILE = "shared-hosts.txt";

    private static final Pattern HOST = Pattern.compile("(\\*\\.)?[\\p{L}\\p{N}]([\\p{L}\\p{N}.-]*[\\p{L}\\p{N}])?");

    /** Without a file, any host may be a shared one. */
    public static final SharedHosts UNKNOWN = new SharedHosts(null);

    /** A line that is no host. */
    public static final class InvalidException extends Exception {

        private final int line;

        InvalidException(int line) {
            super("It is not a host, such as gmail.com or *.example.com.");
            this.line = line;
        }

        /** Counted from 1. */
        public int line() {
            return line;
        }
    }

    public static boolean isFile(String name) {
        return name.equals(FILE) || name.endsWith("/" + FILE);
    }

    public static SharedHosts of(String text) throws InvalidException {
        Set<String> hosts = new HashSet<>();
        String[] lines = text.split("\\R", -1);
        for (int i = 0; i < lines.length; i++) {
            String host = lines[i].replaceFirst("#.*", "").strip().toLowerCase(Locale.ROOT);
            if (host.isEmpty()) {
                continue;
            }
            if (!HOST.matcher(host).matches()) {
                throw new InvalidException(i + 1);
            }
            hosts.add(host);
        }
        return new SharedHosts(hosts);
    }

    /** @param files name to text of files that are valid */
    public static SharedHosts in(Map<String, String> files) {
        return files.entrySet().stream().filter(file -> isFile(file.getKey())).findFirst().map(file -> {
            try {
                return of(file.getValue());
            } catch (InvalidException e) {
                throw new IllegalStateException(e);
            }
        }).orElse(UNKNOWN);
    }

    public boolean isKnown() {
        return hosts != null;
    }

    /** @param host in lower case */
    public boolean contains(String host) {
        if (!isKnown() || !host.contains(".") || hosts.contains(host)) {
            return true;
        }
        for (String domain = host; domain.contains("."); domain = domain.substring(domain.indexOf('.') + 1)) {
            if (hosts.contains("*." + domain)) {
                return true;
            }
        }
        return false;
    }
}
