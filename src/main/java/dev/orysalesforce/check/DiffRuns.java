package dev.orysalesforce.check;

import dev.orysalesforce.reconcile.RunFailedException;
import dev.orysalesforce.settings.RouteNames;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.RuntimeCamelException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;

/** Compares mappings in the background, one comparison at a time, and keeps the last one until the next. Nothing is sent. */
@Component
public class DiffRuns {

    private final MappingDiffs diffs;
    private final DiffExamples examples;
    private final ObjectProvider<DryRun> dryRuns;
    private final ProducerTemplate camel;
    private final Clock clock;
    private final ExecutorService thread;
    private volatile DiffRun last;

    DiffRuns(MappingDiffs diffs, DiffExamples examples, ObjectProvider<DryRun> dryRuns, @Lazy ProducerTemplate camel, Clock clock) {
        this.diffs = diffs;
        this.examples = examples;
        this.dryRuns = dryRuns;
        this.camel = camel;
        this.clock = clock;
        CustomizableThreadFactory threads = new CustomizableThreadFactory("mapping-diff-");
        threads.setDaemon(true); // the app can end while a mapping loops
        this.thread = Executors.newSingleThreadExecutor(threads);
    }

    /**
     * @param candidates name below {@link dev.orysalesforce.mapping.Mapping#CANDIDATES} to text
     * @param overIdentities whether to compare all identities at Ory; else the examples
     * @return false if a comparison is running
     * @throws RunFailedException if a candidate can't be used; its message names file, line and reason
     */
    public synchronized boolean start(Map<String, String> candidates, boolean overIdentities) {
        if (last != null && last.isRunning()) {
            return false;
        }
        DiffRun run = new DiffRun(candidates, overIdentities, diffs.beginWithoutValues(candidates), clock);
        last = run;
        thread.execute(() -> run.carryOut(diff -> compare(run, diff)));
        return true;
    }

    private void compare(DiffRun run, MappingDiff diff) {
        if (run.isOverIdentities()) {
            DryRun dryRun = dryRuns.getObject();
            dryRun.run(RouteNames.DIFF_PAGE, Map.of("diff", diff), waitsFor -> run.report(dryRun.seen(), waitsFor));
        } else {
            long compared = 0;
            for (DiffExample example : examples.all()) {
                compare(diff, example);
                run.report(++compared, null);
            }
        }
    }

    private void compare(MappingDiff diff, DiffExample example) {
        Exchange exchange = camel.request(RouteNames.DIFF_BODIES, request -> {
            request.setProperty("diff", diff);
            request.setProperty("example", example);
            request.getMessage().setBody(List.of(example.text()));
        });
        if (exchange.getException() != null) {
            throw RuntimeCamelException.wrapRuntimeException(exchange.getException());
        }
    }

    /** The comparison that runs, or the last one; null if there was none since the start. */
    public DiffRun last() {
        return last;
    }

    /** Runs before the routes stop. */
    @EventListener(ContextClosedEvent.class)
    @Order(Ordered.HIGHEST_PRECEDENCE)
    void stop() {
        cancel();
        thread.shutdown();
    }

    /** The comparison that runs ends soon, if there is one. */
    public void cancel() {
        DiffRun run = last;
        if (run != null) {
            run.cancel();
        }
    }

    /**
     * Compares once more, now with values, which nothing keeps.
     *
     * @param names IDs of identities, at most 500, or names of examples
     * @throws RunFailedException if that is not possible now; its message is for people
     */
    public DiffCounts values(DiffRun run, Collection<String> names) {
        try (MappingDiff diff = diffs.begin(run.candidates(), true)) {
            if (run.isOverIdentities()) {
                dryRuns.getObject().run(RouteNames.DIFF_PAGE, Map.of("diff", diff), names);
            } else {
                examples.all().stream().filter(example -> names.contains(example.name())).forEach(example -> compare(diff, example));
            }
            return diff.counts();
        } catch (RuntimeException e) {
            throw new RunFailedException(DiffRun.words(e));
        }
    }
}
