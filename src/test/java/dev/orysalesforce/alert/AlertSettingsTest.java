package dev.orysalesforce.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Settings that can't work end the start, with a sentence that names the variable. */
class AlertSettingsTest {

    @ParameterizedTest
    @CsvSource({"slack.url, hooks.slack.com/services/1, ALERTS_SLACK_URL", "webhook.url, https://example.com, ALERTS_WEBHOOK_SECRET",
        "mail.server, mail.example.com:25, ALERTS_MAIL_SERVER", "mail.server, smtp://mail.example.com, ALERTS_MAIL_FROM",
        "console-url, sync.example.com, CONSOLE_URL", "digest, every Monday, alerts.digest", "interval, 0s, alerts.interval",
        "min-interval, 0s, alerts.min-interval", "paused-for, -1s, alerts.paused-for", "in-sync-threshold, 95, alerts.in-sync-threshold",
        "api-share-threshold, 0, alerts.api-share-threshold", "set-up-interval, -1h, alerts.set-up-interval",
        "back-off, 0, alerts.back-off"})
    void isNamed(String property, String value, String named) {
        assertThatThrownBy(() -> bind(property, value)).rootCause().hasMessageContaining(named);
    }

    @Test
    void theConsoleMayBeGivenWithItsPath() {
        assertThat(bind("console-url", "https://sync.example.com/console/").consoleUrl()).isEqualTo("https://sync.example.com");
        assertThat(bind("console-url", "https://example.com/sync/").consoleUrl()).isEqualTo("https://example.com/sync");
        assertThat(bind("console-url", " ").consoleUrl()).isNull();
    }

    @Test
    void aDigestCanBeSwitchedOff() {
        assertThat(bind("digest", "0").digestSchedule()).isNull();
        assertThat(bind("digest", "0 30 7 * * FRI").digestSchedule()).isNotNull();
    }

    private static AlertSettings bind(String property, String value) {
        return new Binder(new MapConfigurationPropertySource(Map.of("alerts." + property, value))).bind("alerts", AlertSettings.class)
                .get();
    }
}
