package dev.orysalesforce.receive;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
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

    private final Problems problems;

    RequestTimeoutAdvice(Problems problems) {
        this.problems = problems;
    }

    @ExceptionHandler(AsyncRequestTimeoutException.class)
    void tryAgain(HttpServletRequest request, HttpServletResponse response) throws IOException {
        problems.answer(request, response, "OUT_OF_TIME");
    }
}
