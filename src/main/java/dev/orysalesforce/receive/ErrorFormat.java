package dev.orysalesforce.receive;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/** The error format that a caller expects, by the path that it calls. */
public enum ErrorFormat {

    /** RFC 9457. */
    PROBLEM {
        @Override
        Object tell(Problem problem) {
            return problem;
        }
    },

    /** Salesforce's own. */
    SALESFORCE {
        @Override
        Object tell(Problem problem) {
            return List.of(SalesforceError.of(switch (HttpStatus.valueOf(problem.status())) {
                case UNAUTHORIZED -> "INVALID_SESSION_ID";
                case SERVICE_UNAVAILABLE -> "SERVER_UNAVAILABLE";
                default -> problem.code();
            }, problem.detail()));
        }
    },

    /** RFC 6749. */
    OAUTH {
        @Override
        Object tell(Problem problem) {
            return Map.of("error", problem.status() == HttpStatus.SERVICE_UNAVAILABLE.value() ? "temporarily_unavailable"
                    : "invalid_request", "error_description", problem.detail());
        }
    };

    static ErrorFormat of(HttpServletRequest request) {
        String path = request.getServletPath();
        return path.startsWith("/services/") ? SALESFORCE : path.startsWith("/oauth2/") ? OAUTH : PROBLEM;
    }

    abstract Object tell(Problem problem);

    void answer(Problem problem, HttpServletResponse response, ObjectMapper json) throws IOException {
        response.setStatus(problem.status());
        response.setContentType(this == PROBLEM ? MediaType.APPLICATION_PROBLEM_JSON_VALUE
                : MediaType.APPLICATION_JSON_VALUE);
        response.getOutputStream().write(json.writeValueAsBytes(tell(problem)));
    }
}
