package dev.orysalesforce.salesforce;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.springframework.stereotype.Component;

/**
 * Reads the {@code Retry-After} of an answer 429 or 503, seconds or a date, which camel-salesforce does not pass on.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#field.retry-after">RFC 9110, 10.2.3</a>
 */
@Component
class RetryAfter implements Request.QueuedListener {

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
        String value = response.getHeaders().get("Retry-After");
        if (value != null && (response.getStatus() == 429 || response.getStatus() == 503)) {
            listener.honourRetryAfter(pause(value.trim()));
        }
    }

    private Duration pause(String value) {
        try {
            if (value.chars().allMatch(Character::isDigit)) {
                return Duration.ofSeconds(Integer.parseInt(value));
            }
            Instant date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            return Duration.between(clock.instant(), date);
        } catch (NumberFormatException | DateTimeException e) {
            return Duration.ZERO;
        }
    }
}
