package dev.orysalesforce.console;

import dev.orysalesforce.check.Finding;
import dev.orysalesforce.doctor.SetUpChecks;
import dev.orysalesforce.doctor.SetUpChecks.Checked;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** What the doctor has found at Salesforce and at Ory, with the fixes; checks again on request. */
@Controller
@Lazy
class SetUpController {

    private static final String PATH = Section.HOME + "/set-up";

    private final SetUpChecks checks;

    SetUpController(SetUpChecks checks) {
        this.checks = checks;
    }

    @GetMapping(PATH)
    String show(Model model) {
        model.addAttribute("sides", sides());
        return "console/set-up";
    }

    @PostMapping(PATH)
    String check(RedirectAttributes next) {
        boolean done = checks.run();
        next.addFlashAttribute("done", done);
        next.addFlashAttribute("message", done ? "The set-up was checked." : "A check is running already. Open this page again soon.");
        return "redirect:" + PATH;
    }

    @GetMapping(PATH + ".csv")
    void download(HttpServletResponse response) throws IOException {
        List<List<Object>> rows = new ArrayList<>();
        sides().forEach((side, checked) -> checked.report().findings().forEach(finding -> rows.add(row(side, checked, finding))));
        Csv.write(response, "set-up", List.of("side", "checkedAt", "severity", "place", "message", "why", "remedy"),
                offset -> rows.subList(Math.min(offset, rows.size()), rows.size()));
    }

    private static List<Object> row(String side, Checked checked, Finding finding) {
        return Arrays.asList(side, checked.at(), finding.severity(), finding.place(), finding.message(), finding.why(), finding.remedy());
    }

    /** Those that have been checked. */
    private Map<String, Checked> sides() {
        Map<String, Checked> sides = new LinkedHashMap<>();
        for (String side : List.of("Salesforce", "Ory")) {
            if (checks.last(side) != null) {
                sides.put(side, checks.last(side));
            }
        }
        return sides;
    }
}
