package dev.orysalesforce.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/** Where a process spends its processor time: the innermost of these parts in each sample of the flight recorder. */
final class Profile {

    private static final Map<String, String> PARTS = new LinkedHashMap<>();

    static {
        PARTS.put("com.datasonnet", "DataSonnet");
        PARTS.put("sjsonnet", "DataSonnet");
        PARTS.put("ujson", "DataSonnet");
        PARTS.put("fastparse", "DataSonnet");
        PARTS.put("com.schibsted.spt.data.jslt", "JSLT");
        PARTS.put("com.fasterxml.jackson", "JSON");
        PARTS.put("org.sqlite", "ledger");
        PARTS.put("org.springframework.jdbc", "ledger");
        PARTS.put("org.apache.activemq", "Artemis");
        PARTS.put("io.netty", "Artemis");
        PARTS.put("org.springframework.jms", "JMS client");
        PARTS.put("org.eclipse.jetty", "Salesforce client");
        PARTS.put("org.apache.camel.component.salesforce", "Salesforce client");
        PARTS.put("dev.orysalesforce", "own code");
        PARTS.put("io.micrometer", "metrics");
        PARTS.put("org.apache.camel.component.bean", "Camel: bean calls");
        PARTS.put("org.apache.camel.language.simple", "Camel: simple expressions");
        PARTS.put("org.apache.camel", "Camel: the rest");
        PARTS.put("org.springframework.security", "Spring Security");
        PARTS.put("org.springframework", "Spring MVC");
        PARTS.put("org.apache.tomcat", "Tomcat");
        PARTS.put("org.apache.coyote", "Tomcat");
        PARTS.put("org.apache.catalina", "Tomcat");
    }

    private final Jdk jdk;
    private final long pid;
    private final Path file;

    private Profile(Jdk jdk, long pid, Path file) {
        this.jdk = jdk;
        this.pid = pid;
        this.file = file;
    }

    static Profile start(Jdk jdk, Candidate candidate, Path file) throws Exception {
        Profile profile = new Profile(jdk, candidate.server().pid(), file);
        profile.command("JFR.start", "name=bench", "settings=profile");
        return profile;
    }

    /** @return the largest parts with their shares, largest first */
    List<String> stop() throws Exception {
        command("JFR.dump", "name=bench", "filename=" + file);
        command("JFR.stop", "name=bench");
        Map<String, Integer> samples = new LinkedHashMap<>();
        int all = 0;
        try (RecordingFile recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                RecordedEvent event = recording.readEvent();
                if (event.getEventType().getName().equals("jdk.ExecutionSample") && event.getStackTrace() != null) {
                    samples.merge(part(event.getStackTrace().getFrames()), 1, Integer::sum);
                    all++;
                }
            }
        }
        List<String> parts = new ArrayList<>();
        for (Map.Entry<String, Integer> part : samples.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder())).limit(10).toList()) {
            parts.add(part.getKey() + " " + Math.round(100.0 * part.getValue() / all) + " %");
        }
        return parts;
    }

    private static String part(List<RecordedFrame> frames) {
        for (RecordedFrame frame : frames) {
            RecordedMethod method = frame.getMethod();
            String type = method == null ? "" : method.getType().getName();
            for (Map.Entry<String, String> part : PARTS.entrySet()) {
                if (type.startsWith(part.getKey())) {
                    return part.getValue();
                }
            }
        }
        return "Java itself";
    }

    private void command(String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(jdk.home().resolve("bin/jcmd").toString(), String.valueOf(pid)));
        words.addAll(List.of(command));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IllegalStateException(said);
        }
    }
}
