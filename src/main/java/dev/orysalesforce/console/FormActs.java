package dev.orysalesforce.console;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.ledger.Audit;
import dev.orysalesforce.operator.OperatorCalls;
import dev.orysalesforce.operator.OperatorCalls.Answer;
import dev.orysalesforce.receive.Problems;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.function.Function;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Does what a form asks for, and lets the next page tell how it ended. */
@Component
@PartOfConsole
class FormActs {

    private final OperatorCalls calls;
    private final Problems problems;

    FormActs(OperatorCalls calls, Problems problems) {
        this.calls = calls;
        this.problems = problems;
    }

    /**
     * @param route of the operator API
     * @param body JSON text for the route; may be null
     * @param headers the parameters of the route
     * @param done what to tell if it was done, by the route's answer; if not, its problem is told
     */
    void perform(HttpServletRequest request, RedirectAttributes next, Audit.Act act, String route, String body,
            Map<String, Object> headers, Function<JsonNode, String> done) {
        Answer answer = calls.act(request.getRemoteAddr(), act, route, body, headers);
        next.addFlashAttribute("done", answer.isDone());
        next.addFlashAttribute("message", answer.isDone() ? done.apply(answer.body()) : words(answer));
    }

    /** A person who uses the console need not have the operator API. */
    private String words(Answer answer) {
        return switch (answer.body().path("code").asText()) {
            case "RECONCILE_RUNNING" -> problems.problem("RECONCILE_RUNNING.page").detail();
            case "RESUMED_RECENTLY" -> problems.problem("RESUMED_RECENTLY.page").detail();
            default -> answer.detail();
        };
    }
}
