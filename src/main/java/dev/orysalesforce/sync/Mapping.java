package dev.orysalesforce.sync;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Where a record comes from: one entry of {@code sync.mappings}.
 *
 * @param name as the operator wrote it: a file or a Camel endpoint
 * @param endpoint the Camel endpoint that is asked
 * @param object the object that it writes unless its answer says otherwise: what it is named after
 * @param version of a file, the first eight hex digits of its SHA-256; else null
 */
public record Mapping(String name, String endpoint, String object, String version) {

    public static Mapping of(String name) {
        return new Mapping(name, endpoint(name), object(name), version(name));
    }

    /** Name and version in one, for the ledger. */
    public String label() {
        return version == null ? name : name + "@" + version;
    }

    private static String endpoint(String name) {
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return switch (ending) {
            case "ds" -> "language:datasonnet:resource:file:" + name;
            case "jslt" -> "jslt:file:" + name + "?objectMapper=#jacksonObjectMapper";
            case "jsonata" -> "jsonata:file:" + name + "?inputType=JsonString&outputType=JsonString";
            case "jq" -> "language:jq:resource:file:" + name;
            default -> name;
        };
    }

    /** {@code mappings/contact.ds} and {@code direct:contact} write Contacts. */
    private static String object(String name) {
        String last = Path.of(name.substring(name.lastIndexOf(':') + 1)).getFileName().toString();
        String stem = last.contains(".") ? last.substring(0, last.indexOf('.')) : last;
        return stem.substring(0, 1).toUpperCase(Locale.ROOT) + stem.substring(1);
    }

    private static String version(String name) {
        try {
            Path file = Path.of(name);
            return !Files.isRegularFile(file) ? null : HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)), 0, 4);
        } catch (IOException | NoSuchAlgorithmException e) {
            return null; // whoever reads the file for its meaning will say why it can't be read
        }
    }
}
