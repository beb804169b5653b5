package dev.orysalesforce.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** How soon it is ready and how large it is, beside a bare web app. */
final class Starting {

    private final Plan plan;
    private final List<Jdk> jdks;
    private final Images images;
    private final Sandbox salesforce;
    private final Report report;
    private final Load load = new Load();

    /** Times are medians. */
    private record Starts(double millis, double processorMillis) {
    }

    /** Megabytes, those of the parts after the load. */
    private record Size(long idle, long busy, Map<String, Long> parts) {
    }

    Starting(Plan plan, List<Jdk> jdks, Images images, Sandbox salesforce, Report report) {
        this.plan = plan;
        this.jdks = jdks;
        this.images = images;
        this.salesforce = salesforce;
        this.report = report;
    }

    void measure() throws Exception {
        report.heading("Start and size");
        report.say("The bare app is Spring Boot's web and actuator starters with one endpoint. Both are started the same way, in "
                + "turn, with the memory of a 2 GB container: as the image does, or with `java -jar` and nothing tuned. Ready is "
                + "when the readiness probe says so; the median of %d starts.", plan.starts());
        report.head("", "bare, ready", "this app, ready", "to bare", "bare, processor", "this app, processor");
        for (Jdk jdk : jdks) {
            if (!plan.isShort()) { // measured like the image
                startBoth("`java -jar`, " + jdk, Launch.asBuilt("web", jdk), Launch.asBuilt("app", jdk));
            }
            double ratio = startBoth("image, " + jdk, images.of("web", jdk), images.of("app", jdk));
            report.target("time to ready to a bare web app's, " + jdk, "1.5 x", Report.number(ratio) + " x", ratio <= 1.5);
        }
        report.say("Resident memory of the image's way, %d s after it is ready and after %d s of %d events a second, while Java "
                + "tracks native memory:", plan.warmUp().toSeconds(), plan.steady().toSeconds(), plan.pace());
        report.head("", "bare, idle", "this app, idle", "to bare", "bare, under load", "this app, under load", "to bare");
        Size bare = null;
        Size app = null;
        for (Jdk jdk : jdks) {
            bare = size(jdk, "web");
            app = size(jdk, "app");
            double ratio = app.busy() / (double) bare.busy();
            report.row(jdk, bare.idle() + " MB", app.idle() + " MB", Report.number(app.idle() / (double) bare.idle()) + " x",
                    bare.busy() + " MB", app.busy() + " MB", Report.number(ratio) + " x");
            report.target("resident memory under load to a bare web app's, " + jdk, "1.7 x", Report.number(ratio) + " x",
                    ratio <= 1.7);
        }
        Jdk newest = jdks.get(jdks.size() - 1);
        explainStart(newest);
        explainMemory(newest, bare, app);
        report.say("The image's layers on top of the Java runtime's, as files (%s): %s.", newest, layers(images.of("app", newest)));
    }

    /** @return how much longer this app takes */
    private double startBoth(String way, Launch bare, Launch app) throws Exception {
        List<Starts> ofBare = new ArrayList<>();
        List<Starts> ofApp = new ArrayList<>();
        for (int i = 0; i < plan.starts(); i++) {
            ofBare.add(start(bare, "start-" + i));
            ofApp.add(start(app, "start-" + i));
        }
        Starts web = median(ofBare);
        Starts own = median(ofApp);
        double ratio = own.millis() / web.millis();
        report.row(way, millis(web.millis()), millis(own.millis()), Report.number(ratio) + " x", millis(web.processorMillis()),
                millis(own.processorMillis()));
        return ratio;
    }

    private static String millis(double millis) {
        return Report.number(millis) + " ms";
    }

    private Starts start(Launch launch, String folder) throws Exception {
        try (Candidate candidate = candidate(launch, folder)) {
            double millis = candidate.server().start().toMillis();
            return new Starts(millis, candidate.server().processorTime().toMillis());
        }
    }

    private static Starts median(List<Starts> starts) {
        return new Starts(median(starts.stream().map(Starts::millis)), median(starts.stream().map(Starts::processorMillis)));
    }

    private static double median(Stream<Double> values) {
        List<Double> sorted = new ArrayList<>(values.toList());
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    private Candidate candidate(Launch launch, String folder) throws Exception {
        return new Candidate(launch, plan.folder(folder + "-" + launch.name() + "-" + System.nanoTime()), salesforce);
    }

    private Size size(Jdk jdk, String program) throws Exception {
        salesforce.reset();
        salesforce.latency(300);
        try (Candidate candidate = candidate(images.of(program, jdk).with("-XX:NativeMemoryTracking=summary"), "size")) {
            candidate.server().start();
            Thread.sleep(plan.warmUp().toMillis());
            long idle = candidate.server().residentMegabytes();
            load.offer(candidate.url(), plan.pace(), plan.steady());
            return new Size(idle, candidate.server().residentMegabytes(), candidate.server().memory(jdk));
        }
    }

    private void explainStart(Jdk jdk) throws Exception {
        for (String program : plan.isShort() ? List.of("app") : List.of("web", "app")) {
            try (Candidate candidate = candidate(images.of(program, jdk), "threads")) {
                Duration ready = candidate.server().start();
                List<String> threads = new ArrayList<>();
                candidate.server().processorTimeByThread().forEach((thread, time) -> threads.add(thread + " " + time + " ms"));
                report.say("Processor time of a start of %s by thread, ready after %,d ms: %s.",
                        program.equals("app") ? "this app" : "the bare app", ready.toMillis(), String.join(", ", threads));
            }
        }
        Profile recording = Profile.ofAStart(plan.folder("start.jfr"));
        try (Candidate candidate = candidate(images.of("app", jdk).with(recording.flag()), "recorded")) {
            candidate.server().start();
            candidate.server().stop();
        }
        report.say("What this app's own Java code does in a start, by samples of the flight recorder: %s.",
                String.join(", ", recording.parts()));
    }

    private void explainMemory(Jdk jdk, Size bare, Size app) {
        report.say("What Java has committed after the load, by native memory tracking (%s; not all of it is resident):", jdk);
        report.head("", "bare", "this app");
        new TreeMap<>(app.parts()).forEach((part, megabytes) ->
                report.row(part, bare.parts().getOrDefault(part, 0L) + " MB", megabytes + " MB"));
    }

    private static String layers(Launch launch) throws Exception {
        List<String> layers = new ArrayList<>();
        for (Launch.Layer layer : launch.layers()) {
            layers.add(layer.name() + " " + Report.number(layer.bytes() / 1e6) + " MB");
        }
        return String.join(", ", layers);
    }
}
