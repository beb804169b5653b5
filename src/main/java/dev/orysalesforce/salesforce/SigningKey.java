package dev.orysalesforce.salesforce;

import dev.orysalesforce.journal.PauseDeliveryException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.security.interfaces.RSAPrivateKey;
import java.util.Collections;
import org.apache.camel.support.jsse.KeyStoreParameters;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ssl.pem.PemContent;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.stereotype.Component;

/**
 * The key of a login by JWT bearer flow, with its certificate: PEM, PKCS#12 or JKS. It is read again at each login, so that
 * it can be replaced while the app runs.
 */
@Component("signingKey")
class SigningKey extends KeyStoreParameters {

    private final String file;

    SigningKey(@Value("${SALESFORCE_JWT_KEY_FILE:}") String file, @Value("${SALESFORCE_JWT_KEY_PASSWORD:}") String password) {
        this.file = file;
        setResource(file);
        setPassword(password);
    }

    /** @throws PauseDeliveryException if the file has no key that can sign a login */
    @Override
    public KeyStore createKeyStore() {
        try {
            String text = Files.readString(Path.of(file), StandardCharsets.ISO_8859_1);
            KeyStore keys = PemContent.isPresentInText(text) ? ofPem(text)
                    : KeyStore.getInstance(new File(file), getPassword().toCharArray());
            for (String alias : Collections.list(keys.aliases())) {
                if (keys.isKeyEntry(alias) && keys.getKey(alias, getPassword().toCharArray()) instanceof RSAPrivateKey) {
                    return keys;
                }
            }
            throw new UnrecoverableKeyException();
        } catch (IOException | GeneralSecurityException | IllegalArgumentException | IllegalStateException e) {
            throw new PauseDeliveryException("UNUSABLE_KEY", "The key for the login can't be used: " + e.getClass().getSimpleName()
                    + " — SALESFORCE_JWT_KEY_FILE has to name a PEM file with an RSA key and its certificate, or a PKCS#12 or"
                    + " JKS key store with one key; SALESFORCE_JWT_KEY_PASSWORD is what opens it.");
        }
    }

    private KeyStore ofPem(String text) {
        return new PemSslStoreBundle(new PemSslStoreDetails("PKCS12", "salesforce", getPassword(), text, text, getPassword()), null)
                .getKeyStore();
    }
}
