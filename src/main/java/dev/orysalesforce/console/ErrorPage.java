package dev.orysalesforce.console;

import dev.orysalesforce.receive.Problem;
import dev.orysalesforce.receive.Problems;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestMapping;

/** Says in plain words what went wrong. Every path of the console that no other page has is one that does not exist. */
@Controller
@PartOfConsole
class ErrorPage {

    private static final String PROBLEM = "console.problem";
    private static final String PATH = Section.HOME + "/error";

    private final Problems problems;

    ErrorPage(Problems problems) {
        this.problems = problems;
    }

    /** From a filter. */
    static void show(Problem problem, HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        request.setAttribute(PROBLEM, problem);
        request.getRequestDispatcher(PATH).forward(request, response);
    }

    @RequestMapping(Section.HOME + "/**")
    String tell(@RequestAttribute(name = PROBLEM, required = false) Problem known, Model model, HttpServletResponse response) {
        return view(known == null ? problems.problem("NOT_FOUND.page") : known, model, response);
    }

    static String view(Problem problem, Model model, HttpServletResponse response) {
        response.setStatus(problem.status());
        model.addAttribute("problem", problem);
        return "console/error";
    }
}
