package dev.orysalesforce.receive;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.camel.CamelContext;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers only while the app runs. The web server opens its port before the routes have started, and closes it after they
 * have stopped; while a changed route replaces another, its path has no consumer. Camel would answer 404 then, and Ory does
 * not retry a 404. So during a start or stop the app answers 503, and during a reload requests wait.
 */
@Component
@Order(BodyLimit.ORDER + 1) // a request that is unknown, or still being read, does not count
class ReadinessFilter extends OncePerRequestFilter {

    private final CamelContext camel;
    private final RequestGate gate;
    private final Problems problems;

    ReadinessFilter(CamelContext camel, RequestGate gate, Problems problems) {
        this.camel = camel;
        this.gate = gate;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!camel.isStarted()) {
            problems.answer(request, response, "STARTING");
        } else if (!gate.enter()) {
            problems.answer(request, response, "CHANGING_ROUTES");
        } else {
            try {
                chain.doFilter(request, response);
            } finally {
                Completion.of(request, gate::leave);
            }
        }
    }
}
