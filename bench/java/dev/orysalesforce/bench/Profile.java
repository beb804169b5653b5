package dev.orysalesforce.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private static final Map<String, String> PARTS_OF_A_START = new LinkedHashMap<>();

    static {
        PARTS_OF_A_START.put("dev.orysalesforce", "own code");
        PARTS_OF_A_START.put("com.datasonnet", "DataSonnet");
        PARTS_OF_A_START.put("sjsonnet", "DataSonnet");
        PARTS_OF_A_START.put("io.github.classgraph", "DataSonnet's search for libraries");
        PARTS_OF_A_START.put("nonapi.io.github.classgraph", "DataSonnet's search for libraries");
        PARTS_OF_A_START.put("org.apache.camel.management", "Camel: JMX");
        PARTS_OF_A_START.put("org.apache.camel.support.management", "Camel: JMX");
        PARTS_OF_A_START.put("org.apache.camel.dsl", "Camel: reading routes");
        PARTS_OF_A_START.put("org.apache.camel.reifier", "Camel: building routes");
        PARTS_OF_A_START.put("org.apache.camel", "Camel: the rest");
        PARTS_OF_A_START.put("org.apache.activemq", "Artemis");
        PARTS_OF_A_START.put("org.flywaydb", "ledger");
        PARTS_OF_A_START.put("org.sqlite", "ledger");
        PARTS_OF_A_START.put("com.zaxxer", "ledger");
        PARTS_OF_A_START.put("org.springframework.boot.context.properties", "Spring: settings");
        PARTS_OF_A_START.put("org.springframework.boot.loader", "Spring: jars");
        PARTS_OF_A_START.put("org.springframework.context.annotation", "Spring: which beans there are");
        PARTS_OF_A_START.put("org.springframework.boot.autoconfigure", "Spring: which beans there are");
        PARTS_OF_A_START.put("org.springframework.core.annotation", "Spring: which beans there are");
        PARTS_OF_A_START.put("org.springframework.core.type", "Spring: which beans there are");
        PARTS_OF_A_START.put("org.springframework.beans", "Spring: making beans");
        PARTS_OF_A_START.put("org.springframework", "Spring: the rest");
        PARTS_OF_A_START.put("org.apache.tomcat", "Tomcat");
        PARTS_OF_A_START.put("org.apache.catalina", "Tomcat");
        PARTS_OF_A_START.put("io.micrometer", "metrics");
        PARTS_OF_A_START.put("io.hawt", "Hawtio and Jolokia");
        PARTS_OF_A_START.put("org.jolokia", "Hawtio and Jolokia");
    }

    private final Path file;
    private final Map<String, String> names;

    private Profile(Path file, Map<String, String> names) {
        this.file = file;
        this.names = names;
    }

    /** Of a process that is started with {@link #flag}, until it ends. */
    static Profile ofAStart(Path file) {
        return new Profile(file, PARTS_OF_A_START);
    }

    String flag() {
        return "-XX:StartFlightRecording=settings=profile,filename=" + file;
    }

    static Profile start(Jdk jdk, Candidate candidate, Path file) throws IOException {
        jdk.command(candidate.server().pid(), "JFR.start", "name=bench", "settings=profile");
        return new Profile(file, PARTS);
    }

    /** @return the largest parts with their shares, largest first */
    List<String> stop(Jdk jdk, Candidate candidate) throws IOException {
        jdk.command(candidate.server().pid(), "JFR.dump", "name=bench", "filename=" + file);
        jdk.command(candidate.server().pid(), "JFR.stop", "name=bench");
        return parts();
    }

    /** @return the largest parts with their shares, largest first */
    List<String> parts() throws IOException {
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

    private String part(List<RecordedFrame> frames) {
        for (RecordedFrame frame : frames) {
            RecordedMethod method = frame.getMethod();
            String type = method == null ? "" : method.getType().getName();
            for (Map.Entry<String, String> name : names.entrySet()) {
                if (type.startsWith(name.getKey())) {
                    return name.getValue();
                }
            }
        }
        return "Java itself";
    }
}
