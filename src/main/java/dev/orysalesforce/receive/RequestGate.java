package dev.orysalesforce.receive;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** Every request comes in here. While it is closed, nobody is inside, and who wants to come in waits for his turn. */
@Component
public class RequestGate {

    private static final int EVERYBODY = Integer.MAX_VALUE;
    private static final Duration BEARABLE = Duration.ofSeconds(10);

    private final Semaphore places = new Semaphore(EVERYBODY, true);

    /** @return whether the request may go on, and then has to leave at its end */
    boolean enter() {
        return acquire(1, BEARABLE);
    }

    void leave() {
        places.release();
    }

    /** Keeps new requests waiting until those inside have left. Gives up, and stays open, if they take too long. */
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
