package dev.orysalesforce.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.ledger.Audit;
import dev.orysalesforce.receive.Problem;
import dev.orysalesforce.receive.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Lazy;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.AuthenticatedPrincipal;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;

/** Does what an operator asks for in the console: by the routes of the operator API, and with its audit. */
@Component
@Lazy
public class OperatorCalls {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorCalls.class);

    private final ProducerTemplate camel;
    private final ActRecorder recorder;
    private final Problems problems;
    private final ObjectMapper json;

    /**
     * What the route has answered.
     *
     * @param status HTTP status
     * @param body JSON; a problem if it was not done
     * @param location where the result is; null if the route tells none
     * @param result numbers for the audit; null if the route tells none
     */
    public record Answer(int status, JsonNode body, String location, String result) {

        public boolean isDone() {
            return status < HttpStatus.MULTIPLE_CHOICES.value();
        }

        /** Why it was not done, and what the operator can do. */
        public String detail() {
            return body.path("detail").asText();
        }
    }

    OperatorCalls(ProducerTemplate camel, ActRecorder recorder, Problems problems, ObjectMapper json) {
        this.camel = camel;
        this.recorder = recorder;
        this.problems = problems;
        this.json = json;
    }

    /**
     * Writes the act to the audit, calls the route, and writes how it ended. What the audit can't hold is not done.
     *
     * @param address of the operator; the audit names a person who has logged in at a provider instead
     * @param route one of {@code direct:operator.…}
     * @param body JSON text for the route; may be null
     * @param headers the parameters of the operator API
     */
    public Answer act(String address, Audit.Act act, String route, String body, Map<String, Object> headers) {
        ActRecorder.Begun begun;
        try {
            begun = recorder.begin(actor(address), act);
        } catch (DataAccessException e) {
            return answer(problems.problem("AUDIT_UNAVAILABLE"));
        }
        Answer answer = ask(route, body, headers);
        begun.end(answer.status(), answer.result());
        return answer;
    }

    /**
     * Writes the acts to the audit, carries them out together, and writes how they ended. What the audit can't hold is not done.
     *
     * @param address as above
     * @param action what it throws is thrown again
     * @return what the action returns; empty if the audit can't be written
     */
    public <T> Optional<T> act(String address, List<Audit.Act> acts, Supplier<T> action) {
        List<ActRecorder.Begun> begun = new ArrayList<>();
        HttpStatus end = HttpStatus.INTERNAL_SERVER_ERROR;
        try {
            if (!begin(actor(address), acts, begun)) {
                return Optional.empty();
            }
            T result = action.get();
            end = HttpStatus.OK;
            return Optional.of(result);
        } finally {
            int status = end.value();
            begun.forEach(act -> act.end(status, null));
        }
    }

    private boolean begin(String actor, List<Audit.Act> acts, List<ActRecorder.Begun> begun) {
        try {
            acts.forEach(act -> begun.add(recorder.begin(actor, act)));
            return true;
        } catch (DataAccessException e) {
            return false;
        }
    }

    private static String actor(String address) {
        Authentication login = SecurityContextHolder.getContext().getAuthentication();
        return login != null && login.getPrincipal() instanceof AuthenticatedPrincipal person ? person.getName() : address;
    }

    /**
     * Calls a route that only looks, and that reveals nothing.
     *
     * @param route one of {@code direct:operator.…}
     * @param body JSON text for the route; may be null
     * @param headers the parameters of the operator API
     */
    public Answer ask(String route, String body, Map<String, Object> headers) {
        Exchange exchange = camel.request(route, request -> {
            request.getMessage().setBody(body);
            request.getMessage().setHeaders(new HashMap<>(headers));
        });
        try {
            if (exchange.getException() != null) {
                throw exchange.getException();
            }
            byte[] text = exchange.getMessage().getBody(byte[].class);
            return new Answer(exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, HttpStatus.OK.value(), Integer.class),
                    text == null || text.length == 0 ? json.nullNode() : json.readTree(text),
                    exchange.getMessage().getHeader(HttpHeaders.LOCATION, String.class),
                    exchange.getMessage().getHeader(AuditedResponse.RESULT, String.class));
        } catch (Exception e) {
            LOG.error("The console failed: {} in {}", e.getClass().getName(), route);
            return answer(problems.problem("FAILED"));
        }
    }

    private Answer answer(Problem problem) {
        return new Answer(problem.status(), json.valueToTree(problem), null, null);
    }
}
