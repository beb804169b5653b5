package dev.orysalesforce.command;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.check.CandidateMappings;
import dev.orysalesforce.check.DryRun;
import dev.orysalesforce.check.MappingDiff;
import dev.orysalesforce.check.MappingDiff.Count;
import dev.orysalesforce.check.MappingDiff.Fate;
import dev.orysalesforce.check.MappingDiff.Kind;
import dev.orysalesforce.reconcile.OryAdmin;
import dev.orysalesforce.reconcile.RunFailedException;
import dev.orysalesforce.settings.CommandLineOnly;
import dev.orysalesforce.settings.RouteNames;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/** {@code diff}: what other mappings would change, in recorded bodies or in all identities at Ory. Nothing is sent. */
@CommandLineOnly
class DiffCommand implements Command {

    private static final String USAGE = """
            diff --mappings NEW_DIR [FOLDER_OF_BODIES] [--examples] [--json]
            What the mappings in NEW_DIR would change: in bodies as webhooks send them, *.json in a folder; without one, for
            all identities at ORY_ADMIN_URL. --examples shows values, which are personal data.""";

    private final CandidateMappings candidates;
    private final MappingDiff difference;
    private final DryRun dryRun;
    private final OryAdmin ory;
    private final ProducerTemplate camel;
    private final ObjectMapper json;

    DiffCommand(CandidateMappings candidates, MappingDiff difference, DryRun dryRun, OryAdmin ory, ProducerTemplate camel,
            ObjectMapper json) {
        this.candidates = candidates;
        this.difference = difference;
        this.dryRun = dryRun;
        this.ory = ory;
        this.camel = camel;
        this.json = json;
    }

    /**
     * The changes.
     *
     * @param identities the number of identities for each outcome
     * @param fields object and field to the kinds of change and the number of records
     * @param calls calls to Salesforce if all of it were written at once
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Report(Map<Fate, Count> identities, Map<String, Map<Kind, Count>> fields, int calls) {}

    @Override
    public String name() {
        return "diff";
    }

    @Override
    public int run(List<String> arguments) {
        List<String> rest = new ArrayList<>(arguments);
        boolean asJson = rest.remove("--json");
        boolean showsValues = rest.remove("--examples");
        int option = rest.indexOf("--mappings");
        String folder = option < 0 || option + 1 >= rest.size() ? null : rest.remove(option + 1);
        rest.remove("--mappings");
        if (folder == null || rest.size() > 1 || rest.stream().anyMatch(word -> word.startsWith("-"))) {
            System.err.println(USAGE);
            return 2;
        }
        if (rest.isEmpty() && !ory.isSet()) {
            System.err.println("Name a folder of recorded bodies, or set ORY_ADMIN_URL (and ORY_ADMIN_TOKEN).");
            return 2;
        }
        try {
            Report report = report(Path.of(folder), rest.isEmpty() ? null : Path.of(rest.get(0)), showsValues);
            if (asJson) {
                System.out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(report));
            } else {
                print(report, System.out);
            }
            return difference.of(Fate.FAILED) == 0 ? 0 : 1;
        } catch (CharacterCodingException e) {
            System.err.println("A file is not text in UTF-8.");
            return 2;
        } catch (IOException e) {
            System.err.println("A folder can't be read: " + e.getMessage());
            return 2;
        } catch (IllegalArgumentException | RunFailedException e) {
            System.err.println(e.getMessage());
            return 1;
        } catch (CamelExecutionException e) {
            System.err.println("No answer: " + e.getCause().getClass().getSimpleName()); // its message may quote a trait
            return 1;
        }
    }

    /** @param bodies null for all identities at Ory */
    Report report(Path folder, Path bodies, boolean showsValues) throws IOException {
        CandidateMappings.Mappings read = candidates.read(folder);
        difference.begin(read.bySchema(), read.files(), showsValues);
        if (bodies == null) {
            dryRun.run(RouteNames.DIFF_PAGE, waitsFor -> { });
        } else {
            List<String> texts = new ArrayList<>();
            try (Stream<Path> files = Files.list(bodies)) {
                for (Path file : files.filter(file -> file.toString().endsWith(".json")).sorted().toList()) {
                    texts.add(Files.readString(file));
                }
            }
            Exchange compared = camel.send(RouteNames.DIFF_BODIES, exchange -> {
                exchange.getMessage().setBody(texts);
                exchange.setProperty("event", "registration");
            });
            if (compared.getException() != null) {
                throw new CamelExecutionException("not compared", compared, compared.getException());
            }
        }
        return new Report(difference.fates(), difference.fields(), difference.calls());
    }

    private static void print(Report report, PrintStream out) {
        out.println("Identities");
        report.identities().forEach((fate, count) -> line(out, words(fate), count));
        report.fields().forEach((field, kinds) -> {
            out.println(field);
            kinds.forEach((kind, count) -> line(out, words(kind), count));
        });
        out.printf("%s. A rewrite would take %,d calls to Salesforce; nothing was sent.%n",
                report.fields().isEmpty() ? "No field would change" : report.fields().size() + " fields would change",
                report.calls());
    }

    private static void line(PrintStream out, String what, Count count) {
        String examples = count.examples().stream()
                .map(example -> example.before() == null && example.after() == null ? example.identity()
                        : example.identity() + " (" + example.before() + " -> " + example.after() + ")")
                .collect(Collectors.joining(", "));
        out.printf("  %-18s %,9d%s%n", what, count.records(), examples.isEmpty() ? "" : "   e.g. " + examples);
    }

    private static String words(Enum<?> kind) {
        return kind.name().toLowerCase().replace('_', ' ');
    }
}
