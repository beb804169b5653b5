package dev.orysalesforce.console;

import dev.orysalesforce.ledger.Audit.Act;
import dev.orysalesforce.ledger.Audit.Kind;
import dev.orysalesforce.operator.CodeExplanations;
import dev.orysalesforce.operator.DeadLetterItem;
import dev.orysalesforce.operator.DeadLetters;
import dev.orysalesforce.operator.OperatorActs;
import dev.orysalesforce.operator.OperatorCalls;
import dev.orysalesforce.operator.OperatorCalls.Answer;
import dev.orysalesforce.operator.ReplayEnding;
import dev.orysalesforce.receive.Problems;
import dev.orysalesforce.settings.RouteNames;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** One dead letter, and how a replay ended. */
@Controller
@PartOfConsole
class DeadLetterController {

    private static final String VIEW = "console/dead-letter";
    private static final String LETTER = DeadLettersController.PATH + "/{id}";
    private static final String REPLAY = DeadLettersController.PATH + "/replays/{id}";

    private final DeadLetters letters;
    private final CodeExplanations explanations;
    private final OperatorCalls calls;
    private final FormActs acts;
    private final Problems problems;

    DeadLetterController(DeadLetters letters, CodeExplanations explanations, OperatorCalls calls, FormActs acts, Problems problems) {
        this.letters = letters;
        this.explanations = explanations;
        this.calls = calls;
        this.acts = acts;
        this.problems = problems;
    }

    @GetMapping(LETTER)
    String show(@PathVariable String id, Model model, HttpServletResponse response) {
        DeadLetterItem letter = letters.find(id, null);
        if (letter == null) {
            return ErrorPage.view(problems.problem("UNKNOWN_DEAD_LETTER"), model, response);
        }
        model.addAttribute("letter", letter);
        model.addAttribute("explanation", explanations.of(letter.code()));
        model.addAttribute("isReplayable", DeadLetters.isReplayable(letter.code()));
        return VIEW;
    }

    /** Shows the event itself. It is in this answer only, so that no session holds a value of an identity. */
    @PostMapping(LETTER + "/reveal")
    String reveal(@PathVariable String id, HttpServletRequest request, Model model, HttpServletResponse response) {
        Answer answer = calls.act(request.getRemoteAddr(), ofLetter(Kind.REVEAL, id), RouteNames.OPERATOR_DEAD_LETTER, null,
                Map.of("id", id, "reveal", "true"));
        String view = show(id, model, response);
        if (answer.isDone()) {
            model.addAttribute("original", answer.body().path("original").toPrettyString());
        } else if (view.equals(VIEW)) {
            model.addAttribute("done", false);
            model.addAttribute("message", answer.detail());
        }
        return view;
    }

    /** The address of a revealed letter, loaded again. */
    @GetMapping(LETTER + "/reveal")
    String back() {
        return "redirect:" + LETTER;
    }

    @PostMapping(LETTER + "/discard")
    String discard(@PathVariable String id, HttpServletRequest request, RedirectAttributes next) {
        acts.perform(request, next, ofLetter(Kind.DISCARD, id), RouteNames.OPERATOR_DISCARD, null, Map.of("id", id),
                answer -> "The dead letter was discarded.");
        return "redirect:" + DeadLettersController.PATH;
    }

    private Act ofLetter(Kind kind, String id) {
        return OperatorActs.ofLetter(kind, id, letters.identityOf(id));
    }

    @GetMapping(REPLAY)
    String ending(@PathVariable String id, Model model, HttpServletResponse response) {
        ReplayEnding ending = letters.ending(id);
        if (ending == null) {
            return ErrorPage.view(problems.problem("UNKNOWN_REPLAY"), model, response);
        }
        model.addAttribute("ending", ending);
        model.addAttribute("sentence", ReplaySummary.ended(ending));
        return "console/replay";
    }

    /** The part of the page that refreshes itself until no letter waits. */
    @GetMapping(REPLAY + "/live")
    String refresh(@PathVariable String id, Model model, HttpServletResponse response) {
        String view = ending(id, model, response);
        return view.equals("console/replay") ? view + " :: live" : view;
    }
}
