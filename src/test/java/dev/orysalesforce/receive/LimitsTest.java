package dev.orysalesforce.receive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;

/** Requests that no HTTP client sends: too large, too slow, or ambiguous. */
@Tag("any-ledger")
@TestPropertySource(properties = {"test.context=limits", "server.tomcat.connection-timeout=1s"})
@Tag("nightly")
class LimitsTest extends AppTest {

    private static final String POST = "POST /webhooks/ory/login HTTP/1.1\r\nHost: sync\r\nX-Webhook-Secret: " + SECRET
            + "\r\nContent-Type: application/json\r\n";

    @Test
    void tooLargeOrTooManyHeadersAreRejected() throws IOException {
        assertRefused(POST + "X-Long: " + "x".repeat(8 * 1024) + "\r\nContent-Length: 2\r\n\r\n{}");
        assertRefused(POST + "X-Many: x\r\n".repeat(200) + "Content-Length: 2\r\n\r\n{}");
        assertThat(status(answer(POST + "X-Fine: " + "x".repeat(7 * 1024) + "\r\nContent-Length: 2\r\n\r\n{}"))).isEqualTo(400);
        assertThat(deadLetters()).as("of the one that came in").hasSize(1);
    }

    /** Request smuggling: a proxy that interprets the lengths differently would treat a part as the next request. */
    @ParameterizedTest
    @ValueSource(strings = {
        "Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}",
        "Content-Length: 2, 40\r\n\r\n{}",
        "Content-Length: -2\r\n\r\n{}",
        "Content-Length: 99999999999999999999\r\n\r\n{}",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked, gzip\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        "Content Length: 2\r\n\r\n{}",
        "X-\u0000: x\r\nContent-Length: 2\r\n\r\n{}",
        "X-A: b\rContent-Length: 2\r\n\r\n{}",
    })
    void anAmbiguousRequestIsRejected(String rest) throws IOException {
        String answer = answer(POST + rest);
        assertThat(answer.split("HTTP/1\\.1 ").length).as("one answer: " + answer).isLessThanOrEqualTo(2);
        assertThat(status(answer)).as(answer).isIn(0, 400, 501);
        assertThat(answer).doesNotContain("Tomcat", "\tat ", "Exception");
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aStalledRequestIsDisconnectedAndNothingIsKept() throws IOException {
        for (String part : List.of("POST /webhooks", POST + "X-Next: ", POST + "Content-Length: 100\r\n\r\n{\"identity\"",
                POST + "Transfer-Encoding: chunked\r\n\r\n10\r\n{")) {
            Instant before = Instant.now();
            String answer = answer(part);
            assertThat(Duration.between(before, Instant.now())).as(part).isLessThan(Duration.ofSeconds(10));
            assertThat(status(answer)).as(answer).isLessThan(500);
        }
        assertThat(deadLetters()).isEmpty();
        assertThat(pending()).isZero();
    }

    @Test
    void manyStalledRequestsBlockNoOther() throws IOException {
        List<Socket> stopped = new ArrayList<>();
        try {
            for (int i = 0; i < 500; i++) {
                Socket socket = new Socket("127.0.0.1", port);
                stopped.add(socket);
                socket.getOutputStream().write((i % 2 == 0 ? POST : POST + "Content-Length: 100\r\n\r\n{")
                        .getBytes(StandardCharsets.ISO_8859_1));
            }
            String id = UUID.randomUUID().toString();
            assertThat(ory.sends("registration", Ory.identity(id, Instant.now(), "Through")).statusCode()).isEqualTo(204);
            settle();
            assertThat(record(id).text("LastName")).isEqualTo("Through");
        } finally {
            for (Socket socket : stopped) {
                socket.close();
            }
        }
    }

    private void assertRefused(String request) throws IOException {
        String answer = answer(request);
        assertThat(status(answer)).as(answer).isIn(400, 431);
        assertThat(answer).doesNotContain("Tomcat", "\tat ", "Exception", SECRET);
    }

    /** The complete answer until the connection is closed; if it is not, the last request has its answer. */
    private String answer(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(15_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    /** 0 if the connection was closed without an answer. */
    private static int status(String answer) {
        return answer.isEmpty() ? 0 : Integer.parseInt(answer.substring(9, 12));
    }
}
