package dev.orysalesforce.command;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.orysalesforce.check.FileCheck;
import dev.orysalesforce.check.Finding;
import dev.orysalesforce.check.HookCheck;
import dev.orysalesforce.check.MappingExamples;
import dev.orysalesforce.check.MappingExamples.Example;
import dev.orysalesforce.check.OrgCheck;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.mapping.HookTemplate;
import dev.orysalesforce.settings.CommandLineOnly;
import dev.orysalesforce.settings.RequiredSettings;
import dev.orysalesforce.settings.RouteNames;
import dev.orysalesforce.settings.SyncSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.core.env.ConfigurableEnvironment;

/** {@code check}: whether routes, mappings, their examples and the org fit together. Nothing is sent. */
@CommandLineOnly
class CheckCommand {

    private final FileCheck files;
    private final MappingExamples mappingExamples;
    private final OrgCheck org;
    private final HookCheck hooks;
    private final Collection<String> mapped;
    private final boolean hasCredentials;

    CheckCommand(FileCheck files, MappingExamples mappingExamples, OrgCheck org, HookCheck hooks, SyncSettings settings,
            ConfigurableEnvironment environment) {
        this.files = files;
        this.mappingExamples = mappingExamples;
        this.org = org;
        this.hooks = hooks;
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
    record FilesReport(List<Finding> findings, int examples, List<String> notes) implements Report {

        @Override
        public void print(PrintStream out) {
            Map<String, List<Finding>> byFile = findings.stream().collect(Collectors.groupingBy(
                    finding -> finding.place().replaceFirst(":\\d+$", ""), LinkedHashMap::new, Collectors.toList()));
            byFile.values().forEach(those -> {
                out.println();
                those.forEach(finding -> out.printf("%s: %s%n    %s%n", finding.place(), finding.message(), finding.remedy()));
            });
            out.println();
            notes.forEach(out::println);
            out.printf(Locale.ENGLISH, "%s; %d examples run.%n", findings.isEmpty() ? "Nothing wrong"
                    : findings.size() + " wrong in " + byFile.size() + (byFile.size() == 1 ? " place" : " places"), examples);
        }

        @Override
        public int exitCode() {
            return findings.isEmpty() ? 0 : 1;
        }
    }

    /** The result of the template of an Ory Action. */
    record HookReport(@JsonUnwrapped HookCheck.Result result) implements Report {

        @Override
        public void print(PrintStream out) {
            result.records().forEach((flow, record) -> out.printf("%s: %s%n", flow, record == null
                    ? "no record by itself" : record));
            result.findings().forEach(finding -> out.printf("%n%s %s: %s%n%s    Fix: %s%n", finding.severity().toUpperCase(Locale.ROOT),
                    finding.place(), finding.message(), finding.why() == null ? "" : "    Why: " + finding.why() + "\n", finding.remedy()));
            out.printf("%n%sThe people are invented. DataSonnet rendered the template; Kratos uses go-jsonnet, which knows tailstrict and"
                    + " writes some numbers in another way.%n", result.findings().isEmpty() ? "Nothing wrong. " : "");
        }

        @Override
        public int exitCode() {
            return result.findings().stream().anyMatch(finding -> finding.severity().equals("error")) ? 1 : 0;
        }
    }

    /** @param file the template of an Ory Action */
    HookReport report(Path file) throws IOException {
        files.findings(); // starts the routes that run the mappings
        files.useMappings();
        return new HookReport(hooks.check(new HookTemplate(file.toString(), Files.readString(file)), IdentityChange.FLOWS));
    }

    FilesReport report() throws IOException {
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
                    .noneMatch(example -> example.mapping().name().equals(name)))
                    .forEach(name -> notes.add("The fields that " + name + " writes are not known: it has no examples."));
        }
        return new FilesReport(findings, canRun ? examples.size() : 0, notes);
    }
}
