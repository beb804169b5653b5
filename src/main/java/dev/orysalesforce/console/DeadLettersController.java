package dev.orysalesforce.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.ledger.Audit.Act;
import dev.orysalesforce.ledger.Audit.Kind;
import dev.orysalesforce.ledger.DeadLetterFilter;
import dev.orysalesforce.ledger.DeadLetterIndex;
import dev.orysalesforce.operator.CodeExplanations;
import dev.orysalesforce.operator.DeadLetterGroups;
import dev.orysalesforce.operator.DeadLetters;
import dev.orysalesforce.operator.OperatorActs;
import dev.orysalesforce.operator.OperatorCalls;
import dev.orysalesforce.operator.OperatorCalls.Answer;
import dev.orysalesforce.settings.RouteNames;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;
import org.springframework.web.util.UriComponentsBuilder;

/** Dead letters by code and one by one; replays and discards several at once. */
@Controller
@PartOfConsole
class DeadLettersController {

    static final String PATH = Section.HOME + "/dead-letters";
    private static final String LIST = PATH + "/list";
    private static final int PART = 1000;
    private static final List<String> EVENTS = Stream.concat(IdentityChange.FLOWS.stream(),
            Stream.of(IdentityChange.RECONCILE, IdentityChange.GATEWAY, IdentityChange.ERASE)).toList();

    private final DeadLetters letters;
    private final CodeExplanations explanations;
    private final OperatorCalls calls;
    private final FormActs acts;
    private final ObjectMapper json;

    DeadLettersController(DeadLetters letters, CodeExplanations explanations, OperatorCalls calls, FormActs acts, ObjectMapper json) {
        this.letters = letters;
        this.explanations = explanations;
        this.calls = calls;
        this.acts = acts;
        this.json = json;
    }

    @GetMapping(PATH)
    String groups(@RequestParam(required = false) String event, @RequestParam(required = false) String object, Model model) {
        DeadLetterFilter filter = filter(null, null, event, object);
        DeadLetterGroups groups = letters.groups(null, filter.event(), filter.object());
        model.addAttribute("filter", filter);
        model.addAttribute("events", EVENTS);
        model.addAttribute("groups", groups);
        model.addAttribute("list", link(LIST, filter));
        model.addAttribute("lists", groups.items().stream().collect(Collectors.toMap(DeadLetterGroups.Item::code,
                group -> link(LIST, new DeadLetterFilter(group.code(), null, filter.event(), filter.object())))));
        model.addAttribute("download", link(PATH + ".csv", filter));
        model.addAttribute("replayable",
                groups.items().stream().map(DeadLetterGroups.Item::code).filter(DeadLetters::isReplayable).toList());
        return "console/dead-letters";
    }

    private static String link(String path, DeadLetterFilter filter) {
        UriComponentsBuilder link = UriComponentsBuilder.fromPath(path);
        filter.parts().keySet().forEach(part -> link.queryParam(part, "{" + part + "}"));
        return link.encode().buildAndExpand(filter.parts()).toUriString();
    }

    @GetMapping(PATH + ".csv")
    void downloadGroups(@RequestParam(required = false) String event, @RequestParam(required = false) String object,
            HttpServletResponse response) throws IOException {
        DeadLetterFilter filter = filter(null, null, event, object);
        List<DeadLetterGroups.Item> groups = letters.groups(null, filter.event(), filter.object()).items();
        Csv.write(response, "dead-letters-by-code", List.of("code", "meaning", "remedy", "count", "first", "last"),
                offset -> groups.stream().skip(offset).map(group -> Arrays.<Object>asList(group.code(), group.meaning(), group.remedy(),
                        group.count(), group.first(), group.last())).toList());
    }

    @GetMapping(LIST)
    String list(@RequestParam(required = false) String code, @RequestParam(required = false) String identity,
            @RequestParam(required = false) String event, @RequestParam(required = false) String object,
            @RequestParam(defaultValue = "0") int offset, Model model) {
        DeadLetterFilter filter = filter(code, identity, event, object);
        DeadLetterIndex.Page page = letters.page(filter, offset, Paging.SIZE);
        Paging paging = new Paging(LIST, filter.parts(), offset, page.items().size(), page.total());
        if (paging.isBeyondTheEnd()) {
            return "redirect:" + paging.lastPage();
        }
        model.addAttribute("filter", filter);
        model.addAttribute("events", EVENTS);
        model.addAttribute("explanation", filter.code() == null ? null : explanations.of(filter.code()));
        model.addAttribute("letters", page);
        model.addAttribute("paging", paging);
        return "console/dead-letters-list";
    }

    @GetMapping(LIST + ".csv")
    void download(@RequestParam(required = false) String code, @RequestParam(required = false) String identity,
            @RequestParam(required = false) String event, @RequestParam(required = false) String object,
            HttpServletResponse response) throws IOException {
        DeadLetterFilter filter = filter(code, identity, event, object);
        Csv.write(response, "dead-letters",
                List.of("id", "identity", "event", "object", "code", "fields", "attempts", "receivedAt", "failedAt"),
                offset -> letters.page(filter, offset, PART).items().stream().map(DeadLettersController::row).toList());
    }

    private static List<Object> row(DeadLetterIndex.Row letter) {
        return Arrays.asList(letter.id(), letter.identity(), letter.event(), letter.object(), letter.code(),
                String.join(" ", letter.fields()), letter.attempts(), letter.receivedAt(), letter.failedAt());
    }

    /** Replays one letter, or all that match, and leads to how that ended. */
    @PostMapping(PATH + "/replay")
    String replay(@RequestParam(required = false) String id, @RequestParam(required = false) String code,
            @RequestParam(required = false) String identity, @RequestParam(required = false) String event,
            @RequestParam(required = false) String object, HttpServletRequest request, RedirectAttributes next) {
        ObjectNode wanted = json.createObjectNode();
        DeadLetterFilter filter = filter(code, identity, event, object);
        Act act = OperatorActs.replayLettersLike(filter);
        if (id != null) {
            wanted.putArray("ids").add(id);
            act = OperatorActs.ofLetter(Kind.REPLAY, id, letters.identityOf(id));
        } else if (filter.parts().isEmpty()) {
            wanted.put("all", true);
        } else {
            filter.parts().forEach(wanted::put);
        }
        Answer answer = calls.act(request.getRemoteAddr(), act, RouteNames.OPERATOR_REPLAY, wanted.toString(), Map.of());
        next.addFlashAttribute("done", answer.isDone());
        if (!answer.isDone()) {
            next.addFlashAttribute("message", answer.detail());
            return "redirect:" + PATH;
        }
        long replayed = answer.body().path("replayed").asLong();
        next.addFlashAttribute("message", ReplaySummary.begun(replayed, answer.body().path("left").asLong()));
        return "redirect:" + (replayed == 0 ? PATH : answer.location().replaceFirst(".*/", PATH + "/replays/"));
    }

    /** Discards all letters with a code. */
    @PostMapping(PATH + "/discard")
    String discard(@RequestParam String code, HttpServletRequest request, RedirectAttributes next) {
        acts.perform(request, next, OperatorActs.ofLettersWithCode(Kind.DISCARD, code), RouteNames.OPERATOR_DISCARD_CODE, null,
                Map.of("code", code), answer -> ReplaySummary.letters(answer.path("discarded").asLong()) + " discarded.");
        return "redirect:" + PATH;
    }

    /** A field that a person leaves empty does not matter. */
    private static DeadLetterFilter filter(String... parts) {
        List<String> given = Arrays.stream(parts).map(part -> StringUtils.hasText(part) ? part.strip() : null).toList();
        return DeadLetters.filter(given.get(0), given.get(1), given.get(2), given.get(3));
    }
}
