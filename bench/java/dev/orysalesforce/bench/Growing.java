package dev.orysalesforce.bench;

import dev.orysalesforce.bench.Sandbox.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a backlog costs. */
final class Growing {

    private static final int LATENCY = 100;

    private final Plan plan;
    private final Jdk jdk;
    private final Images images;
    private final Sandbox salesforce;
    private final Report report;

    Growing(Plan plan, Jdk jdk, Images images, Sandbox salesforce, Report report) {
        this.plan = plan;
        this.jdk = jdk;
        this.images = images;
        this.salesforce = salesforce;
        this.report = report;
    }

    void measure() throws Exception {
        report.heading("Growth");
        report.say("%s. Salesforce is down while events come in; then the app is restarted; then Salesforce is back, at %d ms "
                + "a call. The rate is that of new records in the first half a minute at most. "
                + "Each backlog is at least so large.", jdk, LATENCY);
        report.head("backlog", "accepted/s", "memory", "ready after a restart", "memory then", "drained/s", "memory then");
        List<Backlog> found = new ArrayList<>();
        for (int backlog : plan.backlogs()) {
            found.add(measure(backlog));
        }
        Backlog least = found.get(0);
        Backlog most = found.get(found.size() - 1);
        if (most != least) {
            target("memory at the largest backlog to that at the smallest", 1.5, most.full() / (double) least.full());
            target("start with the largest backlog to one with the smallest", 1.5, most.ready() / (double) least.ready());
            double rate = most.drained() / least.drained();
            report.target("rows drained a second at the largest backlog to those at the smallest", "0.8", Report.number(rate),
                    rate >= 0.8);
        }
    }

    private void target(String what, double most, double reached) {
        report.target(what, Report.number(most) + " x", Report.number(reached) + " x", reached <= most);
    }

    /** Megabytes, milliseconds until it is ready again, rows a second. */
    private record Backlog(long full, long ready, double drained) {
    }

    private Backlog measure(int backlog) throws Exception {
        salesforce.reset();
        salesforce.down();
        try (Candidate app = new Candidate(images.of("app", jdk), plan.folder("backlog-" + backlog), salesforce)) {
            app.server().start();
            long start = System.nanoTime();
            for (long sent = 0; sent < backlog; ) {
                long seconds = Math.min(20, 1 + (backlog - sent) / 2_500);
                sent += Load.saturate(app.url(), plan.connections(), Duration.ofSeconds(seconds)).accepted();
            }
            double accepted = backlog * 1e9 / (System.nanoTime() - start);
            long full = app.server().residentMegabytes();
            app.server().stop();
            Duration ready = app.server().start();
            long restarted = app.server().residentMegabytes();
            salesforce.latency(LATENCY);
            salesforce.awaitRows(Math.min(backlog, 1_000), Duration.ofMinutes(2)); // the pause between tries
            long before = salesforce.rows();
            salesforce.awaitRows(backlog, Duration.ofSeconds(30));
            List<Written> drained = salesforce.writesAfter(before);
            double rate = drained.isEmpty() ? 0 : drained.size() * 1000.0
                    / (drained.get(drained.size() - 1).at() - drained.get(0).at() + 1);
            report.row(String.format("%,d", backlog), accepted, full + " MB", Report.number(ready.toMillis() / 1000.0) + " s",
                    restarted + " MB", rate, app.server().residentMegabytes() + " MB");
            return new Backlog(full, ready.toMillis(), rate);
        }
    }
}
