package dev.orysalesforce.ledger;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;

/**
 * Queries the database while a webhook waits. If the database does not answer in time, the caller continues with a default,
 * and for a moment no further query is sent. A stuck database blocks only the few threads of this class.
 */
@Component
public class BoundedLookup implements DisposableBean {

    private static final Duration LONGEST = Duration.ofMillis(500);
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final int THREADS = 4;
    private static final int WAITING = 64;

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(THREADS, THREADS, 30, TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING), new CustomizableThreadFactory("lookup-"));
    private volatile long failedAt = System.nanoTime() - PAUSE.toNanos();

    BoundedLookup() {
        threads.allowCoreThreadTimeOut(true);
    }

    /** @return the answer, or {@code otherwise} if the database has none in time */
    public <T> T ask(Supplier<T> question, T otherwise) {
        if (System.nanoTime() - failedAt < PAUSE.toNanos()) {
            return otherwise;
        }
        Future<T> answer = null;
        try {
            answer = threads.submit(question::get);
            return answer.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            answer.cancel(true);
            failedAt = System.nanoTime();
        } catch (RejectedExecutionException e) {
            // all threads are blocked
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return otherwise;
    }

    @Override
    public void destroy() {
        threads.shutdownNow();
    }
}
