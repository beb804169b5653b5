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
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.ProducerTemplate;
import org.springframework.util.StringUtils;

/** {@code doctor}: problems between this app, its org and its Ory, their consequence and their fix. Nothing is sent. */
@CommandLineOnly
class DoctorCommand {

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
    record DoctorReport(List<String> seen, List<Finding> findings, List<String> notes) implements Report {

        private DoctorReport and(DoctorReport other) {
            return new DoctorReport(both(seen, other.seen), both(findings, other.findings), both(notes, other.notes));
        }

        private static <T> List<T> both(List<T> one, List<T> other) {
            return Stream.concat(one.stream(), other.stream()).toList();
        }

        @Override
        public void print(PrintStream out) {
            seen.forEach(out::println);
            findings.forEach(finding -> {
                out.printf("%n%s %s: %s%n", finding.severity().toUpperCase(Locale.ROOT), finding.place(), finding.message());
                out.printf("    Why:  %s%n    Fix: %s%n", finding.why(), finding.remedy());
            });
            out.println();
            notes.forEach(out::println);
            out.printf("%s%n", findings.isEmpty() ? "Nothing wrong."
                    : "Errors: " + errors() + ", warnings: " + (findings.size() - errors()) + ".");
        }

        @Override
        public int exitCode() {
            return errors() == 0 ? 0 : 1;
        }

        private long errors() {
            return findings.stream().filter(finding -> finding.severity().equals("error")).count();
        }
    }

    /**
     * @param kratos may be empty
     * @param url may be null
     */
    DoctorReport report(List<Path> kratos, String url) throws IOException {
        ObjectNode ory = doctor.circumstances();
        DoctorReport ofTemplates = new DoctorReport(List.of(), List.of(), List.of());
        if (!kratos.isEmpty()) {
            JsonNode read = hooks.read(kratos);
            String files = kratos.stream().map(file -> file.getFileName().toString()).collect(Collectors.joining(" + "));
            ory.put("file", files).set("hooks", read);
            HookTemplates.Result result = templates.check(files, read);
            ofTemplates = new DoctorReport(List.of(), result.findings(), result.notes());
        }
        if (url != null) {
            ory.put("url", StringUtils.trimTrailingCharacter(url, '/'));
        }
        return run(RouteNames.DOCTOR_SALESFORCE, null).and(run(RouteNames.DOCTOR_ORY, ory)).and(ofTemplates);
    }

    private DoctorReport run(String route, ObjectNode given) throws JsonProcessingException {
        return json.readValue(camel.requestBody(route, given, String.class), DoctorReport.class);
    }
}
