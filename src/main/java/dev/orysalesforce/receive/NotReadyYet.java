package dev.orysalesforce.receive;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.camel.CamelContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * The web server opens its port before the routes have started, and closes it after they have stopped. In between a
 * path would answer 404, which Ory does not try again; 503 it does.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class NotReadyYet extends OncePerRequestFilter {

    private final CamelContext camel;
    private final ObjectMapper json;

    NotReadyYet(CamelContext camel, ObjectMapper json) {
        this.camel = camel;
        this.json = json;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (camel.isStarted()) {
            chain.doFilter(request, response);
            return;
        }
        response.setHeader(HttpHeaders.RETRY_AFTER, "5");
        Problem.of(HttpStatus.SERVICE_UNAVAILABLE, "STARTING", "The app is starting or stopping. Try again.")
                .writeTo(response, json);
    }
}
