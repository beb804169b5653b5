package dev.orysalesforce.receive;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Answers requests that no route takes as RFC 9457 problems, as Spring Boot would. To a webhook it says what to change in the
 * hook at Ory, and counts it.
 */
@RestControllerAdvice
class RefusedRequestAdvice extends ResponseEntityExceptionHandler {

    private final RefusedWebhooks refused;

    RefusedRequestAdvice(RefusedWebhooks refused) {
        this.refused = refused;
    }

    @Override
    protected ResponseEntity<Object> handleExceptionInternal(Exception failure, Object body, HttpHeaders headers,
            HttpStatusCode status, WebRequest request) {
        if (failure instanceof ErrorResponse known && request instanceof ServletWebRequest http
                && http.getRequest().getServletPath().startsWith("/webhooks")) {
            explain(known, http.getRequest());
        }
        return super.handleExceptionInternal(failure, body, headers, status, request);
    }

    private void explain(ErrorResponse failure, HttpServletRequest request) {
        switch (HttpStatus.valueOf(failure.getStatusCode().value())) {
            case METHOD_NOT_ALLOWED -> tell(failure, RefusedWebhooks.METHOD, "A webhook has to be a POST or PUT, and this was a "
                    + request.getMethod() + ". In the hook at Ory set config.method to POST.");
            case NOT_FOUND -> tell(failure, RefusedWebhooks.PATH, "There is no webhook at this path. In the hook at Ory let"
                    + " config.url end in /webhooks/ory/registration, settings, login, verification or recovery; or in /webhooks/ory,"
                    + " if the body names the event.");
            case UNSUPPORTED_MEDIA_TYPE -> tell(failure, RefusedWebhooks.CONTENT_TYPE, "A webhook has to be JSON, with the header"
                    + " Content-Type: application/json, which Ory sends by itself. Check what is between Ory and here.");
            default -> { }
        }
    }

    private void tell(ErrorResponse failure, String reason, String detail) {
        failure.getBody().setDetail(detail);
        refused.count(reason);
    }
}
