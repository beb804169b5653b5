package dev.orysalesforce.console;

import dev.orysalesforce.receive.Problems;
import dev.orysalesforce.sync.FailurePlace;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.web.filter.OncePerRequestFilter;

/** Shows a page of plain words in the place of one that fails. The message of the failure may hold a value, and is not told. */
class FailedPage extends OncePerRequestFilter {

    private static final Logger LOG = LoggerFactory.getLogger(FailedPage.class);

    private final Problems problems;

    FailedPage(Problems problems) {
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            chain.doFilter(request, response);
        } catch (ServletException | RuntimeException e) {
            Throwable cause = NestedExceptionUtils.getMostSpecificCause(e);
            LOG.error("A page of the console failed: {} at {}", cause.getClass().getName(), FailurePlace.of(cause));
            ErrorPage.show(problems.problem("FAILED.page"), request, response);
        }
    }
}
