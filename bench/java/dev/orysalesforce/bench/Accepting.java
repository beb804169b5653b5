package dev.orysalesforce.bench;

import dev.orysalesforce.bench.Load.Offered;
import dev.orysalesforce.bench.Load.Saturated;
import dev.orysalesforce.bench.Report.Bar;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How many webhooks are accepted, how soon, and what became of them, compared with simple alternatives. */
final class Accepting {

    private static final int LATENCY = 300;
    private static final int OUTAGE_PACE = 20;

    private final Plan plan;
    private final Jdk jdk;
    private final Images images;
    private final Sandbox salesforce;
    private final Report report;
    private final Load load = new Load();
    private final List<Bar> rates = new ArrayList<>();
    private final List<Bar> losses = new ArrayList<>();
    private List<String> where;
    private List<String> busy;
    private double ofUnkept;

    Accepting(Plan plan, Jdk jdk, Images images, Sandbox salesforce, Report report) {
        this.plan = plan;
        this.jdk = jdk;
        this.images = images;
        this.salesforce = salesforce;
        this.report = report;
    }

    void measure() throws Exception {
        report.heading("Accept path");
        report.say("%s, every call of Salesforce %d ms. Saturation: %d connections that are always busy, for %d s. Offered: "
                        + "%d events a second, each at its time, for %d s, to this app after a minute of load; a latency counts from when the event was due.",
                jdk, LATENCY, plan.connections(), plan.saturation().toSeconds(), plan.pace(), plan.steady().toSeconds());
        report.head("at saturation", "accepted/s", "p50", "p99", "p99.9", "refused", "no answer", "processor ms each");
        List<String[]> steady = new ArrayList<>();
        List<String[]> lost = new ArrayList<>();

        double app = app(steady, lost);
        double forwarder = other("Spring MVC forwarder", "forwarder", steady, lost);
        if (!plan.isShort()) { // measured like the forwarder
            other("stock Camel route", "camel", steady, lost);
        }
        report.target("durable accepts to the forwarder's, Salesforce at 300 ms, this app syncing meanwhile", "2 x",
                Report.number(app / forwarder) + " x", app >= 2 * forwarder);

        report.say("The bare endpoint answers 204 without looking; with all that is done to a webhook but the journal, the same "
                + "server takes fewer, and the durable accepts are %s of those. Where the processor time of a durable accept goes "
                + "(flight recorder): %s.", Report.number(ofUnkept), String.join(", ", where));
        report.head("at " + plan.pace() + "/s", "p50", "p99", "p99.9", "longest", "not accepted");
        steady.forEach(row -> report.row((Object[]) row));
        report.say("Meanwhile this app used, of the %d s of processor that there were for it, load and sandbox, by thread: %s.",
                plan.steady().toSeconds() * Runtime.getRuntime().availableProcessors(), String.join(", ", busy));
        report.say("Salesforce answers 503 for %d s while %d events a second come in, each tried three times, as Ory does. "
                + "What is in Salesforce in the end:", plan.outage().toSeconds(), OUTAGE_PACE);
        report.head("in an outage", "sent", "answered 2xx", "in Salesforce", "lost", "answered 2xx, but lost");
        lost.forEach(row -> report.row((Object[]) row));
        report.chart("Accepted at saturation, Salesforce at 300 ms", "/s", rates);
        report.chart("Lost of all events around an outage of " + plan.outage().toSeconds() + " s", "%", losses);
    }

    /** @return how many it accepts a second while it syncs */
    private double app(List<String[]> steady, List<String[]> lost) throws Exception {
        salesforce.reset();
        salesforce.latency(LATENCY);
        try (Candidate app = new Candidate(images.of("app", jdk), plan.folder("accept"), salesforce)) {
            app.server().start();
            Load.saturate(app.url("/webhooks/bare"), plan.connections(), plan.warmUp());
            Load.saturate(app.url("/webhooks/unkept"), plan.connections(), plan.warmUp().multipliedBy(3)); // most of it, and leaves no backlog
            long rows = salesforce.rows();
            awaitRows(rows + Load.saturate(app.url(), plan.connections(), plan.warmUp()).accepted()); // or what is left is measured, too
            awaitSilence();
            load.offer(app.url(), plan.pace(), plan.warmUp());
            Map<String, Long> before = app.server().processorTimeByThread();
            steady.add(steady("this app", app.url()));
            busy = difference(before, app.server().processorTimeByThread());
            lost.add(outage("this app", app));

            salesforce.down();
            String bareUrl = app.url("/webhooks/bare");
            String unkeptUrl = app.url("/webhooks/unkept");
            Saturated bare = saturate("its bare endpoint, nothing done", app, bareUrl);
            Saturated unkept = saturate("all but the journal", app, unkeptUrl);
            Saturated durable = saturate("this app, durable", app, app.url());
            Saturated bareAgain = saturate("its bare endpoint, once more", app, bareUrl);
            Saturated unkeptAgain = saturate("all but the journal, once more", app, unkeptUrl);
            Profile profile = Profile.start(jdk, app, plan.folder("accept.jfr"));
            Saturated durableAgain = saturate("this app, once more", app, app.url());
            where = profile.stop(jdk, app);
            double accepts = durable.perSecond() + durableAgain.perSecond();
            double share = accepts / (bare.perSecond() + bareAgain.perSecond());
            report.target("durable accepts to the bare endpoint's", "0.6", Report.number(share), share >= 0.6);
            ofUnkept = accepts / (unkept.perSecond() + unkeptAgain.perSecond());

            salesforce.latency(LATENCY);
            awaitRows(salesforce.rows() + 1);
            Saturated syncing = saturate("this app, durable, while it syncs", app, app.url());
            rates.add(new Bar("bare endpoint", bare.perSecond()));
            rates.add(new Bar("all but the journal", unkept.perSecond()));
            rates.add(new Bar("this app, durable", durable.perSecond()));
            rates.add(new Bar("this app, while it syncs", syncing.perSecond()));
            return syncing.perSecond();
        }
    }

    private double other(String name, String program, List<String[]> steady, List<String[]> lost) throws Exception {
        salesforce.reset();
        salesforce.latency(LATENCY);
        try (Candidate other = new Candidate(images.of(program, jdk), plan.folder(program), salesforce)) {
            other.server().start();
            Load.saturate(other.url(), plan.connections(), plan.warmUp());
            steady.add(steady(name, other.url()));
            Saturated saturated = saturate(name, other, other.url());
            rates.add(new Bar(name, saturated.perSecond()));
            awaitSilence();
            lost.add(outage(name, other));
            return saturated.perSecond();
        }
    }

    private Saturated saturate(String name, Candidate candidate, String url) throws Exception {
        Duration before = candidate.server().processorTime();
        Saturated found = Load.saturate(url, plan.connections(), plan.saturation());
        double cost = candidate.server().processorTime().minus(before).toMillis()
                / (found.perSecond() * plan.saturation().toSeconds());
        report.row(name, found.perSecond(), Report.millis(found.p50()), Report.millis(found.p99()),
                Report.millis(found.p999()), found.refused(), found.failed(), cost);
        return found;
    }

    private String[] steady(String name, String url) throws Exception {
        Offered offered = load.offer(url, plan.pace(), plan.steady());
        long p99 = offered.latency().getValueAtPercentile(99);
        if (name.equals("this app")) {
            report.target("p99 of an accept at " + plan.pace() + "/s", "25 ms", Report.millis(p99), p99 <= 25_000);
        }
        return new String[] {name, Report.millis(offered.latency().getValueAtPercentile(50)), Report.millis(p99),
            Report.millis(offered.latency().getValueAtPercentile(99.9)), Report.millis(offered.latency().getMaxValue()),
            String.valueOf(offered.failed())};
    }

    private String[] outage(String name, Candidate candidate) throws Exception {
        salesforce.reset();
        salesforce.latency(LATENCY);
        load.offer(candidate.url(), OUTAGE_PACE, Duration.ofSeconds(2));
        Duration around = plan.outage().dividedBy(3);
        Thread outage = new Thread(() -> {
            try {
                Thread.sleep(around.toMillis());
                salesforce.down();
                Thread.sleep(plan.outage().toMillis());
                salesforce.latency(LATENCY);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        outage.start();
        Offered offered = load.offer(candidate.url(), OUTAGE_PACE, plan.outage().plus(around.multipliedBy(2)));
        outage.join();
        Set<String> missing = new HashSet<>(offered.due().keySet());
        long deadline = System.nanoTime() + Duration.ofSeconds(name.equals("this app") ? 120 : 5).toNanos();
        while (!missing.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(500);
            salesforce.writesAfter(0).forEach(row -> missing.remove(row.identity()));
        }
        int sent = offered.due().size();
        long broken = offered.accepted().keySet().stream().filter(missing::contains).count();
        if (name.equals("this app")) {
            report.target("events that this app lost in an outage", "0", String.valueOf(missing.size()), missing.isEmpty());
        }
        losses.add(new Bar(name, 100.0 * missing.size() / sent));
        return new String[] {name, String.valueOf(sent), String.valueOf(offered.accepted().size()),
            String.valueOf(sent - missing.size()), String.valueOf(missing.size()), String.valueOf(broken)};
    }

    private void awaitRows(long rows) throws Exception {
        if (!salesforce.awaitRows(rows, Duration.ofMinutes(3))) {
            throw new IllegalStateException("The app does not continue");
        }
    }

    /** What threads have used in between, largest first, without small values. */
    private static List<String> difference(Map<String, Long> before, Map<String, Long> after) {
        Map<String, Long> used = new HashMap<>();
        after.forEach((thread, millis) -> used.put(thread, millis - before.getOrDefault(thread, 0L)));
        return used.entrySet().stream().filter(thread -> thread.getValue() >= 200)
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .map(thread -> thread.getKey() + " " + Report.number(thread.getValue() / 1000.0) + " s").toList();
    }

    /** Until nothing has been written for two seconds. */
    private void awaitSilence() throws Exception {
        long rows = -1;
        while (rows != salesforce.rows()) {
            rows = salesforce.rows();
            Thread.sleep(2_500);
        }
    }
}
