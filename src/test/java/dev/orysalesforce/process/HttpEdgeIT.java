package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What strangers, and a burst of the largest webhooks, cost a JVM with a heap of 256 MB: with and without virtual threads. */
@Tag("nightly")
class HttpEdgeIT {

    private static final int MEGABYTE = 1024 * 1024;
    private static final int BURST = 100;

    /** One after the other in the same process, whose heap the first must not have filled. */
    @ParameterizedTest
    @MethodSource("javas")
    void neitherUnfinishedBodiesNorABurstEndTheProcess(Path java, @TempDir Path folder) throws Exception {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start(); AppProcess app = start(java, folder, salesforce)) {
            unfinishedBodiesOfUnknownCallersCostNoMemory(app, java);
            aBurstOfTheLargestWebhooksIsPutOff(app, java);
        }
    }

    private static void unfinishedBodiesOfUnknownCallersCostNoMemory(AppProcess app, Path java) throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(signUp(app)).isEqualTo(204);
        }
        long before = ClassHistogram.of(app).bytes();
        List<Socket> open = new ArrayList<>();
        byte[] part = " ".repeat(MEGABYTE - 1).getBytes(StandardCharsets.US_ASCII);
        for (String path : List.of("/foo", "/webhooks/ory/registration", "/api/preview", "/oauth2/token",
                "/services/data/v62.0/sobjects/Lead")) {
            for (int i = 0; i < 160; i++) {
                Socket socket = new Socket("127.0.0.1", app.port());
                open.add(socket);
                try {
                    socket.getOutputStream().write(("POST " + path + " HTTP/1.1\r\nHost: sync\r\nContent-Type:"
                            + " application/json\r\nContent-Length: " + MEGABYTE + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                    socket.getOutputStream().write(part);
                } catch (IOException e) {
                    // refused, and the connection is closed
                }
            }
            assertThat(signUp(app)).as("webhooks go on beside " + path).isEqualTo(204);
            long cost = ClassHistogram.of(app).bytes() - before;
            System.out.printf("%s: 160 unfinished bodies to %s cost %d KB%n", java, path, cost / 1024);
            assertThat(cost).as(path).isLessThan(15L * MEGABYTE);
            for (Socket socket : open) {
                socket.close();
            }
            open.clear();
        }
    }

    /** All at once: what must wait for more than two seconds is put off, however quick the machine is. */
    private static void aBurstOfTheLargestWebhooksIsPutOff(AppProcess app, Path java) throws Exception {
        Map<Integer, Integer> answers = new ConcurrentHashMap<>();
        ExecutorService senders = Executors.newFixedThreadPool(BURST);
        Ory ory = app.ory();
        String filler = "[],".repeat((MEGABYTE - 1024) / 3);
        List<Callable<Void>> calls = new ArrayList<>();
        for (int i = 0; i < BURST; i++) {
            calls.add(() -> {
                var answer = ory.sends("registration", "{\"x\":[" + filler + "[]]," + Ory.identity(UUID.randomUUID().toString(),
                        Instant.now(), "Burst").toString().substring(1));
                answers.merge(answer.statusCode(), 1, Integer::sum);
                if (answer.statusCode() == 503) {
                    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                }
                return null;
            });
        }
        for (var call : senders.invokeAll(calls)) {
            call.get();
        }
        senders.shutdown();
        System.out.println(java + ": " + answers);
        assertThat(app.isAlive()).isTrue();
        assertThat(app.log()).doesNotContain("OutOfMemoryError");
        assertThat(answers.keySet()).contains(204, 503).isSubsetOf(204, 503);
        assertThat(signUp(app)).isEqualTo(204);
    }

    /** The one that runs the tests, and the image's if it is installed. */
    static List<Path> javas() throws IOException {
        List<Path> javas = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
        Path installed = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(installed)) {
            try (DirectoryStream<Path> others = Files.newDirectoryStream(installed, "*-25-*")) {
                others.forEach(javas::add);
            }
        }
        return javas;
    }

    private static AppProcess start(Path java, Path folder, SalesforceSandbox salesforce) {
        return new AppProcess(folder, salesforce).by(List.of(java.resolve("bin/java").toString(), "-Xmx256m", "-XX:+UseG1GC",
                "-XX:+ExitOnOutOfMemoryError", "-jar", Path.of("target", "ory-salesforce-sync.jar").toAbsolutePath().toString())).start();
    }

    private static int signUp(AppProcess app) {
        return app.ory().sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Person")).statusCode();
    }
}
