package dev.orysalesforce.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.receive.Completion;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Writes a line to the log for what an operator saw or changed: traits that were revealed; letters and events that were
 * discarded; letters that were replayed; identities that were erased or synced again; pauses that were ended and comparisons that
 * were started. It has IDs and the caller's address, no traits.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE) // the caller is known, and the body is read
class OperatorAudit extends OncePerRequestFilter {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorAudit.class);
    private static final String LETTERS = "/api/dead-letters/";
    private static final String IDENTITIES = "/api/identities/";
    private static final String EVENTS = "/api/events/";
    private static final String SYNC = "/sync";
    private static final Map<String, String> STARTED =
            Map.of("/api/resume", "resumed delivery", "/api/reconcile", "started a comparison");
    private static final int MOST_IDS = 20;

    private final ObjectMapper json;

    OperatorAudit(ObjectMapper json) {
        this.json = json;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getServletPath().startsWith("/api/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String done = action(request);
        String from = request.getRemoteAddr();
        chain.doFilter(request, response);
        if (done != null) {
            Completion.of(request, () -> {
                if (response.getStatus() < 300) {
                    LOG.info("The operator at {} {}", from, done);
                }
            });
        }
    }

    /** Null if the request does none of these. */
    private String action(HttpServletRequest request) throws IOException {
        String path = request.getServletPath();
        if (HttpMethod.POST.matches(request.getMethod()) && path.equals(LETTERS + "replay")) {
            return "replayed " + replayed(request);
        }
        if (HttpMethod.POST.matches(request.getMethod()) && STARTED.containsKey(path)) {
            return STARTED.get(path);
        }
        if (HttpMethod.POST.matches(request.getMethod()) && path.startsWith(IDENTITIES) && path.endsWith(SYNC)) {
            return "synced identity " + id(path.substring(0, path.length() - SYNC.length()), IDENTITIES);
        }
        if (HttpMethod.DELETE.matches(request.getMethod()) && LETTERS.equals(path + "/")) {
            String code = request.getParameter("code");
            return "discarded the dead letters with code " + (JmsSelectors.isCode(code) ? code : "?");
        }
        String what = path.startsWith(EVENTS) ? "event " + id(path, EVENTS) : path.startsWith(LETTERS) ? "dead letter " + id(path, LETTERS)
                : path.startsWith(IDENTITIES) ? "identity " + id(path, IDENTITIES) : null;
        if (what != null && HttpMethod.DELETE.matches(request.getMethod())) {
            return (path.startsWith(IDENTITIES) ? "erased " : "discarded ") + what;
        }
        return what != null && "true".equals(request.getParameter("reveal")) ? "revealed " + what : null;
    }

    private static String id(String path, String collection) {
        String id = path.substring(collection.length());
        return JmsSelectors.isId(id) ? id : "?";
    }

    private String replayed(HttpServletRequest request) throws IOException {
        try {
            JsonNode wanted = json.readTree(request.getInputStream());
            if (JmsSelectors.isCode(wanted.path("code").textValue())) {
                return "the dead letters with code " + wanted.path("code").textValue();
            }
            List<String> ids = new ArrayList<>();
            wanted.path("ids").forEach(id -> ids.add(id.textValue()));
            return ids.isEmpty() ? "all dead letters" : "dead letters " + ids.stream().limit(MOST_IDS)
                    .filter(JmsSelectors::isId).collect(Collectors.joining(", "))
                    + (ids.size() > MOST_IDS ? " and " + (ids.size() - MOST_IDS) + " more" : "");
        } catch (JsonProcessingException e) {
            return "nothing"; // the route rejects the body
        }
    }
}
