package dev.orysalesforce.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.orysalesforce.check.CandidateMappings;
import dev.orysalesforce.check.DiffCounts;
import dev.orysalesforce.check.DiffCounts.Count;
import dev.orysalesforce.check.DiffCounts.Fate;
import dev.orysalesforce.check.DiffCounts.Kind;
import dev.orysalesforce.check.DryRun;
import dev.orysalesforce.check.MappingDiff;
import dev.orysalesforce.check.MappingDiffs;
import dev.orysalesforce.reconcile.OryAdmin;
import dev.orysalesforce.settings.CommandLineOnly;
import dev.orysalesforce.settings.RouteNames;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.FluentProducerTemplate;
import org.springframework.beans.factory.ObjectProvider;

/** {@code diff}: what other mappings would change, in recorded bodies or in all identities at Ory. Nothing is sent. */
@CommandLineOnly
class DiffCommand {

    private final CandidateMappings candidates;
    private final MappingDiffs diffs;
    private final ObjectProvider<DryRun> dryRuns;
    private final OryAdmin ory;
    private final FluentProducerTemplate camel;

    DiffCommand(CandidateMappings candidates, MappingDiffs diffs, ObjectProvider<DryRun> dryRuns, OryAdmin ory,
            FluentProducerTemplate camel) {
        this.candidates = candidates;
        this.diffs = diffs;
        this.dryRuns = dryRuns;
        this.ory = ory;
        this.camel = camel;
    }

    /**
     * The changes.
     *
     * @param identities the number of identities for each outcome
     * @param fields object and field to the kinds of change and the number of records
     * @param calls calls to Salesforce if all of it were written at once
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record DiffReport(Map<Fate, Count> identities, Map<String, Map<Kind, Count>> fields, int calls) implements Report {

        @Override
        public void print(PrintStream out) {
            out.println("Identities");
            identities.forEach((fate, count) -> line(out, fate.words(), count));
            fields.forEach((field, kinds) -> {
                out.println(field);
                kinds.forEach((kind, count) -> line(out, kind.words(), count));
            });
            out.printf(Locale.ENGLISH, "%s. A rewrite would take %,d calls to Salesforce; nothing was sent.%n",
                    fields.isEmpty() ? "No field would change" : fields.size() + " fields would change", calls);
        }

        @Override
        public int exitCode() {
            return identities.containsKey(Fate.FAILED) ? 1 : 0;
        }

        private static void line(PrintStream out, String what, Count count) {
            String examples = count.examples().stream()
                    .map(example -> example.before() == null && example.after() == null ? example.identity()
                            : example.identity() + " (" + example.before() + " -> " + example.after() + ")")
                    .collect(Collectors.joining(", "));
            out.printf(Locale.ENGLISH, "  %-18s %,9d%s%n", what, count.records(), examples.isEmpty() ? "" : "   e.g. " + examples);
        }
    }

    /** @param bodies null for all identities at Ory */
    DiffReport report(Path folder, Path bodies, boolean showsValues) throws IOException {
        if (bodies == null && !ory.isSet()) {
            throw new WrongUsageException("Name a folder of recorded bodies, or set ORY_ADMIN_URL (and ORY_ADMIN_TOKEN).");
        }
        try (MappingDiff diff = diffs.begin(candidates.read(folder), showsValues)) {
            if (bodies == null) {
                dryRuns.getObject().run(RouteNames.DIFF_PAGE, Map.of("diff", diff), waitsFor -> {});
            } else {
                camel.withBody(texts(bodies)).withExchangeProperty("diff", diff).withExchangeProperty("event", "registration")
                        .to(RouteNames.DIFF_BODIES).request();
            }
            DiffCounts counts = diff.counts();
            return new DiffReport(counts.fates(), counts.fields(), counts.calls());
        }
    }

    private static List<String> texts(Path bodies) throws IOException {
        List<String> texts = new ArrayList<>();
        try (Stream<Path> files = Files.list(bodies)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".json")).sorted().toList()) {
                texts.add(Files.readString(file));
            }
        }
        if (texts.isEmpty()) {
            throw new WrongUsageException("There is no *.json in " + bodies + ". Each is a body as a webhook sends it.");
        }
        return texts;
    }
}
