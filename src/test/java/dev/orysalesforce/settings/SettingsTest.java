package dev.orysalesforce.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** An invalid value ends the start with a message that names the property. */
class SettingsTest {

    @ParameterizedTest
    @CsvSource({"reload.poll-interval, 0", "reload.poll-interval, -1s", "linger, -1s", "batch-size, 0", "parallel-calls, 0",
        "daily-call-share, 0", "max-body-size, 0", "max-traits-size, 0", "max-traits-keys, 0",
        "mapping-dir, ' '", "mapping-timeout, 0", "erased-mapping, ' '",
        "gateway.objects[0], ' '", "gateway.objects[0], Lead/x", "auto-assign.new, maybe", "auto-assign.existing, maybe",
        "journal.min-disk-free, -1MB", "dead-letters.retention, -1s", "dead-letters.health-threshold, -1", "back-off.initial, 0",
        "back-off.initial, -1s", "back-off.max, 0", "back-off.multiplier, 0.5", "back-off.jitter, 1",
        "retry.initial, -1s", "retry.max, -1s", "retry.multiplier, 0.5", "retry.attempts, 0", "writer-lease-timeout, -1s",
        "reconcile.every, -1s", "reconcile.after-start, -1s", "reconcile.after-empty-body, -1s",
        "reconcile.queue-limit, 0", "erase-limit, 2"})
    void invalidSettingsAreRejectedByName(String property, String value) {
        assertThatThrownBy(() -> settings(Map.of("sync." + property, value))).isInstanceOf(BindException.class)
                .rootCause().hasMessageContaining("sync." + property.replaceAll("\\[\\d]", ""));
    }

    @ParameterizedTest
    @CsvSource({"reload.poll-interval, 100ms", "auto-assign.new, 01Q000000000001", "auto-assign.existing, true",
        "dead-letters.health-threshold, 0", "journal.min-disk-free, 0", "reconcile.every, 0", "reconcile.after-start, 0",
        "gateway.objects[0], Person__c", "back-off.initial, 10ms"})
    void validSettingsAreAccepted(String property, String value) {
        assertThatCode(() -> settings(Map.of("sync." + property, value))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  "})
    void aBlankLedgerKeyCountsAsNotSet(String blank) {
        assertThat(settings(Map.of("sync.ledger.key", blank)).ledger().key()).isNull();
    }

    @Test
    void aKeyOfTheLedgerStaysAsItIs() {
        assertThat(settings(Map.of("sync.ledger.key", " key ")).ledger().key()).isEqualTo(" key ");
    }

    @ParameterizedTest
    @CsvSource({"1, 1600, 2400", "2, 4000, 6000", "4, 25000, 37500", "5, 60000, 60000", "1000, 60000, 60000"})
    void pausesGrowAndVaryUpToTheLongest(int attempt, long shortest, long longest) {
        SyncSettings.BackOff backOff = settings(Map.of()).backOff();
        assertThat(Stream.generate(() -> backOff.pauseAfter(attempt).toMillis()).limit(100))
                .allSatisfy(pause -> assertThat(pause).isBetween(shortest, longest));
    }

    private static SyncSettings settings(Map<String, String> properties) {
        Map<String, String> all = new HashMap<>(Map.of("sync.data-dir", "data", "sync.mappings.default", "mappings/lead.jslt"));
        all.putAll(properties);
        return new Binder(new MapConfigurationPropertySource(all)).bind("sync", SyncSettings.class).get();
    }
}
