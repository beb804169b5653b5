package dev.orysalesforce.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.orysalesforce.settings.OrySettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stands at ORY_ADMIN_URL may not be Ory: no answer of it takes more than so much memory. */
class OryAdminTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;

    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Test
    void anAnswerWithoutAnEndIsCut() {
        assertThatThrownBy(() -> get(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] much = new byte[1 << 20];
            while (true) {
                exchange.getResponseBody().write(much);
            }
        })).isInstanceOf(RunFailedException.class).hasMessageContaining("32 MB");
    }

    @Test
    void soIsOneThatIsLargeOnceItIsUnpacked() {
        assertThatThrownBy(() -> get(exchange -> {
            exchange.getResponseHeaders().add("Content-Encoding", "gzip");
            exchange.sendResponseHeaders(200, 0);
            try (GZIPOutputStream packed = new GZIPOutputStream(exchange.getResponseBody())) {
                byte[] much = new byte[1 << 20];
                for (int i = 0; i < 40; i++) {
                    packed.write(much);
                }
            }
        })).isInstanceOf(RunFailedException.class).hasMessageContaining("32 MB");
    }

    @Test
    void aPackedAnswerIsUnpackedOnce() throws IOException {
        assertThat(get(exchange -> {
            exchange.getResponseHeaders().add("Content-Encoding", "gzip");
            exchange.sendResponseHeaders(200, 0);
            try (GZIPOutputStream packed = new GZIPOutputStream(exchange.getResponseBody())) {
                packed.write("[]".getBytes(StandardCharsets.UTF_8));
            }
        })).isEqualTo("[] null");
    }

    @Test
    void headersHaveAnEndToo() {
        assertThatThrownBy(() -> get(exchange -> {
            for (int i = 0; i < 200; i++) {
                exchange.getResponseHeaders().add("X-Header-" + i, "value");
            }
            exchange.sendResponseHeaders(200, -1);
        })).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> get(exchange -> {
            exchange.getResponseHeaders().add("X-Header", "x".repeat(20_000));
            exchange.sendResponseHeaders(200, -1);
        })).isInstanceOf(IOException.class);
    }

    /** The body, and how it is still packed. */
    private String get(Answer answer) throws IOException {
        String path = "/p" + System.nanoTime();
        server.createContext(path, exchange -> {
            try (exchange) {
                answer.to(exchange);
            }
        });
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        HttpClientBuilder builder = HttpClientBuilder.create();
        new OryAdmin(new OrySettings(url, null), null, null).configureHttpClient(builder);
        try (CloseableHttpClient client = builder.build()) {
            return client.execute(new HttpGet(url + path),
                    response -> EntityUtils.toString(response.getEntity()) + " " + response.getFirstHeader("Content-Encoding"));
        }
    }
}
