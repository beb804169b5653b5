package dev.orysalesforce.receive;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.context.request.async.AsyncRequestTimeoutException;

/**
 * A request took longer than {@code spring.mvc.async.request-timeout}, or the machine's clock, which Tomcat uses, was set
 * ahead. The event may be in the journal nevertheless; a repetition is harmless.
 */
@ControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE) // before Spring Boot's own, which has no remedy and no Retry-After
class RequestTimeoutAdvice {

    private final ObjectMapper json;

    RequestTimeoutAdvice(ObjectMapper json) {
        this.json = json;
    }

    @ExceptionHandler(AsyncRequestTimeoutException.class)
    void tryAgain(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader(HttpHeaders.RETRY_AFTER, "5");
        Problem.of(HttpStatus.SERVICE_UNAVAILABLE, "OUT_OF_TIME", "The answer was not there in time. Try again. The operator"
                + " finds the cause at /observe/health.").answer(request, response, json);
    }
}
