package dev.orysalesforce.mapping;

import com.fasterxml.jackson.core.JacksonException;
import dev.orysalesforce.settings.SyncSettings;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.ExchangeHelper;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Invokes a mapping and waits for {@code sync.mapping-timeout}, or a few times that if the machine is so busy that the
 * mapping hardly got a processor. Most mapping languages can't be interrupted, so a thread that loops keeps running. While
 * several do, each further timeout closes the mapping for a while, and one result in time opens it again. Camel's circuit
 * breaker has a time limit, too, but would leave one more looping thread behind at each try.
 */
@Component("mappingTimeLimiter")
public class MappingTimeLimiter implements DisposableBean {

    /** How many times {@code sync.mapping-timeout} a mapping may take if it waits for a processor. */
    static final int PATIENCE = 4;

    private static final int RUNAWAYS = 3;
    private static final int LONGEST_PAUSE = 12; // times sync.mapping-timeout

    /** How many mappings run at once: enough for all requests that wait for their mapping, beside a batch. */
    private static final int MOST = 64;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final Pattern FILE = Pattern.compile("(mapping:\\p{XDigit}{8}/|file:)([^?]+)");

    private final MappingResourceResolver resources;
    private final ProducerTemplate camel;
    private final Duration limit;
    private final ExecutorService threads = Executors.newCachedThreadPool(MappingTimeLimiter::thread);
    private final Semaphore places = new Semaphore(MOST);
    private final Map<String, Runaways> runaways = new ConcurrentHashMap<>();

    MappingTimeLimiter(CamelContext camel, MappingResourceResolver resources, SyncSettings settings) {
        this.resources = resources;
        this.camel = camel.createProducerTemplate(50); // endpoints that are cached
        this.limit = settings.mappingTimeout();
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "mapping");
        thread.setDaemon(true); // the app can end while a mapping loops
        return thread;
    }

    /**
     * @param mapping its endpoint
     * @return the mapping's result
     * @throws MappingLoopsException if several abandoned invocations are still running, and the mapping is closed for now
     * @throws MappingsBusyException if so many mappings run at once that this one can't start
     * @throws MappingFailedException if the mapping fails or takes too long
     */
    public Object invoke(Exchange exchange, String mapping) throws Exception {
        Runaways loops = runaways.get(family(mapping));
        if (loops != null && !loops.mayBegin()) {
            throw new MappingLoopsException(name(mapping) + " loops: " + loops.running() + " invocations took longer than "
                    + limit.toMillis() / 1000.0 + " s and still run. Fix it. Until then one event at a time is tried;"
                    + " events that loop become dead letters, and the others continue. The looping threads end only with a restart.");
        }
        Exchange asked = ExchangeHelper.createCopy(exchange, false);
        if (!places.tryAcquire(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new MappingsBusyException(MOST);
        }
        Run run = new Run(mapping, asked);
        Future<?> answer = threads.submit(run);
        try {
            if (!isThere(answer, run)) {
                run.leave();
                throw new MappingFailedException(name(mapping) + " loops or takes too long: no result within "
                        + limit.toMillis() / 1000.0 + " s");
            }
        } catch (ExecutionException e) {
            throw failure(mapping, e.getCause());
        }
        Runaways others = runaways.get(family(mapping));
        if (others != null) {
            others.prove();
        }
        if (asked.getException() != null) {
            throw failure(mapping, asked.getException());
        }
        return asked.getMessage().getBody();
    }

    private boolean isThere(Future<?> answer, Run run) throws ExecutionException, InterruptedException {
        int waits = 0;
        do {
            try {
                answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
                return true;
            } catch (TimeoutException e) {
                waits++;
            }
        } while (waits < PATIENCE && run.isStarved());
        return false;
    }

    private Exception failure(String mapping, Throwable failure) {
        if (failure instanceof JacksonException unreadable) {
            return unreadable; // the input is at fault, not the mapping
        }
        Matcher file = FILE.matcher(mapping);
        MappingErrorLocation place = MappingErrorLocation.of(name(mapping), file.find() ? resources.text(file.group()) : null, failure);
        return new MappingFailedException(place.words() != null ? place + " says: " + place.words() + ". It has no result"
                : place.missing() != null ? place + " reads ." + place.missing() + ", which is not there, and has no result"
                : place.call() != null ? place + " calls " + place.call() + ", and has no result"
                : place + " has no result");
    }

    /** Each candidate is another mapping, and there may be many: those that loop are counted together. */
    private static String family(String mapping) {
        return Mapping.isCandidate(name(mapping)) ? Mapping.CANDIDATES : mapping;
    }

    private static String name(String mapping) {
        Matcher file = FILE.matcher(mapping);
        return file.find() ? file.group(2) : mapping;
    }

    @Override
    public void destroy() {
        threads.shutdownNow();
    }

    /** One invocation. It counts as abandoned from its timeout until it ends. */
    private final class Run implements Runnable {

        private final String mapping;
        private final Exchange asked;
        private Thread thread;
        private long before;
        private boolean left;
        private boolean over;

        private Run(String mapping, Exchange asked) {
            this.mapping = mapping;
            this.asked = asked;
        }

        @Override
        public void run() {
            begin();
            try {
                camel.send(mapping, asked);
            } finally {
                end();
            }
        }

        private synchronized void begin() {
            thread = Thread.currentThread();
            before = THREADS.getThreadCpuTime(thread.getId());
        }

        /** Whether it had less than half of a processor. */
        private synchronized boolean isStarved() {
            return over || thread == null
                    || THREADS.getThreadCpuTime(thread.getId()) - before < limit.toNanos() / 2;
        }

        private synchronized void leave() {
            if (!over) {
                left = true;
                places.release(); // its thread is lost, and others of the same mapping are soon not begun any more
                runaways.compute(family(mapping), (name, known) -> (known == null ? new Runaways() : known).began());
            }
        }

        private synchronized void end() {
            over = true;
            if (left) {
                runaways.computeIfPresent(family(mapping), (name, known) -> known.ended());
            } else {
                places.release();
            }
        }
    }

    /** The answers of a mapping that are still computed although nothing waits for them. */
    private final class Runaways {

        private int running;
        private boolean proved;
        private long nextTry;

        synchronized int running() {
            return running;
        }

        synchronized boolean mayBegin() {
            if (running < RUNAWAYS || proved) {
                return true;
            }
            boolean due = System.nanoTime() - nextTry >= 0;
            if (due) {
                close();
            }
            return due;
        }

        /** The mapping has given an answer in time. */
        synchronized void prove() {
            proved = true;
        }

        synchronized Runaways began() {
            running++;
            proved = false;
            close();
            return this;
        }

        synchronized Runaways ended() {
            return --running == 0 ? null : this;
        }

        private void close() {
            nextTry = System.nanoTime() + limit.toNanos() * Math.max(1, Math.min(running - RUNAWAYS + 1, LONGEST_PAUSE));
        }
    }
}
