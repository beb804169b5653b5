package dev.orysalesforce.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.check.FileCheck;
import dev.orysalesforce.check.Finding;
import dev.orysalesforce.check.MappingExamples;
import dev.orysalesforce.check.MappingExamples.Example;
import dev.orysalesforce.check.OrgCheck;
import dev.orysalesforce.settings.CommandLineOnly;
import dev.orysalesforce.settings.RequiredSettings;
import dev.orysalesforce.settings.RouteNames;
import dev.orysalesforce.settings.SyncSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.core.env.ConfigurableEnvironment;

/** {@code check}: whether routes, mappings, their examples and the org fit together. Nothing is sent. */
@CommandLineOnly
class CheckCommand implements Command {

    private static final String JSON = "--json";

    private final FileCheck files;
    private final MappingExamples mappingExamples;
    private final OrgCheck org;
    private final ObjectMapper json;
    private final Collection<String> mapped;
    private final boolean hasCredentials;

    CheckCommand(FileCheck files, MappingExamples mappingExamples, OrgCheck org, ObjectMapper json, SyncSettings settings,
            ConfigurableEnvironment environment) {
        this.files = files;
        this.mappingExamples = mappingExamples;
        this.org = org;
        this.json = json;
        this.mapped = new TreeSet<>(settings.mappings().values());
        this.hasCredentials = RequiredSettings.missing(environment).stream()
                .noneMatch(setting -> setting.name().startsWith("SALESFORCE_"));
    }

    /**
     * The result.
     *
     * @param findings what is wrong; empty when good
     * @param examples how many examples were run
     * @param notes the checks that were left out, and why
     */
    record Report(List<Finding> findings, int examples, List<String> notes) {}

    @Override
    public String name() {
        return "check";
    }

    @Override
    public int run(List<String> arguments) {
        boolean asJson = arguments.equals(List.of(JSON));
        if (!asJson && !arguments.isEmpty()) {
            System.err.println("check [--json]: whether routes, mappings, their examples and the org fit together.");
            return 2;
        }
        try {
            Report report = report();
            if (asJson) {
                System.out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(report));
            } else {
                print(report, System.out);
            }
            return report.findings().isEmpty() ? 0 : 1;
        } catch (IOException e) {
            System.err.println("The files can't be read: " + e.getClass().getSimpleName());
            return 2;
        }
    }

    Report report() throws IOException {
        Map<String, Finding> broken = files.findings();
        List<Finding> findings = new ArrayList<>(broken.values());
        List<String> notes = new ArrayList<>();
        findings.addAll(mappingExamples.orphans());
        List<Example> examples = mappingExamples.examples().stream()
                .filter(example -> !broken.containsKey(example.mapping().name())).toList();
        boolean canRun = files.has(RouteNames.MAP_RECORD);
        if (canRun) {
            examples.forEach(example -> mappingExamples.finding(example).ifPresent(findings::add));
        } else {
            notes.add("The examples were not run: that needs the route at " + RouteNames.MAP_RECORD + ".");
        }
        if (!hasCredentials) {
            notes.add("The org was not checked: the variables of the login, SALESFORCE_*, are not all set.");
        } else if (!files.has(RouteNames.DESCRIBE_OBJECT)) {
            notes.add("The org was not checked: that needs the route at " + RouteNames.DESCRIBE_OBJECT + ".");
        } else {
            findings.addAll(org.findings(examples));
            mapped.stream().filter(name -> !broken.containsKey(name) && examples.stream()
                    .noneMatch(example -> example.mapping().name().equals(name))).forEach(name ->
                    notes.add("The fields that " + name + " writes are not known: it has no examples."));
        }
        return new Report(findings, canRun ? examples.size() : 0, notes);
    }

    private static void print(Report report, PrintStream out) {
        Map<String, List<Finding>> byFile = report.findings().stream().collect(Collectors.groupingBy(
                finding -> finding.place().replaceFirst(":\\d+$", ""), LinkedHashMap::new, Collectors.toList()));
        byFile.values().forEach(findings -> {
            out.println();
            findings.forEach(finding -> out.printf("%s: %s%n    %s%n", finding.place(), finding.message(), finding.remedy()));
        });
        out.println();
        report.notes().forEach(out::println);
        out.printf("%s; %d examples run.%n", report.findings().isEmpty() ? "Nothing wrong"
                : report.findings().size() + " wrong in " + byFile.size() + " places", report.examples());
    }
}
