package dev.orysalesforce.salesforce;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.springframework.stereotype.Component;

/**
 * Reads the {@code Retry-After} of an answer 429 or 503, seconds or a date, which camel-salesforce does not pass on.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#field.retry-after">RFC 9110, 10.2.3</a>
 */
@Component
public class RetryAfter implements Request.QueuedListener {

    private final RetryAfterListener listener;
    private final Clock clock;

    RetryAfter(RetryAfterListener listener, Clock clock) {
        this.listener = listener;
        this.clock = clock;
    }

    @Override
    public void onQueued(Request request) {
        request.onResponseHeaders(this::read);
    }

    private void read(Response response) {
        if (response.getStatus() == 429 || response.getStatus() == 503) {
            pause(response.getHeaders().get("Retry-After"), clock.instant()).ifPresent(listener::honourRetryAfter);
        }
    }

    /**
     * @param header its value, seconds or a date; null if there is none
     * @return negative if the date has passed; empty if the header can't be read
     */
    public static Optional<Duration> pause(Object header, Instant now) {
        String value = String.valueOf(header).strip();
        try {
            return Optional.of(value.matches("\\d{1,9}") ? Duration.ofSeconds(Integer.parseInt(value))
                    : Duration.between(now, ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
