package dev.orysalesforce.bench;

import dev.orysalesforce.bench.Visitor.Loaded;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How fast the pages of the console are in a large installation, and what the console costs an app that does not use it. */
final class ConsolePages {

    private static final String TOKEN = "bench-operator-token";
    private static final Map<String, String> OPEN = Map.of("OPERATOR_TOKEN", TOKEN);
    private static final Pattern LETTER = Pattern.compile("/console/dead-letters/([0-9a-f]{8}-[0-9a-f-]{27})");
    private static final Pattern IDENTITY = Pattern.compile("/console/identities/([0-9a-f]{8}-[0-9a-f-]{27})");
    private static final Pattern ASSET = Pattern.compile("(?:href|src)=\"(/console/assets/[^\"]+)\"");
    private static final Pattern CONSOLE_ONLY = Pattern.compile("\\] (org\\.thymeleaf|org\\.attoparser|ognl|com\\.nimbusds"
            + "|org\\.springframework\\.security\\.oauth2|dev\\.orysalesforce\\.console)\\.");
    private static final int WARM_UP = 20;
    private static final int MOST_MILLIS = 150;
    private static final int MOST_KILOBYTES = 100;

    private final Plan plan;
    private final Jdk jdk;
    private final Sandbox salesforce;
    private final Report report;
    private final List<Long> all = new ArrayList<>();
    private long largest;

    ConsolePages(Plan plan, Jdk jdk, Sandbox salesforce, Report report) {
        this.plan = plan;
        this.jdk = jdk;
        this.salesforce = salesforce;
        this.report = report;
    }

    void measure() throws Exception {
        report.heading("Console");
        pages();
        startsWithoutIt();
    }

    private void pages() throws Exception {
        salesforce.reset();
        salesforce.latency(0);
        Path folder = plan.folder("console");
        Path ledger = folder.resolve("data/ledger.db");
        try (Candidate app = new Candidate(Launch.asBuilt("app", jdk), folder, salesforce, OPEN)) {
            app.server().start();
            LargeInstallation.addDeadLetters(app, TOKEN, plan.deadLetters());
            app.server().stop();
            LargeInstallation.fill(ledger, plan.identities());
            app.server().start();
            Visitor visitor = new Visitor(app.url(""), TOKEN);
            visitor.logIn();
            Duration compared = awaitIndex(visitor);
            report.say("`java -jar`, %s, %,d dead letters, %,d identities in the ledger, which has %,d MB. One browser loads each page"
                    + " %d times, after %d times that do not count. After the start it took %s s until the app had compared its dead letters"
                    + " with their index.", jdk, plan.deadLetters(), plan.identities(), Files.size(ledger) >> 20, plan.pageLoads(), WARM_UP,
                    Report.number(compared.toMillis() / 1000.0));
            report.head("page", "median", "p95", "longest", "on the wire");
            loadPages(visitor, LargeInstallation.someIdentities(ledger, plan.pageLoads()));
            target();
            report.say("The operator API, measured in the same way:");
            report.head("request", "median", "p95", "longest", "on the wire");
            for (String path : List.of("/api/dead-letters", "/api/dead-letters?offset=" + plan.deadLetters() * 9 / 10,
                    "/api/dead-letters?code=NO_IDENTITY&offset=" + plan.deadLetters() / 20, "/api/dead-letters/groups",
                    "/api/audit?offset=10000", "/api/activity?offset=40000")) {
                load(visitor, "`" + path + "`", i -> path);
            }
            report.say("What a person downloads:");
            report.head("file", "time", "size");
            for (String path : List.of("/console/dead-letters/list.csv", "/console/activity.csv", "/console/audit.csv")) {
                Loaded file = visitor.get(path);
                report.row("`" + path + "`", Report.millis(file.micros()), Report.number(file.bytes() / 1e6) + " MB");
            }
            assets(visitor);
        }
    }

    /** Until then the app reads the broker's queue instead. */
    private Duration awaitIndex(Visitor visitor) throws Exception {
        long start = System.nanoTime();
        while (visitor.get("/console/dead-letters/list?offset=" + plan.deadLetters() * 9 / 10).micros() > MOST_MILLIS * 1000) {
            Thread.sleep(500);
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private void loadPages(Visitor visitor, List<String> identities) throws Exception {
        int deep = plan.deadLetters() * 9 / 10;
        List<String> letters = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String page = visitor.get("/console/dead-letters/list?offset=" + deep * i / 4).text();
            LETTER.matcher(page).results().forEach(found -> letters.add(found.group(1)));
            IDENTITY.matcher(page).results().forEach(found -> refused.add(found.group(1)));
        }
        Map<String, IntFunction<String>> pages = new LinkedHashMap<>();
        pages.put("Overview", i -> "/console");
        pages.put("Overview, the part that refreshes itself", i -> "/console/live");
        pages.put("Dead letters by code", i -> "/console/dead-letters");
        pages.put("Dead letters, first page", i -> "/console/dead-letters/list");
        pages.put("Dead letters, deep page", i -> "/console/dead-letters/list?offset=" + (deep + i));
        pages.put("Dead letters of a code, first page", i -> "/console/dead-letters/list?code=INVALID_EMAIL_ADDRESS");
        pages.put("Dead letters of a code, deep page", i -> "/console/dead-letters/list?code=INVALID_EMAIL_ADDRESS&offset=" + (deep / 2 + i));
        pages.put("Dead letters of an event and object, deep page",
                i -> "/console/dead-letters/list?event=registration&object=Lead&offset=" + (deep / 3 + i));
        pages.put("Dead letters of an identity", i -> "/console/dead-letters/list?identity=" + refused.get(i % refused.size()));
        pages.put("A dead letter", i -> "/console/dead-letters/" + letters.get(i % letters.size()));
        pages.put("Identities", i -> "/console/identities");
        pages.put("An identity", i -> "/console/identities/" + identities.get(i % identities.size()));
        pages.put("An identity with a dead letter", i -> "/console/identities/" + refused.get(i % refused.size()));
        pages.put("Mappings", i -> "/console/mappings");
        pages.put("Activity, first page", i -> "/console/activity");
        pages.put("Activity, deep page", i -> "/console/activity?offset=" + (40_000 + i));
        pages.put("Activity, hours", i -> "/console/activity?kind=hour");
        pages.put("Activity, pauses", i -> "/console/activity?kind=pause");
        pages.put("Set-up", i -> "/console/set-up");
        pages.put("Audit, first page", i -> "/console/audit");
        pages.put("Audit, deep page", i -> "/console/audit?offset=" + (19_000 + i));
        pages.put("Audit, replays", i -> "/console/audit?act=replay");
        pages.put("Audit of an identity", i -> "/console/audit?identity=" + identities.get(i % identities.size()));
        pages.put("Login", i -> "/console/login");
        for (Map.Entry<String, IntFunction<String>> page : pages.entrySet()) {
            long[] micros = load(visitor, page.getKey(), page.getValue());
            Arrays.stream(micros).forEach(all::add);
        }
    }

    private long[] load(Visitor visitor, String name, IntFunction<String> path) throws Exception {
        for (int i = 0; i < WARM_UP; i++) {
            visitor.get(path.apply(i));
        }
        long[] micros = new long[plan.pageLoads()];
        long most = 0;
        for (int i = 0; i < micros.length; i++) {
            Loaded page = visitor.get(path.apply(i));
            micros[i] = page.micros();
            most = Math.max(most, page.bytes());
        }
        Arrays.sort(micros);
        if (!name.startsWith("`")) {
            largest = Math.max(largest, most);
        }
        report.row(name, Report.millis(share(micros, 50)), Report.millis(share(micros, 95)), Report.millis(micros[micros.length - 1]),
                Report.number(most / 1000.0) + " KB");
        return micros;
    }

    private static long share(long[] sorted, int percent) {
        return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
    }

    private void target() {
        long[] sorted = all.stream().mapToLong(Long::longValue).sorted().toArray();
        report.target("page of the console, p95 of all loads", MOST_MILLIS + " ms", Report.millis(share(sorted, 95)),
                share(sorted, 95) <= MOST_MILLIS * 1000L);
        report.target("largest page of the console on the wire", MOST_KILOBYTES + " KB", Report.number(largest / 1000.0) + " KB",
                largest <= MOST_KILOBYTES * 1000L);
    }

    /** With the first page only, since a browser keeps them. */
    private void assets(Visitor visitor) throws Exception {
        long bytes = 0;
        for (String path : ASSET.matcher(visitor.get("/console").text()).results().map(found -> found.group(1)).toList()) {
            bytes += visitor.get(path).bytes();
        }
        report.say("Style, scripts and icon, which a browser loads once: %s KB.", Report.number(bytes / 1000.0));
    }

    private void startsWithoutIt() throws Exception {
        report.say("Classes of the console and of the libraries that only it uses, as loaded by a start, and processor time of a start;"
                + " the median of %d starts, in turn. Without OPERATOR_TOKEN there is no console.", plan.starts());
        report.head("", "classes", "processor");
        List<Map<String, String>> ways = List.of(Map.of(), OPEN);
        List<List<Long>> times = List.of(new ArrayList<>(), new ArrayList<>());
        long[] classes = new long[2];
        for (int i = 0; i < plan.starts(); i++) {
            for (int way = 0; way < 2; way++) {
                Path folder = plan.folder("console-start-" + i + "-" + way);
                Path log = folder.resolve("classes.log");
                try (Candidate app = new Candidate(Launch.asBuilt("app", jdk).with("-Xlog:class+load:file=" + log), folder, salesforce,
                        ways.get(way))) {
                    app.server().start();
                    times.get(way).add(app.server().processorTime().toMillis());
                }
                try (Stream<String> lines = Files.lines(log)) {
                    classes[way] = lines.filter(line -> CONSOLE_ONLY.matcher(line).find()).count();
                }
            }
        }
        for (int way = 0; way < 2; way++) {
            List<Long> sorted = times.get(way).stream().sorted().toList();
            report.row(way == 0 ? "without OPERATOR_TOKEN" : "with OPERATOR_TOKEN", classes[way],
                    String.format("%,d ms", sorted.get(sorted.size() / 2)));
        }
    }
}
