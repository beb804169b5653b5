package dev.orysalesforce.process;

import static org.awaitility.Awaitility.await;

import dev.orysalesforce.FreePort;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * An external broker: Artemis' server as a separate process, started by the main class of its container image, with the
 * address setting of the README.
 */
final class ArtemisProcess implements AutoCloseable {

    private static final Path TEMPLATES = Path.of("src/test/resources/artemis");
    private static final Path ADDRESS_SETTING = Path.of("ops/artemis-address-setting.xml");

    private final Path folder;
    private final int port = FreePort.next();
    private Process process;

    ArtemisProcess(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder.resolve("etc"));
            Files.writeString(folder.resolve("etc/broker.xml"), Files.readString(TEMPLATES.resolve("broker.xml"))
                    .replace("@PORT@", String.valueOf(port))
                    .replace("@ADDRESS-SETTING@", Files.readString(ADDRESS_SETTING)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it, with the data on its disk, and waits until it listens. */
    ArtemisProcess start() {
        String jars = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar")).collect(Collectors.joining(File.pathSeparator));
        try {
            process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx512m", "-Dlogback.configurationFile=" + TEMPLATES.resolve("logback.xml").toAbsolutePath(),
                    "-cp", jars, "org.apache.activemq.artemis.core.server.embedded.Main", folder.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile())).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50)).until(this::listens);
        return this;
    }

    String url() {
        return "tcp://127.0.0.1:" + port;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** How many messages it has moved to queues that the app does not read. */
    int moved() {
        try (ActiveMQConnectionFactory connections = new ActiveMQConnectionFactory(url());
                JMSContext jms = connections.createContext()) {
            int moved = 0;
            for (String queue : List.of("DLQ", "ExpiryQueue")) {
                moved += Collections.list(jms.createBrowser(jms.createQueue(queue)).getEnumeration()).size();
            }
            return moved;
        } catch (JMSException e) {
            throw new IllegalStateException(e);
        }
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            kill();
        }
    }

    private boolean listens() throws IOException {
        if (!process.isAlive()) {
            throw new IllegalStateException("Artemis ended:\n" + Files.readString(folder.resolve("log")));
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
