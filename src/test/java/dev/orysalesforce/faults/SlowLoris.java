package dev.orysalesforce.faults;

import dev.orysalesforce.process.AppProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Connections that send a byte now and then, and never end: most in their headers, some with the secret in their body. */
final class SlowLoris implements AutoCloseable {

    private static final String HEAD = "POST /webhooks/ory/login HTTP/1.1\r\nHost: sync\r\nContent-Type: application/json\r\n"
            + "X-Webhook-Secret: " + AppProcess.SECRET + "\r\n";
    private static final String BODY = HEAD + "Content-Length: 100000\r\n\r\n{\"identity\":\"";

    private final List<Socket> sockets = new ArrayList<>();
    private final ScheduledExecutorService drip = Executors.newSingleThreadScheduledExecutor();

    /**
     * @param inHeaders how many never end their headers
     * @param inBody how many never end their body
     */
    SlowLoris(int port, int inHeaders, int inBody) {
        try {
            for (int i = 0; i < inHeaders + inBody; i++) {
                Socket socket = new Socket("127.0.0.1", port);
                sockets.add(socket);
                socket.getOutputStream().write((i < inHeaders ? HEAD + "X-Slow: " : BODY).getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
        drip.scheduleWithFixedDelay(() -> sockets.forEach(SlowLoris::drip), 200, 200, TimeUnit.MILLISECONDS);
    }

    int connections() {
        return sockets.size();
    }

    @Override
    public void close() {
        drip.shutdownNow();
        for (Socket socket : sockets) {
            try {
                socket.close();
            } catch (IOException e) {
                // it is closed already
            }
        }
    }

    private static void drip(Socket socket) {
        try {
            socket.getOutputStream().write('x');
        } catch (IOException e) {
            // the app has closed it
        }
    }
}
