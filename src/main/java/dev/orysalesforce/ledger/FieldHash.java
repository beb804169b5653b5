package dev.orysalesforce.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.settings.CannotStartException;
import dev.orysalesforce.settings.SyncSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/**
 * A keyed hash of a field's value: it shows that the value changed, and is useless without the key. The same value has
 * another hash for another identity or field.
 */
@Component
public class FieldHash {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int LENGTH = 12; // 96 bits
    private static final int KEY_LENGTH = 32;

    private final boolean isOfEarlierStart;
    private final SecretKeySpec key;

    /** The key is {@code sync.ledger.key}, else the file {@code ledger.key} in the data directory, made at first start. */
    FieldHash(SyncSettings settings) throws IOException {
        Path file = Path.of(settings.dataDir()).resolve("ledger.key");
        String given = settings.ledger().key();
        isOfEarlierStart = given == null && Files.exists(file);
        byte[] secret = given != null ? given.getBytes(StandardCharsets.UTF_8) : keyFile(file);
        key = new SecretKeySpec(secret, ALGORITHM);
    }

    private static byte[] keyFile(Path file) throws IOException {
        if (Files.notExists(file)) {
            makeKey(file);
        }
        byte[] key = read(file);
        if (key.length < KEY_LENGTH) {
            throw new CannotStartException("The key of the ledger, " + file + ", is damaged: it has " + key.length
                    + " bytes, not " + KEY_LENGTH + ".",
                    "Put a backup of the file in its place. Without a backup, delete it and"
                            + " ledger.db* (or the tables) and start again: this costs one look-up in Salesforce for each identity,"
                            + " and the identities that were erased, but still exist at Ory, come back.");
        }
        return key;
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new CannotStartException("The key of the ledger, " + file + ", can't be read: " + e.getClass().getSimpleName()
                    + ".", "Give the app's user access to it, or put a backup of the file in its place.");
        }
    }

    /** The file appears complete and readable for its owner only, and never replaces the file of another process. */
    private static void makeKey(Path file) throws IOException {
        Path folder = Files.createDirectories(file.getParent());
        Path draft = Files.createTempFile(folder, "ledger.key", null); // for its owner only
        try {
            byte[] key = new byte[KEY_LENGTH];
            new SecureRandom().nextBytes(key);
            try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(key));
                channel.force(true);
            }
            publish(draft, file);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static void publish(Path draft, Path file) throws IOException {
        try {
            Files.createLink(file, draft); // unlike a move, this fails if the file exists
        } catch (FileAlreadyExistsException e) {
            // another process was first: its key is used
        } catch (FileSystemException | UnsupportedOperationException e) {
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE); // a file system without links
        }
    }

    public String of(String identity, String field, JsonNode value) {
        return hash(identity + '\n' + field + '\n' + value);
    }

    public String ofIdentity(String identity) {
        return hash("identity\n" + identity);
    }

    /** Whether the key's file was there before; false for a key from the settings. */
    boolean isOfEarlierStart() {
        return isOfEarlierStart;
    }

    /** Identifies the key without revealing it, to detect a ledger that was made with another key. */
    String fingerprint() {
        return hash("fingerprint");
    }

    private String hash(String text) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            byte[] full = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(Arrays.copyOf(full, LENGTH));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
