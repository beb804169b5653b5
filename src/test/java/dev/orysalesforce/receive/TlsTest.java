package dev.orysalesforce.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** The README's TLS settings, with the certificate where Kubernetes mounts a Secret: behind two links. */
@Tag("any-ledger")
@TestPropertySource(properties = {"test.context=tls", "server.ssl.bundle=https",
    "spring.ssl.bundle.pem.https.reload-on-update=true", "spring.ssl.bundle.watch.file.quiet-period=300ms"})
@Tag("nightly")
class TlsTest extends AppTest {

    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private static Path folder;
    private static KeyStore trusted;

    @DynamicPropertySource
    static void bundle(DynamicPropertyRegistry registry) throws Exception {
        trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, PASSWORD);
        mount("first");
        Files.createSymbolicLink(folder.resolve("tls.crt"), Path.of("..data", "tls.crt"));
        Files.createSymbolicLink(folder.resolve("tls.key"), Path.of("..data", "tls.key"));
        registry.add("spring.ssl.bundle.pem.https.keystore.certificate", () -> "file:" + folder.resolve("tls.crt"));
        registry.add("spring.ssl.bundle.pem.https.keystore.private-key", () -> "file:" + folder.resolve("tls.key"));
    }

    @Test
    void aRenewedCertificateIsServedWithoutARestart() throws Exception {
        assertThat(sendsAndSees()).isEqualTo("CN=first");
        mount("second");
        await().until(() -> sendsAndSees().equals("CN=second"));

        Path broken = Files.createDirectories(folder.resolve("..broken"));
        Files.writeString(broken.resolve("tls.crt"), "no certificate");
        Files.writeString(broken.resolve("tls.key"), "no key");
        link("..broken");
        mount("third"); // restores a valid one
        await().until(() -> sendsAndSees().equals("CN=third"));
        assertThat(health().path("status").asText()).as("health stays plain HTTP, for probes").isEqualTo("UP");
    }

    /** Sends an event over a new connection; returns the server's identity. */
    private String sendsAndSees() throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        HttpResponse<String> answer = HttpClient.newBuilder().sslContext(tls).build().send(HttpRequest.newBuilder(
                URI.create("https://127.0.0.1:" + port + "/webhooks/ory/registration"))
                .header("X-Webhook-Secret", SECRET).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Tls")
                        .toString()))
                .build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(204);
        Certificate[] chain = answer.sslSession().orElseThrow().getPeerCertificates();
        return ((X509Certificate) chain[0]).getSubjectX500Principal().getName();
    }

    /** Swaps the inner link, as the kubelet does. */
    private static void mount(String name) throws Exception {
        Path version = Files.createDirectories(folder.resolve(".." + name));
        Path store = version.resolve("store");
        String java = System.getProperty("java.home");
        Process keytool = new ProcessBuilder(java + "/bin/keytool", "-genkeypair", "-alias", name, "-keyalg", "EC", "-dname",
                "CN=" + name, "-ext", "san=ip:127.0.0.1", "-validity", "2", "-keystore", store.toString(), "-storetype", "PKCS12",
                "-storepass", new String(PASSWORD)).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes());
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        trusted.setCertificateEntry(name, keys.getCertificate(name));
        pem(version.resolve("tls.crt"), "CERTIFICATE", keys.getCertificate(name).getEncoded());
        pem(version.resolve("tls.key"), "PRIVATE KEY", keys.getKey(name, PASSWORD).getEncoded());
        link(".." + name);
    }

    private static void link(String version) throws IOException {
        Path fresh = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of(version));
        Files.move(fresh, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void pem(Path file, String what, byte[] content) throws IOException {
        Files.writeString(file, "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(content) + "\n-----END " + what + "-----\n");
    }
}
