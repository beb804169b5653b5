package dev.orysalesforce.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** The app logs in by key instead of secret, and so does the token broker. */
@Tag("any-ledger")
@TestPropertySource(properties = "test.context=key-login")
@Tag("nightly")
class KeyLoginTest extends AppTest {

    private static final SigningKeyFile KEY = SigningKeyFile.make("RSA");
    private static final SigningKeyFile ANOTHER = SigningKeyFile.make("RSA");
    private static final Path FILE = KEY.folder().resolve("in-use");
    private static final String USER = "ory.sync@example.com";

    @DynamicPropertySource
    static void key(DynamicPropertyRegistry registry) {
        registry.add("SALESFORCE_CLIENT_SECRET", () -> "");
        registry.add("SALESFORCE_JWT_KEY_FILE", FILE::toString);
        registry.add("SALESFORCE_JWT_KEY_PASSWORD", () -> SigningKeyFile.PASSWORD);
        registry.add("SALESFORCE_USERNAME", () -> USER);
    }

    @BeforeEach
    void trusted() throws Exception {
        Files.copy(KEY.pem(), FILE, StandardCopyOption.REPLACE_EXISTING);
        SALESFORCE.org().sessions().trust(KEY.certificate().getPublicKey(), USER);
        SALESFORCE.org().expireTokens();
    }

    @AfterEach
    void trustedAgain() throws Exception {
        trusted();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pem", "encrypted pem", "p12"})
    void aRecordArrivesByAKey(String kind) throws Exception {
        Files.copy(switch (kind) {
            case "pem" -> KEY.pem();
            case "p12" -> KEY.keyStore();
            default -> KEY.encryptedPem();
        }, FILE, StandardCopyOption.REPLACE_EXISTING);
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, Instant.now(), "Signed"));
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Signed");
    }

    @Test
    void theBrokerGetsATokenOfItsOwn() {
        int alive = SALESFORCE.org().sessions().alive();
        var answer = ory.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port
                + "/oauth2/token"))
                .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(
                        "billing:billing-client-secret".getBytes(StandardCharsets.UTF_8)))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials")).build());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(SALESFORCE.org().sessions().isAlive(read(answer.body()).path("access_token").asText())).isTrue();
        assertThat(SALESFORCE.org().sessions().alive()).isEqualTo(alive + 1);
    }

    @ParameterizedTest
    @CsvSource({"another key, invalid assertion", "another user, user hasn't approved", "no key, UNUSABLE_KEY",
        "an elliptic curve, UNUSABLE_KEY"})
    void aMissingFieldPausesDeliveryUntilItIsFixed(String what, String told) throws Exception {
        switch (what) {
            case "another key" -> SALESFORCE.org().sessions().trust(ANOTHER.certificate().getPublicKey(), USER);
            case "another user" -> SALESFORCE.org().sessions().trust(KEY.certificate().getPublicKey(), "admin@example.com");
            case "no key" -> Files.writeString(FILE, "nothing of the kind");
            default -> Files.copy(SigningKeyFile.make("EC").pem(), FILE, StandardCopyOption.REPLACE_EXISTING);
        }
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, Instant.now(), "Waiting"));
        await().untilAsserted(() -> assertThat(
                health().at("/components/deliveryPause/details").toString()).contains(told).doesNotContain(SigningKeyFile.PASSWORD));
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        trusted();
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Waiting");
    }
}
