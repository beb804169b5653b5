package dev.orysalesforce.console;

import dev.orysalesforce.ledger.Audit;
import dev.orysalesforce.operator.AuditEntries;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** What was done, newest first. */
@Controller
@PartOfConsole
class AuditController {

    private static final String PATH = Section.HOME + "/audit";
    private static final int PART = 1000;

    private final AuditEntries audit;

    AuditController(AuditEntries audit) {
        this.audit = audit;
    }

    @GetMapping(PATH)
    String list(@RequestParam(required = false) String identity, @RequestParam(required = false) String act,
            @RequestParam(defaultValue = "0") int offset, Model model) {
        Audit.Page entries = page(identity, act, offset, Paging.SIZE);
        Map<String, String> filters = new HashMap<>();
        filters.put("identity", identity);
        filters.put("act", act);
        Paging paging = new Paging(PATH, filters, offset, entries.items().size(), entries.total());
        if (paging.isBeyondTheEnd()) {
            return "redirect:" + paging.lastPage();
        }
        model.addAllAttributes(filters);
        model.addAttribute("kinds", Audit.Kind.titles());
        model.addAttribute("entries", entries);
        model.addAttribute("paging", paging);
        return "console/audit";
    }

    @GetMapping(PATH + ".csv")
    void download(@RequestParam(required = false) String identity, @RequestParam(required = false) String act,
            HttpServletResponse response) throws IOException {
        Csv.write(response, "audit", List.of("at", "actor", "act", "target", "identity", "outcome", "result", "endedAt"),
                offset -> page(identity, act, offset, PART).items().stream().map(AuditController::row).toList());
    }

    private Audit.Page page(String identity, String act, int offset, int limit) {
        return audit.list(StringUtils.hasText(identity) ? identity.strip() : null, StringUtils.hasText(act) ? act : null,
                String.valueOf(offset), String.valueOf(limit));
    }

    private static List<Object> row(Audit.Entry entry) {
        return Arrays.asList(entry.at(), entry.actor(), Audit.Kind.titles().get(entry.act()), entry.target(), entry.identity(),
                entry.outcome(), entry.result(), entry.endedAt());
    }
}
