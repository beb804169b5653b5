package dev.orysalesforce.receive;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** Every request passes this gate. While it is closed, no request is in progress, and new ones wait. */
@Component
public class RequestGate {

    private static final int EVERYBODY = Integer.MAX_VALUE;
    private static final Duration BEARABLE = Duration.ofSeconds(10);

    private final Semaphore places = new Semaphore(EVERYBODY, true);

    /** @return whether the request may continue; then it has to leave the gate at its end */
    boolean enter() {
        return acquire(1, BEARABLE);
    }

    void leave() {
        places.release();
    }

    /** Lets new requests wait until those in progress have ended. Gives up, and stays open, if that takes too long. */
    public boolean close(Duration patience) {
        return acquire(EVERYBODY, patience);
    }

    public void open() {
        places.release(EVERYBODY);
    }

    private boolean acquire(int how, Duration patience) {
        try {
            return places.tryAcquire(how, patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
