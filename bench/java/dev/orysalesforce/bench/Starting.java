package dev.orysalesforce.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** How soon it is ready and how large it is, beside a bare web app. */
final class Starting {

    private final Plan plan;
    private final List<Jdk> jdks;
    private final Sandbox salesforce;
    private final Report report;
    private final Load load = new Load();

    private record Size(double readyMillis, long idle, long busy) {
    }

    Starting(Plan plan, List<Jdk> jdks, Sandbox salesforce, Report report) {
        this.plan = plan;
        this.jdks = jdks;
        this.salesforce = salesforce;
        this.report = report;
    }

    void measure() throws Exception {
        report.heading("Start and size");
        report.say("`java -jar`, as in a container of 2 GB, nothing tuned; ready is when the readiness probe says so, the "
                + "median of %d starts in turn. Resident memory idle, %d s after it is ready, and after %d s of %d events a "
                + "second. The bare app is Spring Boot's web and actuator starters with one endpoint.", plan.starts(),
                idle().toSeconds(), plan.steady().toSeconds(), plan.pace());
        report.head("", "ready", "to bare", "memory idle", "to bare", "memory under load", "to bare");
        for (Jdk jdk : jdks) {
            List<Double> app = new ArrayList<>();
            List<Double> web = new ArrayList<>();
            for (int i = 0; i < plan.starts() - 1; i++) {
                web.add(ready(web(jdk)));
                app.add(ready(app(jdk, "start-" + jdk.version() + "-" + i)));
            }
            Size bare = size(web(jdk), web);
            Size own = size(app(jdk, "start-" + jdk.version()), app);
            report.row("bare, " + jdk, Report.number(bare.readyMillis()) + " ms", "", bare.idle() + " MB", "",
                    bare.busy() + " MB", "");
            double time = own.readyMillis() / bare.readyMillis();
            double memory = own.busy() / (double) bare.busy();
            report.row("this app, " + jdk, Report.number(own.readyMillis()) + " ms", Report.number(time) + " x",
                    own.idle() + " MB", Report.number(own.idle() / (double) bare.idle()) + " x", own.busy() + " MB",
                    Report.number(memory) + " x");
            report.target("time to ready to a bare web app's, " + jdk, "1.5 x", Report.number(time) + " x", time <= 1.5);
            report.target("resident memory under load to a bare web app's, " + jdk, "1.7 x", Report.number(memory) + " x",
                    memory <= 1.7);
        }
    }

    private Duration idle() {
        return plan.warmUp();
    }

    private Candidate web(Jdk jdk) throws Exception {
        return Candidate.web(jdk, plan.folder("web"), salesforce);
    }

    private Candidate app(Jdk jdk, String name) throws Exception {
        return Candidate.app(jdk, plan.folder(name), salesforce, Map.of());
    }

    private static double ready(Candidate candidate) throws Exception {
        try (candidate) {
            return candidate.server().start().toMillis();
        }
    }

    private Size size(Candidate candidate, List<Double> starts) throws Exception {
        salesforce.reset();
        salesforce.latency(300);
        try (candidate) {
            starts.add((double) candidate.server().start().toMillis());
            Collections.sort(starts);
            Thread.sleep(idle().toMillis());
            long idle = candidate.server().residentMegabytes();
            load.offer(candidate.url(), plan.pace(), plan.steady());
            return new Size(starts.get(starts.size() / 2), idle, candidate.server().residentMegabytes());
        }
    }
}
