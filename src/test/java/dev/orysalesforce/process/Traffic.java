package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.Ory;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Several states of many people, told to several instances in turn. As Ory does, it takes 204 for an answer, tells again
 * after a 503 or when nobody listens, and tells a person's next state only after that.
 */
final class Traffic implements AutoCloseable {

    static final Instant START = Instant.parse("2026-11-01T10:00:00Z");
    private static final int SENDERS = 8;

    private final List<Ory> instances;
    private final List<String> people;
    private final int states;
    private final ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger toldAgain = new AtomicInteger();
    private final AtomicInteger unavailable = new AtomicInteger();
    private final AtomicInteger next = new AtomicInteger();

    private Traffic(List<AppProcess> instances, int people, int states) {
        this.instances = instances.stream().map(AppProcess::ory).toList();
        this.people = Stream.generate(() -> UUID.randomUUID().toString()).limit(people).toList();
        this.states = states;
    }

    static Traffic begin(List<AppProcess> instances, int people, int states) {
        Traffic traffic = new Traffic(instances, people, states);
        IntStream.range(0, SENDERS).forEach(sender -> traffic.senders.execute(() -> traffic.tellEverySo(sender)));
        traffic.senders.shutdown();
        return traffic;
    }

    static String lastName(int state) {
        return "State " + state;
    }

    List<String> people() {
        return people;
    }

    String lastOfAll() {
        return lastName(states - 1);
    }

    int accepted() {
        return accepted.get();
    }

    int unavailable() {
        return unavailable.get();
    }

    /** Waits until everything has been accepted. */
    void finish() throws InterruptedException {
        assertThat(senders.awaitTermination(60, TimeUnit.SECONDS)).as("all told").isTrue();
        assertThat(accepted).hasValue(people.size() * states);
    }

    @Override
    public void close() {
        senders.shutdownNow();
    }

    @Override
    public String toString() {
        return "%d events accepted, %d told again, of them %d after a 503".formatted(accepted.get(), toldAgain.get(),
                unavailable.get());
    }

    private void tellEverySo(int sender) {
        for (int state = 0; state < states; state++) {
            for (int person = sender; person < people.size(); person += SENDERS) {
                tell(people.get(person), state);
            }
        }
    }

    private void tell(String person, int state) {
        if (!isAccepted(person, state)) {
            await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(100)).until(() -> {
                toldAgain.incrementAndGet();
                return isAccepted(person, state);
            });
        }
        accepted.incrementAndGet();
    }

    private boolean isAccepted(String person, int state) {
        HttpResponse<String> answer;
        try {
            answer = instances.get(next.getAndIncrement() % instances.size())
                    .sends("settings", Ory.identity(person, START.plusSeconds(state), lastName(state)));
        } catch (UncheckedIOException e) {
            return false; // nobody listens, or it died before it answered
        }
        if (answer.statusCode() != 204) {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            unavailable.incrementAndGet();
            return false;
        }
        return true;
    }
}
