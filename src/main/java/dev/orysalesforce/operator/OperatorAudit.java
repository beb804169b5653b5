package dev.orysalesforce.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.ledger.Audit;
import dev.orysalesforce.ledger.Audit.Kind;
import dev.orysalesforce.ledger.Audit.Outcome;
import dev.orysalesforce.receive.Completion;
import dev.orysalesforce.receive.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Writes to the audit what an operator asks for before it is done, and how it ended: traits that are revealed; letters and
 * events that are discarded; letters that are replayed; identities that are erased or synced again; pauses that are ended and
 * comparisons that are started. What cannot be written is not done. The log has a line for what was done. Both hold IDs and
 * the caller's address, no traits.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE) // the caller is known, and the body is read
class OperatorAudit extends OncePerRequestFilter {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorAudit.class);
    private static final String LETTERS = "/api/dead-letters/";
    private static final String IDENTITIES = "/api/identities/";
    private static final String EVENTS = "/api/events/";
    private static final String SYNC = "/sync";
    private static final Map<String, Audit.Act> STARTED = Map.of("/api/resume", new Audit.Act(Kind.RESUME, "delivery", null),
            "/api/reconcile", new Audit.Act(Kind.COMPARE, "a comparison", null));
    private static final int MOST_IDS = 20;

    private final Audit audit;
    private final Problems problems;
    private final ObjectMapper json;

    OperatorAudit(Audit audit, Problems problems, ObjectMapper json) {
        this.audit = audit;
        this.problems = problems;
        this.json = json;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getServletPath().startsWith("/api/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Audit.Act act = act(request);
        if (act == null) {
            chain.doFilter(request, response);
            return;
        }
        String from = request.getRemoteAddr();
        String entry;
        try {
            entry = audit.begin(from, act);
        } catch (DataAccessException e) {
            problems.answer(request, response, "AUDIT_UNAVAILABLE");
            return;
        }
        chain.doFilter(request, response);
        Completion.of(request, () -> {
            int status = response.getStatus();
            audit.end(entry, status < 300 ? Outcome.DONE : status < 500 ? Outcome.REFUSED : Outcome.FAILED);
            if (status < 300) {
                LOG.info("The operator at {} {}", from, act);
            }
        });
    }

    /** Null if the request does none of these. */
    private Audit.Act act(HttpServletRequest request) throws IOException {
        String path = request.getServletPath();
        boolean isPost = HttpMethod.POST.matches(request.getMethod());
        boolean isDelete = HttpMethod.DELETE.matches(request.getMethod());
        if (isPost && path.equals(LETTERS + "replay")) {
            return new Audit.Act(Kind.REPLAY, replayed(request), null);
        }
        if (isPost && path.startsWith(IDENTITIES) && path.endsWith(SYNC)) {
            return ofIdentity(Kind.SYNC, path.substring(0, path.length() - SYNC.length()));
        }
        if (isPost) {
            return STARTED.get(path);
        }
        if (isDelete && LETTERS.equals(path + "/")) {
            String code = request.getParameter("code");
            return new Audit.Act(Kind.DISCARD, "the dead letters with code " + (JmsSelectors.isCode(code) ? code : "?"), null);
        }
        if (!isDelete && !"true".equals(request.getParameter("reveal"))) {
            return null;
        }
        if (path.startsWith(IDENTITIES)) {
            return ofIdentity(isDelete ? Kind.ERASE : Kind.REVEAL, path);
        }
        String what = path.startsWith(EVENTS) ? "event " + id(path, EVENTS)
                : path.startsWith(LETTERS) ? "dead letter " + id(path, LETTERS) : null;
        return what == null ? null : new Audit.Act(isDelete ? Kind.DISCARD : Kind.REVEAL, what, null);
    }

    private static Audit.Act ofIdentity(Kind kind, String path) {
        return new Audit.Act(kind, "identity", id(path, IDENTITIES).toLowerCase(Locale.ROOT));
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
