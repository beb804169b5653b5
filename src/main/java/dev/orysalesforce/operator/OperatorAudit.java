package dev.orysalesforce.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.ledger.Audit;
import dev.orysalesforce.ledger.Audit.Kind;
import dev.orysalesforce.ledger.DeadLetterFilter;
import dev.orysalesforce.receive.Completion;
import dev.orysalesforce.receive.Problems;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Finds in requests to the operator API what has to be in the audit: traits that are revealed; letters and events that are
 * discarded; letters that are replayed; identities that are erased or synced again; pauses that are ended, comparisons that are
 * started, alerts that are tested, mappings that are confirmed and fields that are taken back. What can't be written is not done.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE) // the caller is known, and the body is read
class OperatorAudit extends OncePerRequestFilter {

    private static final String LETTERS = "/api/dead-letters/";
    private static final String IDENTITIES = "/api/identities/";
    private static final String EVENTS = "/api/events/";
    private static final String SYNC = "/sync";
    private static final Map<String, Audit.Act> STARTED = Map.of("/api/resume", OperatorActs.resume(),
            "/api/reconcile", OperatorActs.compare(), "/api/one-way-fields/confirm", OperatorActs.confirmMappings());

    private final ActRecorder recorder;
    private final Problems problems;
    private final ObjectMapper json;
    private final DeadLetters letters;

    OperatorAudit(ActRecorder recorder, Problems problems, ObjectMapper json, DeadLetters letters) {
        this.letters = letters;
        this.recorder = recorder;
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
        ActRecorder.Begun begun;
        try {
            begun = recorder.begin(request.getRemoteAddr(), act);
        } catch (DataAccessException e) {
            problems.answer(request, response, "AUDIT_UNAVAILABLE");
            return;
        }
        AuditedResponse audited = new AuditedResponse(response);
        chain.doFilter(request, audited);
        Completion.of(request, () -> begun.end(audited.getStatus(), audited.result()));
    }

    /** Null if the request does none of these. */
    private Audit.Act act(HttpServletRequest request) throws IOException {
        String path = request.getServletPath();
        boolean isPost = HttpMethod.POST.matches(request.getMethod());
        boolean isDelete = HttpMethod.DELETE.matches(request.getMethod());
        if (isPost && path.equals(LETTERS + "replay")) {
            return replayed(request);
        }
        if (isPost && path.startsWith(IDENTITIES) && path.endsWith(SYNC)) {
            return OperatorActs.ofIdentity(Kind.SYNC, path.substring(IDENTITIES.length(), path.length() - SYNC.length()));
        }
        if (isPost && path.equals("/api/alerts/test")) {
            return OperatorActs.testAlerts(tested(request));
        }
        if (isPost && path.equals("/api/one-way-fields/take-back")) {
            return takenBack(request);
        }
        if (isPost) {
            return STARTED.get(path);
        }
        if (isDelete && LETTERS.equals(path + "/")) {
            return OperatorActs.ofLettersWithCode(Kind.DISCARD, request.getParameter("code"));
        }
        String reveal = request.getParameter("reveal");
        if (!isDelete && (reveal == null || reveal.equals("false"))) { // the route decides what else it reveals
            return null;
        }
        if (path.startsWith(IDENTITIES)) {
            return OperatorActs.ofIdentity(isDelete ? Kind.ERASE : Kind.REVEAL, path.substring(IDENTITIES.length()));
        }
        Kind kind = isDelete ? Kind.DISCARD : Kind.REVEAL;
        return path.startsWith(EVENTS) ? OperatorActs.ofEvent(kind, path.substring(EVENTS.length()))
                : path.startsWith(LETTERS) ? ofLetter(kind, path.substring(LETTERS.length())) : null;
    }

    private Audit.Act ofLetter(Kind kind, String id) {
        return OperatorActs.ofLetter(kind, id, letters.identityOf(id));
    }

    /** Null if the body names no target; the route rejects a body that it can't read. */
    private String tested(HttpServletRequest request) throws IOException {
        try {
            JsonNode target = json.readTree(request.getInputStream()).path("target");
            return target.isMissingNode() ? null : target.asText();
        } catch (JsonProcessingException e) {
            return "?";
        }
    }

    private Audit.Act takenBack(HttpServletRequest request) throws IOException {
        try {
            JsonNode wanted = json.readTree(request.getInputStream());
            return OperatorActs.takeBack(wanted.path("field").textValue(), wanted.path("since").textValue());
        } catch (JsonProcessingException e) {
            return OperatorActs.takeBack(null, null); // the route rejects the body
        }
    }

    private Audit.Act replayed(HttpServletRequest request) throws IOException {
        try {
            JsonNode wanted = json.readTree(request.getInputStream());
            if (Stream.of("code", "identity", "event", "object").anyMatch(wanted::has)) {
                return OperatorActs.replayLettersLike(new DeadLetterFilter(wanted.path("code").textValue(),
                        wanted.path("identity").textValue(), wanted.path("event").textValue(), wanted.path("object").textValue()));
            }
            List<String> ids = new ArrayList<>();
            wanted.path("ids").forEach(id -> ids.add(id.textValue()));
            return ids.isEmpty() ? OperatorActs.replayAllLetters() : ids.size() == 1 ? ofLetter(Kind.REPLAY, ids.get(0))
                    : OperatorActs.replayLetters(ids);
        } catch (JsonProcessingException e) {
            return new Audit.Act(Kind.REPLAY, "nothing", null); // the route rejects the body
        }
    }
}
