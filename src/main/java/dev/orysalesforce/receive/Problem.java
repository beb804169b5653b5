package dev.orysalesforce.receive;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;

/**
 * An RFC 9457 problem body. It never holds a value that the caller sent.
 *
 * @param title the status in words
 * @param status HTTP status
 * @param code the reason, for programs
 * @param detail what happened and what the caller can do
 */
public record Problem(String title, int status, String code, String detail) {

    public static Problem of(HttpStatus status, String code, String detail) {
        return new Problem(status.getReasonPhrase(), status.value(), code, detail);
    }

    public void writeTo(HttpServletResponse response, ObjectMapper json) throws IOException {
        ErrorFormat.PROBLEM.answer(this, response, json);
    }

    /** Answers in the error format of the caller. */
    void answer(HttpServletRequest request, HttpServletResponse response, ObjectMapper json) throws IOException {
        ErrorFormat.of(request).answer(this, response, json);
    }
}
