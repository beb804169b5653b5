package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.Ory;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Successive states of many people, sent to several instances in turn until it is stopped. Like Ory, it accepts 204 as an
 * answer, retries after a 503 or without a connection, and sends a person's next state only after that.
 */
final class Traffic implements AutoCloseable {

    static final Instant START = Instant.parse("2026-11-01T10:00:00Z");
    private static final int SENDERS = 8;

    /** Between two states of all people: time for the tested events, on a small machine, too. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final List<Ory> instances;
    private final List<String> people;
    private final Map<String, Integer> newest = new ConcurrentHashMap<>();
    private final ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger toldAgain = new AtomicInteger();
    private final AtomicInteger unavailable = new AtomicInteger();
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch enough = new CountDownLatch(1);
    private List<Future<Void>> telling = List.of();

    private Traffic(Collection<AppProcess> instances, int people) {
        this.instances = instances.stream().map(AppProcess::ory).toList();
        this.people = Stream.generate(() -> UUID.randomUUID().toString()).limit(people).toList();
    }

    static Traffic begin(Collection<AppProcess> instances, int people) {
        Traffic traffic = new Traffic(instances, people);
        traffic.telling =
                IntStream.range(0, SENDERS).mapToObj(sender -> traffic.senders.submit(() -> traffic.tellEverySo(sender))).toList();
        traffic.senders.shutdown();
        return traffic;
    }

    static String lastName(int state) {
        return "State " + state;
    }

    List<String> people() {
        return people;
    }

    /** The last state of a person, once it is finished. */
    String newest(String person) {
        return lastName(newest.get(person));
    }

    int accepted() {
        return accepted.get();
    }

    int unavailable() {
        return unavailable.get();
    }

    /** Sends the next state of all people, and waits until everything has been accepted. */
    void finish() throws Exception {
        enough.countDown();
        for (Future<Void> sender : telling) {
            sender.get(2, TimeUnit.MINUTES);
        }
        assertThat(newest.keySet()).containsExactlyInAnyOrderElementsOf(people);
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

    private Void tellEverySo(int sender) throws InterruptedException {
        boolean last = false;
        for (int state = 0; !last; state++) {
            last = state > 0 && enough.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
            for (int person = sender; person < people.size(); person += SENDERS) {
                tell(people.get(person), state);
            }
        }
        return null;
    }

    private void tell(String person, int state) {
        if (!isAccepted(person, state)) {
            await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(100)).until(() -> {
                toldAgain.incrementAndGet();
                return isAccepted(person, state);
            });
        }
        accepted.incrementAndGet();
        newest.put(person, state);
    }

    private boolean isAccepted(String person, int state) {
        HttpResponse<String> answer;
        try {
            answer = instances.get(next.getAndIncrement() % instances.size())
                    .sends("settings", Ory.identity(person, START.plusSeconds(state), lastName(state)));
        } catch (UncheckedIOException e) {
            return false; // no connection, or it ended before it answered
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
