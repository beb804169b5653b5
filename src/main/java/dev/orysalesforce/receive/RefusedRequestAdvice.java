package dev.orysalesforce.receive;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Answers requests that no route takes as RFC 9457 problems, as Spring Boot would. To a webhook it says what to change in the
 * hook at Ory, and counts it; to a caller of the operator API it tells a code, as all problems of the API have one.
 */
@RestControllerAdvice
class RefusedRequestAdvice extends ResponseEntityExceptionHandler {

    private final RefusedWebhooks refused;
    private final Problems problems;

    RefusedRequestAdvice(RefusedWebhooks refused, Problems problems) {
        this.refused = refused;
        this.problems = problems;
    }

    @Override
    protected ResponseEntity<Object> handleExceptionInternal(Exception failure, Object body, HttpHeaders headers,
            HttpStatusCode status, WebRequest request) {
        if (failure instanceof ErrorResponse known && request instanceof ServletWebRequest http) {
            String path = http.getRequest().getServletPath();
            if (path.startsWith("/webhooks")) {
                explain(known, http.getRequest());
            } else if (path.startsWith("/api/")) {
                Problem problem = ofOperatorApi(status, http.getRequest().getMethod());
                if (problem != null) {
                    return ResponseEntity.status(status).headers(headers).contentType(MediaType.APPLICATION_PROBLEM_JSON).body(problem);
                }
            }
        }
        return super.handleExceptionInternal(failure, body, headers, status, request);
    }

    private Problem ofOperatorApi(HttpStatusCode status, String method) {
        return switch (HttpStatus.valueOf(status.value())) {
            case METHOD_NOT_ALLOWED -> problems.problem("METHOD_NOT_ALLOWED", method);
            case NOT_FOUND -> problems.problem("NOT_FOUND");
            case UNSUPPORTED_MEDIA_TYPE -> problems.problem("UNSUPPORTED_MEDIA_TYPE.operator");
            default -> null;
        };
    }

    private void explain(ErrorResponse failure, HttpServletRequest request) {
        switch (HttpStatus.valueOf(failure.getStatusCode().value())) {
            case METHOD_NOT_ALLOWED -> tell(failure, RefusedWebhooks.METHOD, problems.problem(".wrong-method", request.getMethod()));
            case NOT_FOUND -> tell(failure, RefusedWebhooks.PATH, problems.problem(".no-webhook"));
            case UNSUPPORTED_MEDIA_TYPE -> tell(failure, RefusedWebhooks.CONTENT_TYPE, problems.problem(".wrong-content-type"));
            default -> {}
        }
    }

    private void tell(ErrorResponse failure, String reason, Problem problem) {
        failure.getBody().setDetail(problem.detail());
        refused.count(reason);
    }
}
