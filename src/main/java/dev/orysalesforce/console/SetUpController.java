package dev.orysalesforce.console;

import dev.orysalesforce.check.Finding;
import dev.orysalesforce.doctor.SetUpChecks;
import dev.orysalesforce.doctor.SetUpChecks.Checked;
import dev.orysalesforce.journal.PauseDeliveryException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.util.ObjectHelper;
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
        try {
            boolean done = checks.run();
            tell(next, done, done ? "The set-up was checked." : "A check is running already. Open this page again soon.");
        } catch (CamelExecutionException e) {
            PauseDeliveryException pause = ObjectHelper.getException(PauseDeliveryException.class, e);
            if (pause == null) {
                throw e;
            }
            tell(next, false, "Salesforce could not be checked: " + pause.getMessage());
        }
        return "redirect:" + PATH;
    }

    private static void tell(RedirectAttributes next, boolean done, String message) {
        next.addFlashAttribute("done", done);
        next.addFlashAttribute("message", message);
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
