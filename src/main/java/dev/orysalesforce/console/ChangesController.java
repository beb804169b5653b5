package dev.orysalesforce.console;

import dev.orysalesforce.check.DiffCounts;
import dev.orysalesforce.check.DiffRun;
import dev.orysalesforce.check.DiffRuns;
import dev.orysalesforce.check.MappingTryOut;
import dev.orysalesforce.ledger.Audit.Act;
import dev.orysalesforce.ledger.Audit.Kind;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.operator.OperatorActs;
import dev.orysalesforce.operator.OperatorCalls;
import dev.orysalesforce.receive.BadRequestException;
import dev.orysalesforce.receive.Problems;
import dev.orysalesforce.reconcile.OryAdmin;
import dev.orysalesforce.reconcile.RunFailedException;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * Compares candidate mappings with those in use, over the examples or over all identities at Ory. Values are shown to a person with
 * the role privacy, in the answer only, and the audit tells that.
 */
@Controller
@PartOfConsole
class ChangesController {

    static final String PATH = Section.HOME + "/changes";
    private static final String VIEW = "console/changes";
    private static final String REDIRECT = "redirect:" + PATH;

    /** A comparison that takes no longer is shown at once. */
    private static final Duration SHORT = Duration.ofSeconds(2);

    /** Of so many identities values are shown; each is an entry of the audit. */
    private static final int MOST_REVEALED = 20;

    private final DiffRuns runs;
    private final MappingTryOut mappings;
    private final OryAdmin ory;
    private final OperatorCalls calls;
    private final Problems problems;

    ChangesController(DiffRuns runs, MappingTryOut mappings, OryAdmin ory, OperatorCalls calls, Problems problems) {
        this.runs = runs;
        this.mappings = mappings;
        this.ory = ory;
        this.calls = calls;
        this.problems = problems;
    }

    @GetMapping(PATH)
    String show(HttpServletRequest request, Model model) {
        return view(form(ChangesForm.values(request, "mapping")), model);
    }

    /** The mappings that a person chooses; else the candidates of the last comparison; else the mapping that most people mean. */
    private ChangesForm form(List<String> chosen) {
        Map<String, String> inUse = mappings.texts();
        DiffRun last = runs.last();
        if (!chosen.isEmpty()) {
            return ChangesForm.ofInUse(chosen, inUse);
        }
        ChangesForm form = last == null ? null : ChangesForm.ofCandidates(last.candidates(), last.isOverIdentities(), inUse);
        return form == null || form.entries().isEmpty() ? ChangesForm.ofInUse(List.of(mappings.first()), inUse) : form;
    }

    /** The part of the page that refreshes itself while a comparison runs. */
    @GetMapping(PATH + "/live")
    String refresh(Model model) {
        model.addAttribute("run", runs.last());
        return VIEW + " :: live";
    }

    @PostMapping(PATH)
    String start(HttpServletRequest request, Model model) throws IOException, ServletException {
        Map<String, String> inUse = mappings.texts();
        ChangesForm form = ChangesForm.of(request, inUse);
        if (form.overIdentities() && !ory.isSet()) {
            throw new BadRequestException(problems.problem("NO_ADMIN_API").detail());
        }
        try {
            form = form.withFiles(request, inUse);
            begin(request, form, inUse);
            runs.last().awaitEnd(SHORT);
            return REDIRECT;
        } catch (RunFailedException e) {
            refuse(model, e.getMessage());
            return view(form, model);
        }
    }

    /** A candidate that skips some identities tells which have a value, so the audit names who has compared all of them. */
    private void begin(HttpServletRequest request, ChangesForm form, Map<String, String> inUse) {
        if (!form.overIdentities()) {
            begin(form, inUse);
        } else if (calls.act(request.getRemoteAddr(), List.of(OperatorActs.compareMappings()), () -> begin(form, inUse)).isEmpty()) {
            throw new RunFailedException(problems.problem("AUDIT_UNAVAILABLE").detail());
        }
    }

    private DiffRun begin(ChangesForm form, Map<String, String> inUse) {
        if (!runs.start(form.candidates(inUse), form.overIdentities())) {
            throw new RunFailedException(
                    "Another comparison is running. Wait until it has ended, or cancel it. Your texts are still below.");
        }
        return runs.last();
    }

    @PostMapping(PATH + "/cancel")
    String cancel(RedirectAttributes next) {
        runs.cancel();
        if (runs.last() != null) {
            runs.last().awaitEnd(SHORT);
        }
        next.addFlashAttribute("done", true);
        next.addFlashAttribute("message", "The comparison ends as soon as the mappings that are running at this moment have ended.");
        return REDIRECT;
    }

    @GetMapping(PATH + ".csv")
    void download(HttpServletResponse response) throws IOException {
        ChangesCsv.write(response, ended().map(DiffRun::counts).orElseGet(DiffCounts::new));
    }

    /** Shows values. They are in this answer only, so that no session holds a value of an identity. */
    @PostMapping(PATH + "/reveal")
    String reveal(HttpServletRequest request, Model model) {
        values(request, model).ifPresent(values -> model.addAttribute("values", ChangedValue.of(values)));
        return view(form(List.of()), model);
    }

    @PostMapping(PATH + "/csv/reveal")
    String downloadValues(HttpServletRequest request, Model model, HttpServletResponse response) throws IOException {
        Optional<DiffCounts> values = values(request, model);
        if (values.isEmpty()) {
            return view(form(List.of()), model);
        }
        ChangesCsv.writeValues(response, ChangedValue.of(values.get()));
        return null; // the file is the answer
    }

    /** The address of a page with values, loaded again. */
    @GetMapping({PATH + "/reveal", PATH + "/csv/reveal"})
    String back() {
        return REDIRECT;
    }

    /** Empty if the values can't be shown; the message of the page tells why. */
    private Optional<DiffCounts> values(HttpServletRequest request, Model model) {
        DiffRun run = ended().orElse(null);
        if (run == null || run.counts().examples().isEmpty()) {
            refuse(model, "There are no changes of which values could be shown.");
            return Optional.empty();
        }
        List<String> names = run.counts().examples().stream().limit(MOST_REVEALED).toList();
        List<Act> acts = run.isOverIdentities() ? names.stream().map(id -> OperatorActs.ofIdentity(Kind.REVEAL, id)).toList()
                : List.of(OperatorActs.revealExamples());
        try {
            Optional<DiffCounts> values = calls.act(request.getRemoteAddr(), acts, () -> runs.values(run, names));
            if (values.isEmpty()) {
                refuse(model, problems.problem("AUDIT_UNAVAILABLE").detail());
            }
            return values;
        } catch (RunFailedException e) {
            refuse(model, e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<DiffRun> ended() {
        return Optional.ofNullable(runs.last()).filter(run -> !run.isRunning());
    }

    private static void refuse(Model model, String why) {
        model.addAttribute("done", false);
        model.addAttribute("message", why);
    }

    private String view(ChangesForm form, Model model) {
        model.addAttribute("run", runs.last());
        model.addAttribute("form", form);
        model.addAttribute("mappings", mappings.texts().keySet());
        model.addAttribute("chosen", form.entries().stream().map(ChangesForm.Entry::mapping).toList());
        model.addAttribute("languages", new TreeSet<>(Mapping.LANGUAGES));
        model.addAttribute("asksOry", ory.isSet());
        model.addAttribute("mostRevealed", MOST_REVEALED);
        return VIEW;
    }
}
