package dev.orysalesforce.console;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import org.springframework.web.filter.OncePerRequestFilter;

/** Ends a session in which only pages have refreshed themselves, by paths that end in {@code /live}: no person is there. */
class IdleSession extends OncePerRequestFilter {

    private static final String USED = IdleSession.class.getName();

    private final Clock monotonicClock;

    IdleSession(Clock monotonicClock) {
        this.monotonicClock = monotonicClock;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        HttpSession session = request.getSession(false);
        if (session != null) {
            Instant now = monotonicClock.instant();
            Instant used = (Instant) session.getAttribute(USED);
            if (used == null || !request.getServletPath().endsWith("/live")) {
                session.setAttribute(USED, now);
            } else if (session.getMaxInactiveInterval() > 0 && used.plusSeconds(session.getMaxInactiveInterval()).isBefore(now)) {
                session.invalidate();
            }
        }
        chain.doFilter(request, response);
    }
}
