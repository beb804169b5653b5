package dev.orysalesforce.console;

import dev.orysalesforce.operator.OperatorActs;
import dev.orysalesforce.settings.RouteNames;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Whether everything is in step; ends a pause, and starts a comparison. */
@Controller
@PartOfConsole
class OverviewController {

    private final OverviewReport report;
    private final EventCharts charts;
    private final FormActs acts;

    OverviewController(OverviewReport report, EventCharts charts, FormActs acts) {
        this.report = report;
        this.charts = charts;
        this.acts = acts;
    }

    @GetMapping({Section.HOME, Section.HOME + "/"})
    String show(Model model) {
        model.addAttribute("overview", report.now());
        model.addAttribute("charts", charts.charts());
        return "console/overview";
    }

    /** The part of the page that refreshes itself. */
    @GetMapping(Section.HOME + "/live")
    String refresh(Model model) {
        model.addAttribute("overview", report.now());
        return "console/overview :: live";
    }

    @PostMapping(Section.HOME + "/resume")
    String resume(HttpServletRequest request, RedirectAttributes next) {
        acts.perform(request, next, OperatorActs.resume(), RouteNames.OPERATOR_RESUME, null, Map.of(),
                answer -> "Trying to write to Salesforce now. In some seconds this page shows how it went.");
        return "redirect:" + Section.HOME;
    }

    @PostMapping(Section.HOME + "/compare")
    String compare(HttpServletRequest request, RedirectAttributes next) {
        acts.perform(request, next, OperatorActs.compare(), RouteNames.OPERATOR_RECONCILE, null, Map.of(),
                answer -> "The comparison has started. This page shows when it has ended.");
        return "redirect:" + Section.HOME;
    }
}
