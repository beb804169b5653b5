package dev.orysalesforce.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");

    @ParameterizedTest
    @CsvSource({"0, 0", "30, 30", "' 30 ', 30", "999999999, 999999999", "'Sun, 1 Nov 2026 10:01:00 GMT', 60",
        "'Sun, 01 Nov 2026 09:59:00 GMT', -60", "'Fri, 31 Dec 9999 00:00:00 GMT', 251608687200"})
    void secondsAndDatesAreRead(String value, long seconds) {
        assertThat(RetryAfter.pause(value, NOW)).hasValue(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "-1", "1.5", "9999999999", "soon", "2026-11-01T10:01:00Z", "Sun, 32 Nov 2026 10:01:00 GMT"})
    void anythingElseIsNoPause(String value) {
        assertThat(RetryAfter.pause(value, NOW)).isEmpty();
    }
}
