package dev.orysalesforce.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.ledger.Audit;
import dev.orysalesforce.ledger.Tombstones;
import dev.orysalesforce.operator.AuditEntries;
import dev.orysalesforce.operator.DeadLetterItem;
import dev.orysalesforce.operator.IdentitySearch;
import dev.orysalesforce.operator.IdentityStatus;
import dev.orysalesforce.operator.IdentityStatusService;
import dev.orysalesforce.operator.OperatorActs;
import dev.orysalesforce.operator.OperatorCalls;
import dev.orysalesforce.receive.BadRequestException;
import dev.orysalesforce.reconcile.OryAdmin;
import dev.orysalesforce.settings.RouteNames;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Finds an identity, tells what became of it, syncs it again, and erases it. */
@Controller
@PartOfConsole
class IdentitiesController {

    static final String PATH = Section.HOME + "/identities";
    static final String SEARCH_FILE = PATH + "/csv";
    private static final List<String> COLUMNS = List.of("identity", "object", "salesforceId", "link", "outcome", "code");
    private static final String ONE = PATH + "/{id}";
    private static final String ACTS_SHOWN = "20";
    private static final int LETTERS_SHOWN = 50;

    private final OperatorCalls calls;
    private final FormActs acts;
    private final IdentityStatusService identities;
    private final AuditEntries audit;
    private final Tombstones tombstones;
    private final OryAdmin ory;
    private final ObjectMapper json;

    IdentitiesController(OperatorCalls calls, FormActs acts, IdentityStatusService identities, AuditEntries audit, Tombstones tombstones,
            OryAdmin ory, ObjectMapper json) {
        this.calls = calls;
        this.acts = acts;
        this.identities = identities;
        this.audit = audit;
        this.tombstones = tombstones;
        this.ory = ory;
        this.json = json;
    }

    @GetMapping(PATH)
    String form() {
        return "console/identities";
    }

    /** A POST, so that an address is in no URL; the page is its answer for the same reason. */
    @PostMapping(PATH)
    String search(@RequestParam String q, Model model) {
        OperatorCalls.Answer answer = ask(q);
        model.addAttribute("q", q);
        model.addAttribute("mostFound", IdentitySearch.MOST);
        model.addAttribute(answer.isDone() ? "found" : "problem", answer.isDone() ? answer.body() : answer.detail());
        return "console/identities";
    }

    /** What a search has found, as a file. A POST for the same reason. */
    @PostMapping(SEARCH_FILE)
    void download(@RequestParam String q, HttpServletResponse response) throws IOException {
        OperatorCalls.Answer answer = ask(q);
        if (!answer.isDone()) {
            throw new BadRequestException(answer.detail());
        }
        List<List<Object>> rows = new ArrayList<>();
        answer.body().path("items")
                .forEach(item -> rows.add(COLUMNS.stream().<Object>map(column -> item.path(column).asText(null)).toList()));
        Csv.write(response, "identities", COLUMNS, offset -> rows.subList(Math.min(offset, rows.size()), rows.size()));
    }

    private OperatorCalls.Answer ask(String q) {
        return calls.ask(RouteNames.OPERATOR_SEARCH, json.createObjectNode().put("q", q).toString(), Map.of());
    }

    @GetMapping(ONE)
    String show(@PathVariable String id, Model model) {
        String identity = identities.identity(id);
        IdentityStatus status = identities.explain(identity, null);
        Audit.Page done = audit.list(identity, null, "0", ACTS_SHOWN);
        model.addAttribute("id", identity);
        model.addAttribute("identity", status);
        List<DeadLetterItem> letters = status == null ? List.of() : status.deadLetters();
        model.addAttribute("letters", letters.subList(Math.max(0, letters.size() - LETTERS_SHOWN), letters.size()));
        model.addAttribute("timeline", Timeline.of(status));
        model.addAttribute("acts", done);
        model.addAttribute("erasedAt", tombstones.erasedAt(identity).orElse(null));
        model.addAttribute("asksOry", ory.isSet());
        model.addAttribute("kinds", Audit.Kind.titles());
        return "console/identity";
    }

    @PostMapping(ONE + "/sync")
    String sync(@PathVariable String id, HttpServletRequest request, RedirectAttributes next) {
        acts.perform(request, next, OperatorActs.ofIdentity(Audit.Kind.SYNC, id), RouteNames.OPERATOR_SYNC_IDENTITY, null,
                Map.of("id", id),
                answer -> "Its present state at Ory is in the journal. In some seconds this page shows what became of it.");
        return "redirect:" + ONE;
    }

    @PostMapping(ONE + "/erase")
    String erase(@PathVariable String id, @RequestParam String confirm, HttpServletRequest request, RedirectAttributes next) {
        if (id.equalsIgnoreCase(confirm.strip())) {
            acts.perform(request, next, OperatorActs.ofIdentity(Audit.Kind.ERASE, id), RouteNames.ERASE_REQUEST, null, Map.of("id", id),
                    answer -> "The request to erase it is in the journal. It is carried out when Salesforce can be reached.");
        } else {
            next.addFlashAttribute("done", false);
            next.addFlashAttribute("message", "Nothing was erased, because the ID that you entered is not that of this identity.");
        }
        return "redirect:" + ONE;
    }
}
