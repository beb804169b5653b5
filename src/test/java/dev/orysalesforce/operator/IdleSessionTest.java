package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockHttpSession;

/** A page that refreshes itself does not keep a session alive. */
class IdleSessionTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    private final MockHttpSession session = new MockHttpSession();

    @Test
    void onlyAPersonKeepsTheSession() throws Exception {
        session.setMaxInactiveInterval(1800);
        request("/console", Duration.ZERO);
        request("/console/live", Duration.ofMinutes(29));
        assertThat(session.isInvalid()).isFalse();
        request("/console/audit", Duration.ofMinutes(29));
        request("/console/live", Duration.ofMinutes(58));
        assertThat(session.isInvalid()).isFalse();
        request("/observe/jolokia", Duration.ofMinutes(58));
        request("/observe/hawtio/jolokia/", Duration.ofMinutes(58));
        assertThat(session.isInvalid()).isFalse();
        request("/observe/hawtio/", Duration.ofMinutes(59));
        request("/console/live", Duration.ofMinutes(88));
        assertThat(session.isInvalid()).isFalse();
        request("/observe/jolokia", Duration.ofMinutes(90));
        assertThat(session.isInvalid()).isTrue();
    }

    private void request(String path, Duration after) throws Exception {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", path);
        request.setServletPath(path);
        request.setSession(session);
        new IdleSession(Clock.fixed(START.plus(after), ZoneOffset.UTC)).doFilter(request, new MockHttpServletResponse(),
                new MockFilterChain());
    }
}
