package dev.orysalesforce.console;

import dev.orysalesforce.operator.Role;
import dev.orysalesforce.receive.BadRequestException;
import dev.orysalesforce.receive.Problem;
import dev.orysalesforce.receive.Problems;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.ui.ConcurrentModel;
import org.springframework.ui.Model;
import org.springframework.web.bind.ServletRequestBindingException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.ModelAndView;

/** What the layout of every page needs, and the answer to invalid parameters. */
@ControllerAdvice(basePackageClasses = EachPage.class)
@Order(Ordered.HIGHEST_PRECEDENCE)
@PartOfConsole
class EachPage {

    private final Assets assets;
    private final Problems problems;

    EachPage(Assets assets, Problems problems) {
        this.assets = assets;
        this.problems = problems;
    }

    /** {@code roles} decides which forms a page shows; the login shows no navigation. */
    @ModelAttribute
    void describe(HttpServletRequest request, Model model) {
        model.addAttribute("assets", assets.folder());
        model.addAttribute("path", request.getServletPath());
        model.addAttribute("roles", roles());
        model.addAttribute("sections", Section.values());
    }

    private static List<String> roles() {
        var login = SecurityContextHolder.getContext().getAuthentication();
        return login == null ? List.of() : List.of(Role.values()).stream()
                .filter(role -> login.getAuthorities().stream().anyMatch(has -> has.getAuthority().equals(role.authority())))
                .map(Role::name).toList();
    }

    /** A parameter in the address, or of a form, is invalid. */
    @ExceptionHandler({BadRequestException.class, ServletRequestBindingException.class, MethodArgumentTypeMismatchException.class})
    ModelAndView refused(Exception failure, HttpServletRequest request, HttpServletResponse response) {
        Model model = new ConcurrentModel();
        describe(request, model);
        Problem problem = problems.problem("BAD_REQUEST", failure instanceof BadRequestException ? failure.getMessage()
                : "A parameter of this page is missing or invalid.");
        return new ModelAndView(ErrorPage.view(problem, model, response), model.asMap());
    }
}
