package dev.orysalesforce.salesforce;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** A key with its certificate in the usual formats. */
public record SigningKeyFile(Path folder, Certificate certificate) {

    public static final String PASSWORD = "the key's password";
    private static final String ENCRYPTION = "PBEWithSHA1AndDESede";

    /** @param algorithm RSA or EC */
    public static SigningKeyFile make(String algorithm) {
        try {
            Path folder = Files.createTempDirectory("key");
            Path store = folder.resolve("key.p12");
            int exit = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair",
                    "-keyalg", algorithm, "-alias", "sync", "-dname", "CN=ory-sync", "-storetype", "PKCS12", "-keystore",
                    store.toString(), "-storepass", PASSWORD).inheritIO().start().waitFor();
            KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
            Key key = keys.getKey("sync", PASSWORD.toCharArray());
            Certificate certificate = keys.getCertificate("sync");
            String pem = pem("CERTIFICATE", certificate.getEncoded());
            Files.writeString(folder.resolve("key.pem"), pem("PRIVATE KEY", key.getEncoded()) + pem);
            Files.writeString(folder.resolve("encrypted.pem"), pem("ENCRYPTED PRIVATE KEY", encrypted(key)) + pem);
            return exit == 0 ? new SigningKeyFile(folder, certificate) : null;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public Path keyStore() {
        return folder.resolve("key.p12");
    }

    public Path pem() {
        return folder.resolve("key.pem");
    }

    Path encryptedPem() {
        return folder.resolve("encrypted.pem");
    }

    private static byte[] encrypted(Key key) throws GeneralSecurityException, IOException {
        Cipher cipher = Cipher.getInstance(ENCRYPTION);
        cipher.init(Cipher.ENCRYPT_MODE, SecretKeyFactory.getInstance(ENCRYPTION)
                .generateSecret(new PBEKeySpec(PASSWORD.toCharArray())));
        return new EncryptedPrivateKeyInfo(cipher.getParameters(), cipher.doFinal(key.getEncoded())).getEncoded();
    }

    private static String pem(String what, byte[] content) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(content)
                + "\n-----END " + what + "-----\n";
    }
}
