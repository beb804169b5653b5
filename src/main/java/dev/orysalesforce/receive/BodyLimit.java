package dev.orysalesforce.receive;

import dev.orysalesforce.settings.SyncSettings;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.autoconfigure.security.SecurityProperties;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Reads the body of an authenticated request once, as UTF-8. A body above {@code sync.max-body-size}, announced or not, is
 * answered 413. The bodies that are being read and mapped at the same time have a common limit that fits the heap: a
 * request that gets no share of it is answered 503, and its sender tries again.
 */
@Component
@Order(BodyLimit.ORDER)
class BodyLimit extends OncePerRequestFilter {

    /** After Spring Security: only the body of an authenticated request is read. */
    static final int ORDER = SecurityProperties.DEFAULT_FILTER_ORDER + 10;

    /** A body of one byte can take some 40 while it is parsed and mapped; this leaves the other two thirds of the heap alone. */
    private static final int HEAP_PER_BODY = 128;

    private static final int KILOBYTE = 1024;
    private static final int FIRST_PART = 64 * KILOBYTE; // of a body whose length is not announced
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final int limit;
    private final Semaphore kilobytes;
    private final Problems problems;

    BodyLimit(SyncSettings settings, Problems problems) {
        this.limit = Math.toIntExact(settings.maxBodySize().toBytes());
        this.kilobytes = new Semaphore((int) Math.min(Integer.MAX_VALUE,
                Math.max(kilobytes(limit), Runtime.getRuntime().maxMemory() / HEAP_PER_BODY / KILOBYTE)), true);
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        long announced = request.getContentLengthLong();
        if (announced > limit) {
            refuseTooLarge(request, response);
            return;
        }
        boolean isEmpty = announced <= 0 && request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null;
        Share share = new Share();
        try {
            int first = isEmpty ? 0 : announced > 0 ? (int) announced : Math.min(limit, FIRST_PART);
            if (!share.grow(first)) {
                problems.answer(request, response, "BODIES_BUSY");
                return;
            }
            InputStream in = request.getInputStream();
            byte[] body = isEmpty ? new byte[0] : in.readNBytes(announced > 0 ? first : first + 1);
            if (body.length > first) {
                if (!share.grow(limit - first)) {
                    problems.answer(request, response, "BODIES_BUSY");
                    return;
                }
                body = join(body, in.readNBytes(limit + 1 - body.length));
            }
            if (body.length > limit) {
                refuseTooLarge(request, response);
                return;
            }
            chain.doFilter(new ReadRequest(request, body), response);
        } finally {
            Completion.of(request, share::release);
        }
    }

    private static byte[] join(byte[] one, byte[] other) {
        ByteArrayOutputStream both = new ByteArrayOutputStream(one.length + other.length);
        both.writeBytes(one);
        both.writeBytes(other);
        return both.toByteArray();
    }

    private void refuseTooLarge(HttpServletRequest request, HttpServletResponse response) throws IOException {
        // Some clients do not see an answer that comes before they have sent everything.
        long most = 4L * limit;
        byte[] buffer = new byte[8 * KILOBYTE];
        for (int read = 0; most > 0 && read >= 0; most -= read) {
            read = request.getInputStream().read(buffer);
        }
        response.setHeader(HttpHeaders.CONNECTION, "close");
        problems.answer(request, response, problems.problem("BODY_TOO_LARGE", limit));
    }

    private static int kilobytes(int bytes) {
        return (bytes + KILOBYTE - 1) / KILOBYTE;
    }

    /** What a request has of the common limit, until it has been answered. */
    private final class Share {

        private int held;

        private boolean grow(int bytes) {
            try {
                if (!kilobytes.tryAcquire(kilobytes(bytes), PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    return false;
                }
                held += kilobytes(bytes);
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        private void release() {
            kilobytes.release(held);
        }
    }

    private static final class ReadRequest extends HttpServletRequestWrapper {

        private final byte[] body;

        ReadRequest(HttpServletRequest request, byte[] body) {
            super(request);
            this.body = body;
        }

        @Override
        public BufferedReader getReader() {
            return new BufferedReader(new InputStreamReader(new ByteArrayInputStream(body), StandardCharsets.UTF_8));
        }

        @Override
        public ServletInputStream getInputStream() {
            ByteArrayInputStream bytes = new ByteArrayInputStream(body);
            return new ServletInputStream() {
                @Override
                public int read() {
                    return bytes.read();
                }

                @Override
                public int read(byte[] into, int offset, int length) {
                    return bytes.read(into, offset, length);
                }

                @Override
                public boolean isFinished() {
                    return bytes.available() == 0;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(ReadListener listener) {
                    throw new UnsupportedOperationException();
                }
            };
        }
    }
}
