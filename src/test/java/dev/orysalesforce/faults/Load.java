package dev.orysalesforce.faults;

import dev.orysalesforce.Mutations;
import dev.orysalesforce.Ory;
import dev.orysalesforce.process.AppProcess;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Steady traffic of all kinds: sign-ups, changes, repetitions, late older events, records for the gateway, and invalid
 * bodies. Like Ory, each sender relies on a 2xx, tries three times after a 503 or without an answer, and then gives up.
 */
final class Load implements AutoCloseable {

    static final int USUALLY_MUTATED = 5;
    private static final int SENDERS = 8;
    private static final int TRIES = 3;
    /** Ory waits for a second and more; this is accelerated. */
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String LEAD = "/services/data/v62.0/sobjects/Lead";
    /** The statuses of the contract for invalid bodies. */
    private static final Set<Integer> FINE_FOR_MUTATED = Set.of(200, 201, 204, 400, 413, 422);

    private final AppProcess app;
    private final Ory ory;
    private final Queue<Person> people = new ConcurrentLinkedQueue<>();
    private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
    private final Queue<String> surprises = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService senders = Executors.newScheduledThreadPool(SENDERS);
    private volatile int mutatedPercent = USUALLY_MUTATED;
    private final ReadWriteLock gate = new ReentrantReadWriteLock(true);

    /** @param perSecond how many events are sent, as long as they are accepted at once */
    Load(AppProcess app, int perSecond, long seed) {
        this.app = app;
        this.ory = app.ory();
        pause();
        long pause = TimeUnit.SECONDS.toMicros(SENDERS) / perSecond;
        for (int i = 0; i < SENDERS; i++) {
            Sender sender = new Sender(seed + i);
            senders.scheduleWithFixedDelay(sender, 0, pause, TimeUnit.MICROSECONDS);
        }
    }

    /** Waits until all requests in flight have their answer, or are given up. */
    void pause() {
        gate.writeLock().lock();
    }

    void resume() {
        gate.writeLock().unlock();
    }

    /** The percentage of invalid bodies from now on. */
    void mutate(int percent) {
        mutatedPercent = percent;
    }

    /** Only while it pauses. */
    List<Person> people() {
        return List.copyOf(people);
    }

    /** Answers that violate the contract. */
    List<String> surprises() {
        return List.copyOf(surprises);
    }

    /** By name, since the beginning. */
    Map<String, Long> counts() {
        Map<String, Long> now = new TreeMap<>();
        counts.forEach((name, count) -> now.put(name, count.get()));
        return now;
    }

    long count(String name) {
        return counts.getOrDefault(name, new AtomicLong()).get();
    }

    @Override
    public void close() {
        senders.shutdownNow();
    }

    private void counted(String name) {
        counts.computeIfAbsent(name, key -> new AtomicLong()).incrementAndGet();
    }

    private final class Sender implements Runnable {

        private final Random random;
        private final Mutations webhooks;
        private final Mutations records;
        private final List<Person> own = new ArrayList<>();

        Sender(long seed) {
            random = new Random(seed);
            webhooks = new Mutations(seed, Ory.webhooks());
            records = new Mutations(seed, List.of(Ory.webhook("salesforce-shaped-lead"))).withoutNewFields();
        }

        @Override
        public void run() {
            gate.readLock().lock();
            try {
                oneEvent();
            } catch (RuntimeException | AssertionError e) {
                if (!senders.isShutdown()) {
                    surprises.add(e.toString());
                }
            } finally {
                gate.readLock().unlock();
            }
        }

        private void oneEvent() {
            if (random.nextInt(100) < mutatedPercent) {
                mutated();
                return;
            }
            int what = random.nextInt(100);
            if (what < 30 || own.isEmpty()) {
                int kind = random.nextInt(100);
                Person person = new Person(kind < 15 ? Person.Kind.GATEWAY
                        : kind < 40 ? Person.Kind.CONTACT : Person.Kind.LEAD);
                own.add(person);
                people.add(person);
                tell(person, person.nextState(), "registration");
            } else {
                Person person = own.get(random.nextInt(own.size()));
                boolean newer = what < 80 || person.kind() == Person.Kind.GATEWAY; // where the last one is the newest
                tell(person, newer ? person.nextState() : Math.max(0, person.newest() - (what < 92 ? 0 : random.nextInt(4))),
                        newer ? "settings" : "login");
            }
        }

        private void tell(Person person, int state, String event) {
            counted("offered");
            boolean record = person.kind() == Person.Kind.GATEWAY;
            String path = record ? LEAD + "/Ory_Identity_Id__c/" + person.id() : "/webhooks/ory/" + event;
            byte[] body = person.body(state).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < TRIES; i++) {
                if (i > 0) {
                    counted("told again");
                    LockSupport.parkNanos(FIRST_PAUSE.multipliedBy(1L << i).toNanos());
                }
                int status = send(record ? "PATCH" : "POST", path, body);
                if (status / 100 == 2) {
                    person.accepted(state);
                    counted("accepted");
                    return;
                }
                person.unclear(state);
                if (status != 0 && status != 503) {
                    surprises.add(status + " for state " + state + " of " + person);
                    return;
                }
            }
            counted("given up");
        }

        private void mutated() {
            boolean record = random.nextInt(5) == 4;
            byte[] body = (record ? records : webhooks).next(new UUID(random.nextLong(), random.nextLong()).toString());
            counted("mutated");
            int status = send("POST", record ? LEAD : "/webhooks/ory/settings", body);
            if (status / 100 == 2) {
                counted("mutated, accepted");
            } else if (status != 0 && status != 503 && !FINE_FOR_MUTATED.contains(status)) {
                surprises.add(status + " for a body with something wrong in it");
            }
        }

        /** @return 0 without an answer */
        private int send(String method, String path, byte[] body) {
            try {
                HttpResponse<String> answer = ory.send(ory.request(path).header("X-Webhook-Secret", AppProcess.SECRET)
                        .timeout(PATIENCE).method(method, BodyPublishers.ofByteArray(body)).build());
                if (answer.statusCode() == 503) {
                    counted("answered 503");
                    if (answer.headers().firstValue("Retry-After").isEmpty()) {
                        surprises.add("503 without Retry-After: " + answer.body());
                    }
                }
                return answer.statusCode();
            } catch (UncheckedIOException e) {
                counted("without an answer");
                if (app.isAlive()) {
                    counted("without an answer though it ran");
                }
                return 0;
            }
        }
    }
}
