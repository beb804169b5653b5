package dev.orysalesforce.operator;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Ends a session in which only pages have refreshed themselves: the console's by paths that end in {@code /live}, Hawtio's by
 * Jolokia. No person is there.
 */
public class IdleSession extends OncePerRequestFilter {

    private static final String USED = IdleSession.class.getName();
    /** Hawtio has a time-out of its own, which would end the session of a person who clicks in the console only. */
    private static final String USED_IN_HAWTIO = "LastAccess";

    private final Clock monotonicClock;

    public IdleSession(Clock monotonicClock) {
        this.monotonicClock = monotonicClock;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        HttpSession session = request.getSession(false);
        if (session != null) {
            Instant now = monotonicClock.instant();
            Instant used = (Instant) session.getAttribute(USED);
            if (used == null || !isRefresh(request.getRequestURI())) {
                session.setAttribute(USED, now);
                session.removeAttribute(USED_IN_HAWTIO);
            } else if (session.getMaxInactiveInterval() > 0 && used.plusSeconds(session.getMaxInactiveInterval()).isBefore(now)) {
                session.invalidate();
            }
        }
        chain.doFilter(request, response);
    }

    private static boolean isRefresh(String path) {
        return path.endsWith("/live") || path.endsWith("/jolokia") || path.contains("/jolokia/");
    }
}
