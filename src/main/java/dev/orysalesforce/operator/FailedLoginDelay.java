package dev.orysalesforce.operator;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.receive.Problem;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * Delays answers to wrong tokens, each a little longer than the one before, without a thread that waits. The number of
 * delayed answers is limited; beyond that, a caller gets a 429 at once. A correct token is never delayed.
 */
@Component
class FailedLoginDelay {

    /** The answer to a wrong token. */
    interface Answer {

        void writeTo(HttpServletResponse response) throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(FailedLoginDelay.class);
    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofSeconds(5);
    private static final Duration FORGOTTEN = Duration.ofMinutes(1);
    private static final int HELD_BACK = 50;

    private final Semaphore places = new Semaphore(HELD_BACK);
    private final ObjectMapper json;
    private int failures;
    private long lastFailure = System.nanoTime();

    FailedLoginDelay(ObjectMapper json) {
        this.json = json;
    }

    void refuse(HttpServletRequest request, HttpServletResponse response, Answer answer) throws IOException {
        Duration delay = nextDelay();
        if (!places.tryAcquire()) {
            response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(LONGEST.toSeconds()));
            Problem.of(HttpStatus.TOO_MANY_REQUESTS, "TOO_MANY_FAILED_LOGINS", "Too many wrong tokens at the same time.")
                    .writeTo(response, json);
            return;
        }
        AsyncContext later = request.startAsync(request, response);
        CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS).execute(() -> {
            places.release();
            try {
                answer.writeTo(response);
                later.complete();
            } catch (IOException | IllegalStateException e) {
                LOG.debug("The sender of a wrong token did not wait for the answer");
            }
        });
    }

    /** Doubles with each failure, and starts again when a minute has passed without one. */
    private synchronized Duration nextDelay() {
        long now = System.nanoTime();
        failures = now - lastFailure > FORGOTTEN.toNanos() ? 0 : failures;
        lastFailure = now;
        Duration delay = FIRST.multipliedBy(1L << Math.min(failures, 10));
        failures++;
        if (Integer.bitCount(failures) == 1) {
            LOG.warn("{} wrong operator tokens in succession", failures);
        }
        return delay.compareTo(LONGEST) > 0 ? LONGEST : delay;
    }
}
