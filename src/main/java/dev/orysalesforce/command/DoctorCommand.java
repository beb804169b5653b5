package dev.orysalesforce.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.check.Finding;
import dev.orysalesforce.doctor.Doctor;
import dev.orysalesforce.doctor.HookTemplates;
import dev.orysalesforce.doctor.Hooks;
import dev.orysalesforce.settings.CommandLineOnly;
import dev.orysalesforce.settings.RouteNames;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.ProducerTemplate;
import org.springframework.util.StringUtils;
import org.yaml.snakeyaml.error.YAMLException;

/** {@code doctor}: problems between this app, its org and its Ory, their consequence and their fix. Nothing is sent. */
@CommandLineOnly
class DoctorCommand implements Command {

    private static final String USAGE = "doctor [--json] [--kratos FILE]... [--url URL]: checks this app, Salesforce"
            + " and Ory. FILE is a kratos.yml, several if Kratos is started with several, or an exported project; URL what the hooks call, up to /webhooks.";

    private final Doctor doctor;
    private final Hooks hooks;
    private final HookTemplates templates;
    private final ProducerTemplate camel;
    private final ObjectMapper json;

    DoctorCommand(Doctor doctor, Hooks hooks, HookTemplates templates, ProducerTemplate camel, ObjectMapper json) {
        this.doctor = doctor;
        this.hooks = hooks;
        this.templates = templates;
        this.camel = camel;
        this.json = json;
    }

    /**
     * The report.
     *
     * @param seen the facts
     * @param findings what is wrong; empty when good
     * @param notes the checks that were left out, and why
     */
    record Report(List<String> seen, List<Finding> findings, List<String> notes) {

        private Report and(Report other) {
            return new Report(both(seen, other.seen), both(findings, other.findings), both(notes, other.notes));
        }

        private static <T> List<T> both(List<T> one, List<T> other) {
            return Stream.concat(one.stream(), other.stream()).toList();
        }

        private boolean isGood() {
            return findings.stream().noneMatch(finding -> finding.severity().equals("error"));
        }
    }

    @Override
    public String name() {
        return "doctor";
    }

    @Override
    public int run(List<String> arguments) {
        boolean asJson = false;
        List<Path> kratos = new ArrayList<>();
        String url = null;
        for (Iterator<String> words = arguments.iterator(); words.hasNext(); ) {
            String word = words.next();
            if (word.equals("--json")) {
                asJson = true;
            } else if (word.equals("--kratos") && words.hasNext()) {
                kratos.add(Path.of(words.next()));
            } else if (word.equals("--url") && words.hasNext()) {
                url = words.next();
            } else {
                System.err.println(USAGE);
                return 2;
            }
        }
        try {
            Report report = report(kratos, url);
            if (asJson) {
                System.out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(report));
            } else {
                print(report, System.out);
            }
            return report.isGood() ? 0 : 1;
        } catch (IOException | YAMLException e) {
            System.err.println(kratos + " can't be read: " + e.getClass().getSimpleName());
            return 2;
        }
    }

    /**
     * @param kratos may be empty
     * @param url may be null
     */
    Report report(List<Path> kratos, String url) throws IOException {
        ObjectNode ory = doctor.circumstances();
        Report ofTemplates = new Report(List.of(), List.of(), List.of());
        if (!kratos.isEmpty()) {
            JsonNode read = hooks.read(kratos);
            String files = kratos.stream().map(file -> file.getFileName().toString()).collect(Collectors.joining(" + "));
            ory.put("file", files).set("hooks", read);
            HookTemplates.Result result = templates.check(files, read);
            ofTemplates = new Report(List.of(), result.findings(), result.notes());
        }
        if (url != null) {
            ory.put("url", StringUtils.trimTrailingCharacter(url, '/'));
        }
        return run(RouteNames.DOCTOR_SALESFORCE, null).and(run(RouteNames.DOCTOR_ORY, ory)).and(ofTemplates);
    }

    private Report run(String route, ObjectNode given) throws JsonProcessingException {
        return json.readValue(camel.requestBody(route, given, String.class), Report.class);
    }

    private static void print(Report report, PrintStream out) {
        report.seen().forEach(out::println);
        report.findings().forEach(finding -> {
            out.printf("%n%s %s: %s%n", finding.severity().toUpperCase(Locale.ROOT), finding.place(), finding.message());
            out.printf("    Why:  %s%n    Fix: %s%n", finding.why(), finding.remedy());
        });
        out.println();
        report.notes().forEach(out::println);
        long errors = report.findings().stream().filter(finding -> finding.severity().equals("error")).count();
        out.printf("%s%n", report.findings().isEmpty() ? "Nothing wrong."
                : errors + " errors, " + (report.findings().size() - errors) + " warnings.");
    }
}
