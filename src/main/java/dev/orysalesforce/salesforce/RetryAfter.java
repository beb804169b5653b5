package dev.orysalesforce.salesforce;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.eclipse.jetty.client.Response;
import org.springframework.stereotype.Component;

/**
 * Reads the {@code Retry-After} of an answer 429 or 503, seconds or a date, which camel-salesforce does not pass on.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#field.retry-after">RFC 9110, 10.2.3</a>
 */
@Component
class RetryAfter implements CamelContextConfiguration {

    private final CamelSalesforce salesforce;
    private final RetryAfterListener listener;
    private final Clock clock;

    RetryAfter(CamelSalesforce salesforce, RetryAfterListener listener, Clock clock) {
        this.salesforce = salesforce;
        this.listener = listener;
        this.clock = clock;
    }

    @Override
    public void beforeApplicationStart(CamelContext camel) {
        // the client exists once the component has started
    }

    @Override
    public void afterApplicationStart(CamelContext camel) {
        salesforce.onRequest(request -> request.onResponseHeaders(this::read));
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
