package dev.orysalesforce.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.bench.Load.Offered;
import dev.orysalesforce.bench.Report.Bar;
import dev.orysalesforce.bench.Sandbox.Written;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;

/** From the webhook to the record. */
final class EndToEnd {

    private static final int PARALLEL = 4;
    private static final int CHUNK = 200;

    private final Plan plan;
    private final Jdk jdk;
    private final Images images;
    private final Sandbox salesforce;
    private final Report report;
    private final Load load = new Load();
    private final List<Bar> bars = new ArrayList<>();

    EndToEnd(Plan plan, Jdk jdk, Images images, Sandbox salesforce, Report report) {
        this.plan = plan;
        this.jdk = jdk;
        this.images = images;
        this.salesforce = salesforce;
        this.report = report;
    }

    void measure() throws Exception {
        report.heading("End to end");
        double alone = alone();
        report.say("The sandbox alone takes %s new rows a second: %d calls of %d rows at a time, without latency.",
                Report.number(alone), PARALLEL, CHUNK);
        salesforce.reset();
        try (Candidate app = new Candidate(images.of("app", jdk), plan.folder("end-to-end"), salesforce)) {
            app.server().start();
            salesforce.latency(100);
            send(app, Load.people(plan.burst() / 2), 0);
            report.say("%s. %,d events wait in the journal, then Salesforce takes them. Rows a second, from the 15th "
                    + "to the 90th in a hundred of them; at most is `%d calls x %d rows / latency`. A new identity costs a look-up "
                    + "before it is written, a known one does not.", jdk, plan.burst(), PARALLEL, CHUNK);
            report.head("Salesforce's latency", "at most", "new", "of at most", "known", "of at most", "processor ms/row, known");
            for (int latency : plan.latencies()) {
                rates(app, latency);
            }
            profile(app);
            calls(app);
            paces(app);
        }
        report.chart("Rows a second into Salesforce", "/s", bars);
    }

    private void rates(Candidate app, int latency) throws Exception {
        double most = PARALLEL * CHUNK * 1000.0 / latency;
        List<String> people = Load.people(plan.burst());
        double fresh = rate(app, people, latency, 1);
        Duration before = app.server().processorTime();
        double known = rate(app, people, latency, 2);
        double cost = app.server().processorTime().minus(before).toMillis() / (double) people.size();
        report.row(latency + " ms", most, fresh, share(fresh / most), known, share(known / most), cost);
        bars.add(new Bar("at most at " + latency + " ms", most));
        bars.add(new Bar("known at " + latency + " ms", known));
        bars.add(new Bar("new at " + latency + " ms", fresh));
        if (latency >= 300) {
            double target = latency >= 1_000 ? 0.9 : 0.7;
            for (double reached : new double[] {known / most, fresh / most}) {
                report.target("%s rows/s at %,d ms, of `parallel calls x 200 / latency`".formatted(
                        reached == known / most ? "known" : "new", latency), share(target), share(reached), reached >= target);
            }
        }
    }

    private void profile(Candidate app) throws Exception {
        List<String> people = Load.people(plan.burst());
        long rows = salesforce.rows();
        salesforce.latency(50_000);
        load.tell(app.url(), people, Instant.now(), "Profiled");
        Profile profile = Profile.start(jdk, app, plan.folder("sync.jfr"));
        salesforce.latency(plan.latencies()[0]);
        await(rows + people.size());
        report.say("Where the processor time goes while %,d new rows are written (flight recorder): %s.", people.size(),
                String.join(", ", profile.stop(jdk, app)));
    }

    private static String share(double share) {
        return Math.round(100 * share) + " %";
    }

    /** Fills the journal while the first calls hang, then lets go. */
    private double rate(Candidate app, List<String> people, int latency, int version) throws Exception {
        long rows = salesforce.rows();
        salesforce.latency(50_000);
        load.tell(app.url(), people, Instant.parse("2026-11-01T10:00:00Z").plusSeconds(version), "Version " + version);
        salesforce.latency(latency);
        await(rows + people.size());
        return rate(salesforce.writesAfter(rows));
    }

    /** Without the calls that were hanging while the journal filled, and without the last, smaller ones. */
    private static double rate(List<Written> writes) {
        long[] at = writes.stream().mapToLong(Written::at).sorted().toArray();
        int from = at.length * 15 / 100;
        int to = at.length * 90 / 100;
        return (to - from) * 1000.0 / Math.max(1, at[to] - at[from]);
    }

    private void calls(Candidate app) throws Exception {
        salesforce.latency(300);
        send(app, Load.people(1_000), 0); // for a login that may be due
        long before = salesforce.calls();
        send(app, Load.people(1_000), 0);
        long calls = salesforce.calls() - before;
        report.say("A burst of 1,000 new identities, Salesforce at 300 ms: %d API calls.", calls);
        report.target("API calls for a burst of 1,000 identities", "12", String.valueOf(calls), calls <= 12);
    }

    private void paces(Candidate app) throws Exception {
        int latency = 300;
        report.say("From when a sign-up is due to its Lead, Salesforce at %d ms:", latency);
        report.head("sign-ups a second", "p50", "p95", "p99", "longest");
        salesforce.latency(latency);
        for (double pace : plan.paces()) {
            long rows = salesforce.rows();
            Offered offered = load.offer(app.url(), pace, plan.steady());
            await(rows + offered.due().size());
            Histogram latencies = new Histogram(3);
            salesforce.writesAfter(rows).forEach(row -> latencies.recordValue(Math.max(0,
                    row.at() - offered.due().getOrDefault(row.identity(), row.at()))));
            long p95 = latencies.getValueAtPercentile(95);
            report.row(Report.number(pace), latencies.getValueAtPercentile(50) + " ms", p95 + " ms",
                    latencies.getValueAtPercentile(99) + " ms", latencies.getMaxValue() + " ms");
            report.target("sign-up to Lead, p95 at " + Math.round(pace) + "/s, Salesforce at 300 ms", "2,300 ms",
                    String.format("%,d ms", p95), p95 <= 2_000 + latency);
        }
    }

    private void send(Candidate app, List<String> people, int version) throws Exception {
        long rows = salesforce.rows();
        load.tell(app.url(), people, Instant.now().plusSeconds(version), "Version " + version);
        await(rows + people.size());
    }

    private void await(long rows) throws Exception {
        if (!salesforce.awaitRows(rows, Duration.ofMinutes(5))) {
            throw new IllegalStateException("Not all rows came: " + salesforce.rows() + " of " + rows);
        }
    }

    /** Rows a second that the sandbox takes from a client that has nothing else to do. */
    private double alone() throws Exception {
        salesforce.reset();
        salesforce.latency(0);
        HttpClient http = HttpClient.newHttpClient();
        String token = new ObjectMapper().readTree(http.send(HttpRequest.newBuilder(
                        URI.create(salesforce.url() + "/services/oauth2/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("grant_type=client_credentials&client_id=" + Sandbox.CLIENT_ID
                        + "&client_secret=" + Sandbox.CLIENT_SECRET)).build(), BodyHandlers.ofString()).body())
                .path("access_token").asText();
        ExecutorService callers = Executors.newFixedThreadPool(PARALLEL);
        upserts(callers, http, token, plan.warmUp().dividedBy(2)); // warm
        double rate = upserts(callers, http, token, plan.warmUp());
        callers.shutdown();
        return rate;
    }

    private double upserts(ExecutorService callers, HttpClient http, String token, Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        Callable<Void> caller = () -> {
            while (System.nanoTime() < end) {
                int status = http.send(HttpRequest.newBuilder(URI.create(salesforce.url()
                                + "/services/data/v62.0/composite/sobjects/Lead/Ory_Identity_Id__c"))
                        .header("Authorization", "Bearer " + token).header("Content-Type", "application/json")
                        .method("PATCH", BodyPublishers.ofString(records())).build(), BodyHandlers.ofString()).statusCode();
                if (status != 200) {
                    throw new IllegalStateException("The sandbox answers " + status);
                }
            }
            return null;
        };
        long before = salesforce.rows();
        long start = System.nanoTime();
        for (Future<Void> done : callers.invokeAll(Collections.nCopies(PARALLEL, caller))) {
            done.get();
        }
        return (salesforce.rows() - before) * 1e9 / (System.nanoTime() - start);
    }

    private static String records() {
        StringBuilder records = new StringBuilder("{\"allOrNone\":false,\"records\":[");
        for (String id : Load.people(CHUNK)) {
            records.append(records.charAt(records.length() - 1) == '[' ? "" : ",").append("""
                    {"attributes":{"type":"Lead"},"Ory_Identity_Id__c":"%1$s","LastName":"Alone","Company":"Bench",\
                    "Email":"p-%1$s@example.org"}""".formatted(id));
        }
        return records.append("]}").toString();
    }
}
