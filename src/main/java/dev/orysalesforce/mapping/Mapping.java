package dev.orysalesforce.mapping;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One entry of {@code sync.mappings}.
 *
 * @param name as the operator wrote it: a file or a Camel endpoint
 * @param endpoint the Camel endpoint to invoke
 * @param object the object that the mapping is named after; its result may name another
 * @param version of a file, the first eight hex digits of its SHA-256; else null
 * @param person the mapping that reads the traits for it, {@code person.*}; null if there is none
 */
public record Mapping(String name, String endpoint, String object, String version, Mapping person) {

    /**
     * The part of an answer whose fields are only sent with a new record. If the org requires one of them, it is replaced when it
     * changes, as long as the record still holds it.
     */
    public static final String ON_CREATE = "onCreate";

    /** The part of an answer that holds the records which the record hangs on, by the fields that refer to them. */
    public static final String PARENTS = "parents";

    /** The part of an answer that lists the records which hang on the record, and are written after it. */
    public static final String CHILDREN = "children";

    /** The part of an answer that lists fields which stay as they are where the answer has no value for them, instead of being emptied. */
    public static final String KEEP = "keep";

    /** Where the names of mappings begin that are not in use, and that an operator only tries in the console. */
    public static final String CANDIDATES = "candidate/";

    /**
     * What reads files, addresses and the app's settings in DataSonnet. An operator who tries a text need not have the right to
     * edit files of this machine.
     */
    private static final String WITHOUT_ACCESS = "local cml = {}; local within = ds { read:: null, readUrl:: null, write:: null };"
            + " local ds = within; ";
    private static final Pattern CANDIDATE = Pattern.compile("(mapping:\\p{XDigit}{8}/)?" + CANDIDATES);
    private static final Set<String> DATASONNETS = Set.of("ds", "jsonnet");
    private static final Pattern DATASONNET_HEADER = Pattern.compile("(?s)^/\\*\\* DataSonnet.*?\\*/");

    /** The endings of mapping files. */
    public static final Set<String> LANGUAGES = Set.of("ds", "jsonnet", "jslt", "jsonata", "jq");

    /** A mapping that Camel reads from its file. */
    public static Mapping of(String name) {
        return new Mapping(name, endpoint(name, "file:" + name), object(name), version(name), null);
    }

    /**
     * A mapping whose text is held in memory, so that a file which is being edited is not used. Another text has another
     * endpoint: an item that has this mapping continues with this text.
     */
    public static Mapping of(String name, String text) {
        String version = hash(text.getBytes(StandardCharsets.UTF_8));
        return new Mapping(name, endpoint(name, MappingResourceResolver.location(name, version)), object(name), version, null);
    }

    /** Whether it is a file in a mapping language, and not a Camel endpoint. */
    public static boolean isFile(String name) {
        return LANGUAGES.contains(ending(name));
    }

    public static String ending(String name) {
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    /**
     * The script that the language is given. A template for Ory, {@code function(ctx) …}, gets the mapping's input as its
     * {@code ctx}. Each line keeps its number, for error messages.
     */
    public static String script(String name, String text) {
        return isCandidate(name) && DATASONNETS.contains(ending(name)) ? withoutAccess(template(name, text)) : template(name, text);
    }

    /** Whether a name, or a location that holds one, is of a mapping that is only tried. */
    static boolean isCandidate(String name) {
        return CANDIDATE.matcher(name).lookingAt();
    }

    private static String withoutAccess(String script) {
        Matcher header = DATASONNET_HEADER.matcher(script);
        return header.find() ? header.group() + WITHOUT_ACCESS + script.substring(header.end()) : WITHOUT_ACCESS + script;
    }

    private static String template(String name, String text) {
        return !ending(name).equals("jsonnet") ? text : "local template = (" + text + """

                );
                template({
                  identity: { metadata_public: null, organization_id: null } + payload.identity,
                  flow: (if std.objectHas(payload, 'flow') then payload.flow else {}) + {
                    transient_payload: if std.objectHas(payload, 'transient_payload') then payload.transient_payload else {},
                  },
                })
                """;
    }

    /** Whether it makes records, for which {@code person.*} reads the traits. */
    public boolean isOfRecords() {
        return !file().startsWith("event.") && !isOfPersons();
    }

    /** Whether it reads the traits for the mappings of records. */
    public boolean isOfPersons() {
        return file().startsWith("person.");
    }

    private String file() {
        return Path.of(name.substring(name.lastIndexOf(':') + 1)).getFileName().toString();
    }

    /** The same mapping, with another in front that reads the traits. */
    public Mapping after(Mapping person) {
        return new Mapping(name, endpoint, object, version, person);
    }

    /** Name and version in one text, for the ledger. */
    public String label() {
        return version == null ? name : name + "@" + version;
    }

    /** The same with the version of the mapping that reads the traits for it: what is the same here gives the same answers. */
    public String wholeLabel() {
        return person == null ? label() : label() + " " + person.label();
    }

    private static String endpoint(String name, String location) {
        return switch (ending(name)) {
            case "ds", "jsonnet" -> "language:datasonnet:resource:" + location + "?cacheScript=true";
            case "jslt" -> "jslt:" + location + "?objectMapper=#jacksonObjectMapper";
            case "jsonata" -> "jsonata:" + location + "?inputType=JsonString&outputType=JsonString&frameBinding=#mappingBounds";
            case "jq" -> "language:jq:resource:" + location;
            default -> name;
        };
    }

    /** {@code mappings/contact.jslt} and {@code direct:contact} map to Contacts, {@code person-account.jslt} to PersonAccounts. */
    private static String object(String name) {
        String last = Path.of(name.substring(name.lastIndexOf(':') + 1)).getFileName().toString();
        String stem = last.contains(".") ? last.substring(0, last.indexOf('.')) : last;
        return Arrays.stream(stem.split("-")).filter(word -> !word.isEmpty())
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1)).collect(Collectors.joining());
    }

    private static String version(String name) {
        try {
            Path file = Path.of(name);
            return Files.isRegularFile(file) ? hash(Files.readAllBytes(file)) : null;
        } catch (IOException e) {
            return null; // the code that compiles the file reports why it can't be read
        }
    }

    /** The first eight hex digits of a SHA-256, for people to compare. */
    public static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
