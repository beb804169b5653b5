package dev.orysalesforce.console;

import dev.orysalesforce.receive.Problems;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.csrf.CsrfException;

/** Tells in plain words why a form was refused. If its session has ended, the login comes first. */
class Refusal implements AccessDeniedHandler {

    private final LoginRequired loginRequired;
    private final Problems problems;

    Refusal(LoginRequired loginRequired, Problems problems) {
        this.loginRequired = loginRequired;
        this.problems = problems;
    }

    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException failure)
            throws IOException, ServletException {
        if (SecurityContextHolder.getContext().getAuthentication() == null && !request.getServletPath().equals(ConsoleSecurity.LOGIN)) {
            loginRequired.commence(request, response, null);
            return;
        }
        ErrorPage.show(failure instanceof CsrfException ? problems.problem("FORGED_FORM") : problems.problem("ROLE_MISSING"),
                request, response);
    }
}
