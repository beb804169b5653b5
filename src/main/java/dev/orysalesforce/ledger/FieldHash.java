package dev.orysalesforce.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.settings.SyncSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/**
 * A keyed hash of a field's value: enough to see that it changed, useless to who has the ledger but not the key. The
 * same value has another hash for another identity or field.
 */
@Component
public class FieldHash {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int LENGTH = 12; // 96 bits

    private final SecretKeySpec key;

    /** The key is {@code sync.ledger.key}, else the file {@code ledger.key} in the data directory, made at first start. */
    FieldHash(SyncSettings settings) throws IOException {
        byte[] secret = settings.ledger().key() != null ? settings.ledger().key().getBytes(StandardCharsets.UTF_8)
                : keyFile(Path.of(settings.dataDir()).resolve("ledger.key"));
        key = new SecretKeySpec(secret, ALGORITHM);
    }

    private static byte[] keyFile(Path file) throws IOException {
        if (Files.notExists(file)) {
            Files.createDirectories(file.getParent());
            byte[] fresh = new byte[32];
            new SecureRandom().nextBytes(fresh);
            Files.write(file, fresh);
            file.toFile().setReadable(false, false);
            file.toFile().setReadable(true, true);
        }
        return Files.readAllBytes(file);
    }

    public String of(String identity, String field, JsonNode value) {
        return hash(identity + '\n' + field + '\n' + value);
    }

    public String ofIdentity(String identity) {
        return hash("identity\n" + identity);
    }

    /** Names the key without giving it away, so that a ledger can be told from one that was made with another key. */
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
