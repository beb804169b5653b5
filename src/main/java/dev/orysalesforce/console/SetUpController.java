package dev.orysalesforce.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.alert.AlertTargets;
import dev.orysalesforce.check.Finding;
import dev.orysalesforce.doctor.SetUpChecks;
import dev.orysalesforce.doctor.SetUpChecks.Checked;
import dev.orysalesforce.operator.OperatorActs;
import dev.orysalesforce.settings.RouteNames;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/**
 * What the doctor has found at Salesforce and at Ory, with the fixes; checks again on request. Where alerts go, without addresses,
 * because that of a webhook is a secret; sends a test on request.
 */
@Controller
@PartOfConsole
class SetUpController {

    private static final String PATH = Section.HOME + "/set-up";

    private final SetUpChecks checks;
    private final AlertTargets targets;
    private final FormActs acts;
    private final ObjectMapper json;

    SetUpController(SetUpChecks checks, AlertTargets targets, FormActs acts, ObjectMapper json) {
        this.checks = checks;
        this.targets = targets;
        this.acts = acts;
        this.json = json;
    }

    @GetMapping(PATH)
    String show(Model model) {
        model.addAttribute("sides", checks.last());
        model.addAttribute("targets", targets.report());
        return "console/set-up";
    }

    @PostMapping(PATH)
    String check(RedirectAttributes next) {
        boolean done = checks.run();
        next.addFlashAttribute("done", done);
        next.addFlashAttribute("message", done ? "The set-up was checked." : "A check is running already. Open this page again soon.");
        return "redirect:" + PATH;
    }

    /** Sends a test alert to one target, and does not wait until it has arrived. */
    @PostMapping(PATH + "/test-alert/{target}")
    String testAlert(@PathVariable String target, HttpServletRequest request, RedirectAttributes next) {
        acts.perform(request, next, OperatorActs.testAlerts(target), RouteNames.OPERATOR_TEST_ALERT,
                json.createObjectNode().put("target", target).toString(), Map.of(),
                answer -> "A test is on its way. Open this page again soon: it tells whether the test has arrived.");
        return "redirect:" + PATH;
    }

    @GetMapping(PATH + ".csv")
    void download(HttpServletResponse response) throws IOException {
        List<List<Object>> rows = new ArrayList<>();
        checks.last().forEach((side, checked) -> checked.report().findings().forEach(finding -> rows.add(row(side, checked, finding))));
        Csv.write(response, "set-up", List.of("side", "checkedAt", "severity", "place", "message", "why", "remedy"),
                offset -> rows.subList(Math.min(offset, rows.size()), rows.size()));
    }

    private static List<Object> row(String side, Checked checked, Finding finding) {
        return Arrays.asList(side, checked.at(), finding.severity(), finding.place(), finding.message(), finding.why(), finding.remedy());
    }
}
